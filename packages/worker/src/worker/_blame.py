"""Gives a JavaScript error the class of the product that it came from."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from worker_sys.errors import register

from worker.errors import (
    D1Error,
    DailyLimitExceeded,
    EmailRecipientNotAllowed,
    EmailRecipientSuppressed,
    InternalError,
    JsError,
    RateLimitExceeded,
)

__all__ = ["blame"]

_BY_CODE: Final[dict[str, type[JsError]]] = {
    "E_DAILY_LIMIT_EXCEEDED": DailyLimitExceeded,
    "E_INTERNAL_SERVER_ERROR": InternalError,
    "E_RATE_LIMIT_EXCEEDED": RateLimitExceeded,
    "E_RECIPIENT_SUPPRESSED": EmailRecipientSuppressed,
    "RCPT_NOT_ALLOWED": EmailRecipientNotAllowed,
}


@register
def _by_code(error: JsError) -> Exception | None:
    """The platform's codes, and D1's prefix, tell the product wherever the error comes up."""
    d1 = D1Error if error.message.startswith("D1_") else None
    known = _BY_CODE.get(error.code or "", d1)
    if known is not None:
        error.__class__ = known
    return None if known is None else error


@contextmanager
def blame(product: type[JsError]) -> Generator[None]:
    """Make what JavaScript throws inside the block a `product` error.

    The error that the gate made is kept, with its traceback, its fields and its cause chain: only
    its class changes. An error that the gate already knew better (by its code) is left alone.

    Args:
        product: the class to give, a direct subclass of `JsError`.
    """
    try:
        yield
    except JsError as error:
        if type(error) is JsError:
            error.__class__ = product
        raise
