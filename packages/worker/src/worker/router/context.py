"""What a handler gets beside the request: parameters, data, environment and bindings.

Source: workers-rs `RouteContext`
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload
from urllib.parse import unquote

from worker._bindings import Bindings
from worker.errors import Problem, RouteNameError, ValidationError
from worker.router.types import D

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from worker.context import Context
    from worker.env import Env
    from worker.router.entry import Entry, Route
    from worker.router.matcher import Slot
    from worker.router.router import Router

__all__ = ["RouteContext"]

T = TypeVar("T")


class RouteContext(Bindings, Generic[D]):  # noqa: UP046 (D has a default, for checkers only)
    """The second argument of every handler, valid while its request is answered.

    Attributes:
        env: the environment; the accessors of its bindings are here too (`ctx.kv("X")`).
        data: what `Router(data=…)` was given, the innermost mounted router's first.
        context: the event's own context, for `pass_through_on_exception` and `props`.
        allowed: in a 405 or OPTIONS handler the methods that the path has, sorted; else empty.

    Source: workers-rs `RouteContext`.
    """

    __slots__ = (
        "_entry",
        "_params",
        "_parts",
        "_router",
        "_slots",
        "_state",
        "allowed",
        "context",
        "data",
        "env",
    )

    data: D

    def __init__(  # noqa: PLR0917 (made once for each request: keywords would cost)
        self,
        router: Router[Any],
        entry: Entry,
        slots: Sequence[tuple[str, Slot]],
        parts: Sequence[str],
        allowed: Sequence[str],
        env: Env,
        context: Context,
    ) -> None:
        self._router = router
        self._entry = entry
        self._slots = slots
        self._parts = parts
        self._params: dict[str, str] | None = None
        self._state: dict[str, Any] | None = None
        self.allowed = allowed
        self.data = entry.data
        self.env = env
        self.context = context

    @property
    def params(self) -> dict[str, str]:
        """Every parameter of the path, percent-decoded, from left to right.

        Raises:
            ValidationError: a parameter's escapes are not UTF-8.
        """
        if self._params is None:
            self._params = {
                name: _decoded(name, slot.cut(self._parts)) for name, slot in self._slots
            }
        return self._params

    @overload
    def param(self, name: str, /) -> str: ...
    @overload
    def param(self, name: str, type: TypeForm[T], /) -> T: ...
    def param(self, name: str, type: Any = None, /) -> Any:
        """One parameter of the path, percent-decoded.

        Args:
            name: the name in the pattern.
            type: what it should be: `int`, `float`, `bool`, `UUID`, `date`, `datetime`, an enum,
                and with pydantic any type that can be read from text. Text when not given.

        Raises:
            RouteNameError: the matched pattern has no such parameter; for shared handlers there is
                `ctx.params.get(name)`.
            ValidationError: the text is not of that type, or its escapes are not UTF-8. The router
                answers with 422.

        Source: workers-rs `RouteContext::param`.
        """
        text = self.params.get(name)
        if text is None:
            known = ", ".join(self.params) or "no parameters"
            raise RouteNameError(f"the matched pattern has no parameter {name!r}, it has {known}")
        if type is None or type is str:
            return text
        from worker._typed import param_as

        return param_as(name, text, type)

    @property
    def state(self) -> dict[str, Any]:
        """A dict of this request, for middleware to leave things to handlers."""
        if self._state is None:
            self._state = {}
        return self._state

    @property
    def route(self) -> Route | None:
        """The matched route; None in 404, 405 and automatic OPTIONS handlers."""
        return self._entry.route

    def url_for(self, name: str, /, **params: object) -> str:
        """The path of a named route of the router that runs: `Router.url_for`."""
        return self._router.url_for(name, **params)

    def _bound(self, kind: str, name: str) -> Any:
        return self.env._bound(kind, name)

    def wait_until(self, awaitable: Awaitable[object]) -> None:
        """Let `awaitable` finish after the answer is sent: `Context.wait_until`."""
        self.context.wait_until(awaitable)

    def __repr__(self) -> str:
        route = self._entry.route
        return f"<RouteContext {route.pattern.text if route else '(no route)'}>"


def _decoded(name: str, raw: str) -> str:
    if "%" not in raw:
        return raw
    try:
        return unquote(raw, errors="strict")
    except UnicodeDecodeError:
        message = "its percent escapes are not UTF-8"
        raise ValidationError([Problem("path", name, message)]) from None
