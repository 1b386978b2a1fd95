"""The environment: what the wrangler file binds to the worker.

Source: workers-rs `Env`; https://developers.cloudflare.com/workers/runtime-apis/bindings/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from worker_sys import convert, js

from worker._binding_errors import mismatch, undefined
from worker._bindings import Bindings
from worker._handle import OfEvent
from worker._kinds import KINDS, refuted
from worker._limits import expect_text

if TYPE_CHECKING:
    from worker_sys.events import Event

__all__ = ["Env"]


class Env(Bindings, OfEvent):
    """The bindings of this worker, by kind and name: `env.kv("CACHE")`.

    `env["X"]` is the raw JavaScript object (text and numbers are Python's); `"X" in env` asks
    whether there is one, and iterating gives the names.

    Source: workers-rs `Env`; https://developers.cloudflare.com/workers/runtime-apis/bindings/
    """

    __slots__ = ()

    @classmethod
    def _look_up(cls, event: Event) -> Any:
        return js.runtime.envOf(event.id)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError as error:
            error.add_note(
                f'Ask for a binding by its kind: env.var("{name}"), env.kv("{name}") …; '
                "attributes exist on the class that `worker-build types` generates."
            )
            raise

    def get_binding[T](self, name: str, type: type[T]) -> T:
        """A binding as the class that you name: one of this library's, or a type to decode to.

        Args:
            name: the binding's name.
            type: `Fetcher`, `WorkerVersionMetadata`, `RpcStub` …, or any type of plain data.

        Raises:
            BindingError: there is none of that name.
            DecodeError: it is not of that type.

        Source: workers-rs `Env::get_binding`
        """
        value = self[name]
        wrap = getattr(type, "_from_js", None)
        return convert.decode(convert.to_py(value), type) if wrap is None else wrap(value)

    def __getitem__(self, name: str) -> Any:
        """The binding as JavaScript has it.

        Raises:
            BindingError: there is none of that name.
        """
        value = self._get(name)
        if value is None:
            raise undefined(name, self)
        return value

    def __contains__(self, name: object) -> bool:
        """Whether there is a binding of that name."""
        return isinstance(name, str) and js.Reflect.get(self.js, name) is not None

    def __iter__(self) -> Iterator[str]:
        """The names of all bindings."""
        return iter(convert.to_py(js.Object.keys(self.js)))

    def __repr__(self) -> str:
        """For logs: names, never values."""
        return f"<Env {' '.join(sorted(self))}>"

    def _get(self, name: str) -> Any:
        expect_text("the name of a binding", name)
        return js.Reflect.get(self.js, name)

    def _bound(self, kind: str, name: str) -> Any:
        # Every event of an isolate is given the same bindings: each is looked at once.
        if self._event is None or type(name) is not str:
            return self._checked(kind, name)
        value = _bound.get((kind, name))
        if value is None:
            value = _bound[kind, name] = self._checked(kind, name)
        return value

    def _checked(self, kind: str, name: str) -> Any:
        value = self._get(name)
        known = KINDS[kind]
        if value is None:
            raise undefined(name, self, known)
        found = _constructor_name(value)
        if refuted(kind, found):
            raise mismatch(name, self, known, found)
        return value


_bound: Final[dict[tuple[str, str], Any]] = {}
"""What `Env` has found for events, by kind and name."""

_PRIMITIVES: Final[dict[Any, str]] = {
    str: "String",
    bool: "Boolean",
    int: "Number",
    float: "Number",
}


def _constructor_name(value: Any) -> str:
    primitive = _PRIMITIVES.get(type(value))
    if primitive is not None:
        return primitive
    constructor = getattr(value, "constructor", None)
    return "" if constructor is None else str(constructor.name)
