"""The Durable Objects of a worker, reached from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

Call = Callable[..., Any]


class DurableObjects:
    """The objects of one Durable Object binding.

    Source: https://developers.cloudflare.com/durable-objects/api/namespace/
    """

    def __init__(self, call: Call, binding: str) -> None:
        self._call = call
        self._binding = binding

    def ids(self) -> list[str]:
        """Return the ids, in hexadecimal, of the objects that have stored something."""
        return self._call("objects", binding=self._binding)

    def id(self, name: str) -> str:
        """Return the id, in hexadecimal, that a name stands for."""
        return self._call("objectId", binding=self._binding, name=name)

    def sql(
        self, query: str, *params: Any, name: str | None = None, id: str | None = None
    ) -> list[dict[str, Any]]:
        """Run one SQL statement in an object's storage and return its rows.

        Args:
            query: the statement; works for SQLite-backed classes only.
            params: values of its `?`.
            name: the object's name; or
            id: its id, in hexadecimal.
        """
        object = _identifier(name, id)
        return self._call("sql", binding=self._binding, object=object, query=query, params=params)

    def evict(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        websockets: Literal["close", "hibernate"] | None = None,
    ) -> None:
        """Drop an object from memory; its next event constructs it again from its storage.

        Args:
            name: the object's name; or
            id: its id, in hexadecimal.
            websockets: what happens to its accepted sockets.
        """
        object = _identifier(name, id)
        self._call("evict", binding=self._binding, object=object, webSockets=websockets)


def _identifier(name: str | None, id: str | None) -> dict[str, str]:
    if (name is None) == (id is None):
        raise TypeError("give the object's name or its id, one of the two")
    return {"name": name} if name is not None else {"id": str(id)}
