"""Every exception of the API, in one tree.

Each class derives from `Error` and, where one fits, from the builtin that a Python reader expects.

Error (Exception)
├── NotInWorker (RuntimeError)
├── ConversionError (TypeError)
├── DecodeError (ValueError)
├── IntegerRangeError (OverflowError)
├── CrossRequestError (RuntimeError)
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

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from worker_sys.errors import (
    ConversionError,
    CrossRequestError,
    DecodeError,
    Error,
    IntegerRangeError,
    JsError,
    NotInWorker,
    register,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    """No response came, or no more of it: no such name, the connection failed or was lost."""


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


def _named(self: JsError) -> str:
    """The crate's text for errors that it knows by their code."""
    return f"{type(self).__name__}: {self.message}"


class RateLimitExceeded(JsError):  # noqa: N818 (the crate's name)
    """Too many e-mails in a short time (`E_RATE_LIMIT_EXCEEDED`)."""

    __str__ = _named


class DailyLimitExceeded(JsError):  # noqa: N818 (the crate's name)
    """The account's daily quota of e-mails is used up (`E_DAILY_LIMIT_EXCEEDED`)."""

    __str__ = _named


class InternalError(JsError):
    """The platform failed on its own side (`E_INTERNAL_SERVER_ERROR`)."""

    __str__ = _named


class EmailError(JsError):
    """An e-mail was refused."""


class EmailRecipientSuppressed(EmailError):  # noqa: N818 (the crate's name)
    """The recipient is on the suppression list (`E_RECIPIENT_SUPPRESSED`)."""

    __str__ = _named


class EmailRecipientNotAllowed(EmailError):  # noqa: N818 (the crate's name)
    """The recipient is not among those the binding may write to (`RCPT_NOT_ALLOWED`)."""

    __str__ = _named


_NARROWER: Final[dict[str, type[JsError]]] = {
    "E_RECIPIENT_SUPPRESSED": EmailRecipientSuppressed,
    "RCPT_NOT_ALLOWED": EmailRecipientNotAllowed,
    "E_RATE_LIMIT_EXCEEDED": RateLimitExceeded,
    "E_DAILY_LIMIT_EXCEEDED": DailyLimitExceeded,
    "E_INTERNAL_SERVER_ERROR": InternalError,
    "AbortError": AbortError,
    "TimeoutError": TimedOutError,
}


def recast[E: JsError](error: JsError, cls: type[E]) -> E:
    """The same JavaScript error as an exception of a narrower class, its notes and cause kept."""
    made = cls(error.message, name=error.name, code=error.code, js_stack=error.js_stack)
    made.__cause__ = error.__cause__
    for note in getattr(error, "__notes__", ()):
        made.add_note(note)
    return made


@register
def _narrowed(error: JsError) -> Exception | None:
    """The crate's classes for coded errors, and ours for abandoned operations."""
    cls = _NARROWER.get(str(error.code)) or _NARROWER.get(error.name)
    return None if cls is None else recast(error, cls)


class BindingError(Error, LookupError):
    """A binding is absent, or provably of another kind.

    Attributes:
        name: the binding's name in the wrangler file, None where it is not known.
        kind: what was asked for, as the platform names it (`R2Bucket`), None when not stated.
        found: the platform's name of what is there instead; None when nothing is.
        available: the names that the environment does hold, sorted.
        lines: what declares such a binding in the wrangler file, empty where no kind was stated.
    """

    name: str | None = None
    kind: str | None = None
    found: str | None = None
    available: tuple[str, ...] = ()
    lines: str = ""


class BodyUsedError(Error, RuntimeError):
    """A body was read a second time."""

    def __init__(self, message: str = "body has already been read") -> None:
        super().__init__(message)
        self.add_note("Keep what the first read gave, or read a clone made before it.")


class HeaderError(Error, ValueError):
    """A header's name or value may not be sent."""


class ImmutableError(Error, TypeError):
    """The object belongs to an incoming message: copy it, then change the copy."""


class CookieError(Error, ValueError):
    """A cookie's name, value or attributes would be dropped by every browser."""


class FormDataError(Error, ValueError):
    """The body is not the form that its content type announces; `status` is as in `JsonError`."""

    status: int | None = None


class UrlError(Error, ValueError):
    """The text is not an absolute URL."""


class StatusCodeError(Error, ValueError):
    """The status is not one that this response may have."""


class StreamError(Error, RuntimeError):
    """A stream broke, was locked, or had another length than announced."""


class WebSocketError(Error, RuntimeError):
    """The peer refused the upgrade, or the socket is in no state for the operation."""


class DurableObjectError(Error, RuntimeError):
    """A Durable Object's storage or lifecycle was used in a way it does not allow."""


class WorkflowError(Error, RuntimeError):
    """A workflow or one of its steps failed, or was addressed wrongly."""


class JsonError(Error, ValueError):
    """Text is not JSON.

    Attributes:
        status: what a client is answered whose body the text was (400); None when it was not.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class LimitError(Error, ValueError):
    """A value is outside what the platform takes; it was not sent.

    Attributes:
        limit: the bound, in the unit that the message names.
        actual: what was given, in the same unit.
    """

    def __init__(self, message: str, *, limit: float, actual: float) -> None:
        super().__init__(message)
        self.limit = limit
        self.actual = actual


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a request.

    Attributes:
        where: the part of the request: `path`, `query` or `body`.
        at: the place in it: a parameter's name, or `items[0].price`; empty for all of it.
        message: what was expected, without the value that came.
    """

    where: str
    at: str
    message: str

    def __str__(self) -> str:
        place = f"{self.where} {self.at}" if self.at else self.where
        return f"{place}: {self.message}"


class ValidationError(Error, ValueError):
    """The request does not have the type that the handler asked for.

    Raised by `req.json(T)`, `req.query(T)` and `ctx.param(name, T)`. Unhandled, it is answered with
    status 422 and a JSON body that lists every problem: `{"error", "problems": [{"in", "at", …}]}`.

    Attributes:
        problems: all that is wrong, in the order of the data; at least one.
    """

    problems: tuple[Problem, ...] = ()

    def __init__(self, problems: Iterable[Problem]) -> None:
        if isinstance(problems, str):
            raise TypeError("a ValidationError is made of problems, not of text")
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


class RouteInsertError(Error, ValueError):
    """A route cannot be registered: its pattern is wrong, or it conflicts with another route.

    Attributes:
        pattern: the pattern that was refused.
        conflicts_with: the pattern it collides with, None when the pattern itself is wrong.
    """

    pattern: str = ""
    conflicts_with: str | None = None

    def __init__(self, message: str, *, pattern: str, conflicts_with: str | None = None) -> None:
        super().__init__(message)
        self.pattern = pattern
        self.conflicts_with = conflicts_with


class RouteNameError(Error, LookupError):
    """No route has that name, or the parameters given do not fill its pattern."""


class RouterFrozenError(Error, RuntimeError):
    """A router was changed after its first run, or after it was mounted in another."""
