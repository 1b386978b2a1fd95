"""Durable Objects from outside: namespaces, identifiers and stubs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack, cast, final

from worker_sys import calls, convert

from worker._handle import Handle
from worker.request import Request
from worker.response import Response
from worker.rpc import RpcStub

if TYPE_CHECKING:
    from worker.socket import ConnectOptions, Socket

__all__ = ["Jurisdiction", "LocationHint", "ObjectId", "ObjectNamespace", "ObjectStub", "Stub"]

type Jurisdiction = Literal["eu", "fedramp", "fedramp-high", "us"]
"""Where an object's data must stay."""

type LocationHint = Literal[
    "wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"
]
"""Where an object should be made, if this is the first use of it."""

type Stub[T] = T
"""What calls an object of class `T`: its public `async def` methods, awaited from afar.

To a type checker a stub is the class itself, so that calls complete and are checked. At run time it
is an `ObjectStub`.
"""


@final
class ObjectId(Handle):
    """The identity of a Durable Object; `str(id)` is its 64 hexadecimal digits.

    Source: workers-rs `ObjectId`; https://developers.cloudflare.com/durable-objects/api/id/
    """

    __slots__ = ()

    @property
    def name(self) -> str | None:
        """The name it was made from; None for a unique id and for one read from text."""
        return convert.to_py(getattr(self.js, "name", None))

    @property
    def jurisdiction(self) -> str | None:
        """The jurisdiction it is bound to, or None."""
        return convert.to_py(getattr(self.js, "jurisdiction", None))

    def __str__(self) -> str:
        """The 64 hexadecimal digits."""
        return str(self.js.toString())

    def __repr__(self) -> str:
        """For logs: the digits, and the name when there is one."""
        name = self.name
        return f"<ObjectId {self}{f' {name!r}' if name is not None else ''}>"

    def __eq__(self, other: object) -> bool:
        """Whether both mean the same object."""
        return isinstance(other, ObjectId) and str(self) == str(other)

    def __hash__(self) -> int:
        """Equal identifiers have equal hashes."""
        return hash(str(self))


class ObjectStub(RpcStub):
    """A Durable Object seen from outside: `await stub.add(3, 4)`, `await stub.fetch(url)`.

    Calls through one stub arrive in the order in which they were made. After an exception that the
    platform raised, make a new stub.

    Source: workers-rs `Stub`; https://developers.cloudflare.com/durable-objects/api/stub/
    """

    __slots__ = ()

    @property
    def id(self) -> ObjectId:
        """The identity of the object."""
        return ObjectId._from_js(self.js.id)

    @property
    def name(self) -> str | None:
        """The name that its id was made from, or None."""
        return convert.to_py(getattr(self.js, "name", None))

    async def fetch(self, request: Request | str, **options: Any) -> Response:
        """Send an HTTP request to the object's `fetch`.

        Args:
            request: a Request, or an absolute URL; its host reaches the object as it is.
            options: for a URL, what `Request` takes (`method`, `headers`, `body`).

        Returns:
            The object's answer. A status of 400 or more is no exception.

        Raises:
            JsError: the object raised, was reset, or is overloaded.

        Source: workers-rs `Stub::fetch_with_request`, `Stub::fetch_with_str`
        """
        from worker.service import Fetcher

        return await Fetcher._from_js(self.js).fetch(request, **options)

    def connect(self, address: str, **options: Unpack[ConnectOptions]) -> Socket:
        """Open a TCP connection to the object's `connect`, as `Fetcher.connect` does.

        Args:
            address: `host:port`, which the object reads as the socket's local address.
            **options: as of `Fetcher.connect`.

        Raises:
            SocketError: the object takes no connections, or the connection broke.

        Source: https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/
        """
        from worker.service import Fetcher

        return Fetcher._from_js(self.js).connect(address, **options)

    def __repr__(self) -> str:
        """For logs."""
        return f"<ObjectStub {self.id!r}>"


@final
class ObjectNamespace[T](Handle):
    """All Durable Objects of one class: a binding.

    `env.durable_object("CHATROOM", Chatroom)` gives stubs that type checkers read as `Chatroom`;
    without the class, stubs are `ObjectStub`.

    Source: workers-rs `ObjectNamespace`;
    https://developers.cloudflare.com/durable-objects/api/namespace/
    """

    __slots__ = ()

    def id_from_name(self, name: str) -> ObjectId:
        """The identity that belongs to a name: always the same one.

        Source: workers-rs `ObjectNamespace::id_from_name`
        """
        return ObjectId._from_js(calls.call(self.js, "idFromName", name))

    def id_from_string(self, hex_id: str) -> ObjectId:
        """The identity that `str(id)` gave.

        Args:
            hex_id: 64 hexadecimal digits.

        Raises:
            JsError: the text is not an id of this namespace.

        Source: workers-rs `ObjectNamespace::id_from_string`
        """
        return ObjectId._from_js(calls.call(self.js, "idFromString", hex_id))

    def unique_id(self, *, jurisdiction: Jurisdiction | None = None) -> ObjectId:
        """A new identity that no name has.

        Args:
            jurisdiction: where the object's data must stay.

        Source: workers-rs `ObjectNamespace::{unique_id, unique_id_with_jurisdiction}`
        """
        if jurisdiction is None:
            return ObjectId._from_js(calls.call(self.js, "newUniqueId"))
        options = convert.options(jurisdiction=jurisdiction)
        return ObjectId._from_js(calls.call(self.js, "newUniqueId", options))

    def get(
        self,
        id: ObjectId,
        *,
        location_hint: LocationHint | None = None,
        routing_mode: Literal["primary-only"] | None = None,
    ) -> Stub[T]:
        """A stub for the object of that identity. Nothing is sent before the first call.

        Args:
            id: from this namespace.
            location_hint: where to make the object if it does not exist yet.
            routing_mode: `primary-only` keeps calls away from read replicas.

        Source: workers-rs `ObjectId::{get_stub, get_stub_with_location_hint}`
        """
        return self._stub("get", id.js, location_hint, routing_mode)

    def get_by_name(
        self,
        name: str,
        *,
        location_hint: LocationHint | None = None,
        routing_mode: Literal["primary-only"] | None = None,
    ) -> Stub[T]:
        """A stub for the object of that name.

        Args:
            name: any text; the same name is always the same object.
            location_hint: where to make the object if it does not exist yet.
            routing_mode: `primary-only` keeps calls away from read replicas.

        Source: workers-rs `ObjectNamespace::{get_by_name, get_by_name_with_location_hint}`
        """
        return self._stub("getByName", name, location_hint, routing_mode)

    def jurisdiction(self, jurisdiction: Jurisdiction) -> ObjectNamespace[T]:
        """The part of this namespace whose data stays in one jurisdiction.

        Source: https://developers.cloudflare.com/durable-objects/reference/data-location/
        """
        return ObjectNamespace[T]._from_js(calls.call(self.js, "jurisdiction", jurisdiction))

    def _stub(self, method: str, which: Any, hint: str | None, routing_mode: str | None) -> Stub[T]:
        arguments = [which]
        if hint is not None or routing_mode is not None:
            arguments.append(convert.options(locationHint=hint, routingMode=routing_mode))
        return cast("T", ObjectStub._from_js(calls.call(self.js, method, *arguments)))
