"""Objects inside a Durable Object, each with a storage of its own.

Source: https://developers.cloudflare.com/durable-objects/api/state/
"""

from __future__ import annotations

from typing import final

from worker_sys import calls, convert, proxies

from worker._handle import Handle
from worker.durable.namespace import ObjectId, ObjectStub

__all__ = ["Facets", "ObjectClass"]


@final
class ObjectClass(Handle):
    """A Durable Object class as a value: from `state.object_class` or a loaded worker."""

    __slots__ = ()


@final
class Facets(Handle):
    """Objects inside this one: `state.facets`.

    Source: https://developers.cloudflare.com/durable-objects/api/state/
    """

    __slots__ = ()

    def get(
        self, name: str, object_class: ObjectClass, *, id: ObjectId | str | None = None
    ) -> ObjectStub:
        """The facet of that name, made at its first use.

        Args:
            name: any text.
            object_class: the class it is made from, should it not run yet.
            id: what the facet reads as `state.id`; the id of this object when not given.
        """
        given = id.js if isinstance(id, ObjectId) else id
        options = convert.options(**{"class": object_class.js, "id": given})
        start = proxies.one_shot(lambda: options)
        return ObjectStub._from_js(calls.call(self.js, "get", name, start))

    def abort(self, name: str, reason: str) -> None:
        """Throw a running facet away; calls to it end with `reason`. Its storage stays."""
        calls.call(self.js, "abort", name, reason)

    def delete(self, name: str) -> None:
        """Throw a facet away with everything it kept."""
        calls.call(self.js, "delete", name)

    def clone(self, source: str, target: str) -> None:
        """Give a facet everything that another one has kept.

        Args:
            source: the facet to copy.
            target: the name of the copy.
        """
        calls.call(self.js, "clone", source, target)
