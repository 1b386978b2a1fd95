"""Gives a JavaScript error the class of the product that it came from."""

from __future__ import annotations

from types import TracebackType

from worker.errors import JsError

__all__ = ["blame"]


class blame:  # noqa: N801  it is written as a function is
    """Make what JavaScript throws inside the block a `product` error.

    The error that the gate made is kept, with its traceback, its fields and its cause chain: only
    its class changes. An error that the gate already knew better (by its code) is left alone.

    Args:
        product: the class to give, a direct subclass of `JsError`.
    """

    __slots__ = ("_product",)

    def __init__(self, product: type[JsError]) -> None:
        self._product = product

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Give the error its class, and let it pass."""
        if type(error) is JsError:
            error.__class__ = self._product
