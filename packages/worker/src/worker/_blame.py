"""Gives a JavaScript error the class of the product that it came from."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from worker.errors import JsError

__all__ = ["blame"]


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
