"""Every exception of the API, in one tree.

Each class derives from `Error` and, where one fits, from the builtin that a Python reader expects.

Error:
├── NotInWorker (RuntimeError)
├── ConversionError (TypeError)
├── DecodeError (ValueError)
├── IntegerRangeError (OverflowError)
├── CrossRequestError (RuntimeError)
├── MissingExtraError (ImportError)
├── JsError
│   ├── AbortError
│   │   └── TimedOutError (TimeoutError)
│   ├── D1Error
│   ├── DailyLimitExceeded
│   ├── EmailError
│   │   ├── EmailRecipientNotAllowed
│   │   └── EmailRecipientSuppressed
│   ├── FetchError (ConnectionError)
│   ├── InternalError
│   ├── KvError
│   ├── QueueError
│   ├── R2Error
│   ├── RateLimitExceeded
│   └── SocketError (OSError)
├── BindingError (LookupError)
├── BodyUsedError (RuntimeError)
├── CookieError (ValueError)
├── DurableObjectError (RuntimeError)
├── FormDataError (ValueError)
├── HeaderError (ValueError)
├── ImmutableError (TypeError)
├── JsonError (ValueError)
├── LimitError (ValueError)
├── RouteInsertError (ValueError)
├── RouteNameError (LookupError)
├── RouterFrozenError (RuntimeError)
├── StatusCodeError (ValueError)
├── StreamError (RuntimeError)
├── UrlError (ValueError)
├── ValidationError (ValueError)
├── WebSocketError (RuntimeError)
└── WorkflowError (RuntimeError)

`str(error)` is one sentence, the crate's where the crate has one; data are attributes; what to do
about it stands in `__notes__`, which logs and tracebacks show and a response body does not.
Classes that only one product needs are defined beside it, as those of the DB-API in `worker.d1`.

Source: workers-rs `error.rs`, https://developers.cloudflare.com/workers/observability/errors/
"""

from __future__ import annotations

from worker_sys.decode import MissingExtraError
from worker_sys.errors import (
    ConversionError,
    CrossRequestError,
    DecodeError,
    Error,
    IntegerRangeError,
    JsError,
    NotInWorker,
)

__all__ = [
    "AbortError",
    "BindingError",
    "BodyUsedError",
    "ConversionError",
    "CookieError",
    "CrossRequestError",
    "D1Error",
    "DailyLimitExceeded",
    "DecodeError",
    "DurableObjectError",
    "EmailError",
    "EmailRecipientNotAllowed",
    "EmailRecipientSuppressed",
    "Error",
    "FetchError",
    "FormDataError",
    "HeaderError",
    "ImmutableError",
    "IntegerRangeError",
    "InternalError",
    "JsError",
    "JsonError",
    "KvError",
    "LimitError",
    "MissingExtraError",
    "NotInWorker",
    "Problem",
    "QueueError",
    "R2Error",
    "RateLimitExceeded",
    "RouteInsertError",
    "RouteNameError",
    "RouterFrozenError",
    "SocketError",
    "StatusCodeError",
    "StreamError",
    "TimedOutError",
    "UrlError",
    "ValidationError",
    "WebSocketError",
    "WorkflowError",
]


class AbortError(JsError):
    """The operation's `AbortSignal` was triggered before it finished."""


class TimedOutError(AbortError, TimeoutError):
    """The signal that ended the operation was a timeout's."""


class FetchError(JsError, ConnectionError):
    """No response came back: the name did not resolve, the connection failed or was lost."""


class SocketError(JsError, OSError):
    """A TCP socket could not be opened, or broke."""


class KvError(JsError):
    """Workers KV refused the operation."""


class D1Error(JsError):
    """D1 refused the statement; the message is SQLite's."""


class R2Error(JsError):
    """R2 refused the operation; `code` is R2's error number where it gave one."""


class QueueError(JsError):
    """A queue refused a message or a batch."""


class RateLimitExceeded(JsError):  # noqa: N818 (the crate's name)
    """Too many e-mails in a short time (`E_RATE_LIMIT_EXCEEDED`)."""


class DailyLimitExceeded(JsError):  # noqa: N818 (the crate's name)
    """The account's daily quota of e-mails is used up (`E_DAILY_LIMIT_EXCEEDED`)."""


class InternalError(JsError):
    """The platform failed on its own side (`E_INTERNAL_SERVER_ERROR`)."""


class EmailError(JsError):
    """An e-mail was refused."""


class EmailRecipientSuppressed(EmailError):  # noqa: N818 (the crate's name)
    """The recipient is on the suppression list (`E_RECIPIENT_SUPPRESSED`)."""


class EmailRecipientNotAllowed(EmailError):  # noqa: N818 (the crate's name)
    """The recipient is not among those the binding may write to (`RCPT_NOT_ALLOWED`)."""
