"""Durable Objects: state that one object keeps, reached by name from everywhere."""

from __future__ import annotations

from datetime import timedelta

from worker import (
    BindingError,
    DurableObject,
    Env,
    Error,
    Request,
    Response,
    RouteContext,
    Router,
    State,
    WebSocket,
    WebSocketPair,
    WebSocketRequestResponsePair,
    durable_object,
)

from sandbox.contract import unwrapped


@durable_object
class Counter(DurableObject):
    """Counts in memory and in storage; its sockets survive hibernation."""

    def __init__(self, state: State, env: Env) -> None:
        """Nothing is read here: storage is read at the first call."""
        super().__init__(state, env)
        self.count = 0
        self.unstored_count = 0
        self.initialized = False

    async def fetch(self, req: Request) -> Response:
        """Count by ten, or open a socket that does."""
        if not self.initialized:
            self.initialized = True
            self.count = await self.state.storage.get("count", int) or 0
        if req.path == "/ws":
            pair = WebSocketPair()
            self.state.accept_websocket(pair.server)
            pair.server.serialize_attachment("hello")
            return Response.from_websocket(pair.client)
        self.unstored_count += 1
        self.count += 10
        await self.state.storage.put("count", self.count)
        return Response.ok(
            f"[durable_object]: self.count: {self.count}, "
            f"self.unstored_count: {self.unstored_count}, "
            f"secret value: {self.env.secret('SOME_SECRET')}"
        )

    async def websocket_message(self, ws: WebSocket, message: str | bytes) -> None:
        """Count by ten in storage and send the result."""
        attachment = ws.deserialize_attachment(str)
        assert attachment is not None, "websockets should have an attachment"
        count = (await self.state.storage.get("count", int) or 0) + 10
        await self.state.storage.put("count", count)
        ws.send(str(count))

    async def websocket_close(self, ws: WebSocket, code: int, reason: str, was_clean: bool) -> None:
        """The client has closed."""

    async def websocket_error(self, ws: WebSocket, error: Exception) -> None:
        """The connection broke."""


@durable_object
class AlarmObject(DurableObject):
    """Wakes itself up."""

    async def fetch(self, req: Request) -> Response:
        """Set an alarm; whether an earlier one has rung."""
        alarmed = await self.state.storage.get("alarmed", bool) or False
        await self.state.storage.set_alarm(timedelta(milliseconds=100))
        return Response.ok(str(alarmed).lower())

    async def alarm(self) -> None:
        """The alarm rings."""
        await self.state.storage.put("alarmed", True)
        print("Alarm has been triggered!")


@durable_object
class PutRawTestObject(DurableObject):
    """Bytes are stored as they are."""

    async def fetch(self, req: Request) -> Response:
        """One value, then several at once."""
        storage = self.state.storage
        await storage.put("bytes", b"123")
        stored = await storage.get("bytes", bytes)
        await storage.delete("bytes")
        assert stored == b"123"
        await storage.put_multiple({"foo": b"bar"})
        assert await storage.get("foo", bytes) == b"bar"
        return Response.ok("ok")


@durable_object
class AutoResponseObject(DurableObject):
    """Answers pings while it sleeps."""

    async def fetch(self, req: Request) -> Response:
        """Set the pair, or tell it."""
        match req.path:
            case "/set":
                self.state.set_websocket_auto_response(WebSocketRequestResponsePair("ping", "pong"))
                return Response.ok("ok")
            case "/get":
                pair = self.state.get_websocket_auto_response()
                return Response.ok("none" if pair is None else f"{pair.request}:{pair.response}")
            case _:
                return Response.error("Not Found", 404)


@durable_object
class MyClass(DurableObject):
    """Knows its name, and stores all kinds of values."""

    def __init__(self, state: State, env: Env) -> None:
        """The name is known before the first call."""
        super().__init__(state, env)
        self.name = state.id.name
        self.number = 0

    async def fetch(self, req: Request) -> Response:
        """One answer for each path."""
        try:
            match req.path:
                case "/hello":
                    return Response.ok(f"Hello from {self.state.id.name or 'unknown'}!")
                case "/ctor-name":
                    return Response.ok(f"Hello from {self.name or 'unknown'}!")
                case "/storage":
                    return Response.ok(str(await self._store()))
                case "/transaction":
                    return Response.error("transactional storage API is still unstable", 501)
                case _:
                    return Response.error("Not Found", 404)
        except Error as error:
            return Response.error(str(error), 500)

    async def _store(self) -> int:
        """Put, get, list and delete, one and many; only a count is left."""
        storage = self.state.storage
        values = {"map": {"one": 1, "two": 2}, "array": [["one", 1], ["two", 2]], "anything": 45}
        for key, value in values.items():
            await storage.put(key, value)
        keys = [key for key in await storage.list() if key != "count"]
        assert keys == ["anything", "array", "map"]
        assert await storage.get_multiple(keys) == values

        await storage.put("bytes", b"123")
        assert await storage.get("bytes", bytes) == b"123"
        await storage.delete("bytes")

        await storage.put_multiple({"thing": "Hello there", "other": 56})
        assert await storage.get("thing", str) == "Hello there"
        assert await storage.get("other", int) == 56
        await storage.delete_multiple(["thing", "other"])

        await storage.put_multiple({"foo": b"bar"})
        assert await storage.get("foo", bytes) == b"bar"

        self.number = (await storage.get("count", int) or 0) + 1
        await storage.delete_all()
        await storage.put("count", self.number)
        return self.number


@durable_object
class AnotherClass(DurableObject):
    """A module may export several; this one has no binding."""

    def __init__(self, state: State, env: Env) -> None:
        """Count in memory only."""
        super().__init__(state, env)
        self.counter = 0

    async def fetch(self, req: Request) -> Response:
        """Count."""
        self.counter += 1
        return Response.ok(f"Counter: {self.counter}")


async def alarm(req: Request, ctx: RouteContext) -> Response:
    """An object with an alarm."""
    stub = ctx.durable_object("ALARM").get_by_name("alarm")
    return await stub.fetch("https://fake-host/alarm")


async def counter(req: Request, ctx: RouteContext) -> Response:
    """One object for every id; a path with `shared` asks for a binding that does not exist."""
    binding = "SHARED_COUNTER" if "shared" in req.path else "COUNTER"
    try:
        objects = ctx.durable_object(binding)
    except BindingError as error:
        raise RuntimeError(unwrapped(error, "DAWJKHDAD")) from error
    return await objects.get_by_name("A").fetch("https://fake-host/")


async def put_raw(req: Request, ctx: RouteContext) -> Response:
    """A new object, and the request handed on as it is."""
    objects = ctx.durable_object("PUT_RAW_TEST_OBJECT")
    return await objects.get(objects.unique_id()).fetch(req)


async def websocket(req: Request, ctx: RouteContext) -> Response:
    """Relay between a client and an object, both ways."""
    pair = WebSocketPair()
    pair.server.accept()
    stub = ctx.durable_object("COUNTER").get_by_name("A")
    answer = await stub.fetch("https://fake-host/ws", headers={"upgrade": "websocket"})
    inner = answer.websocket
    assert inner is not None
    inner.accept()
    ctx.wait_until(relay(pair.server, inner, "client closed"))
    ctx.wait_until(relay(inner, pair.server, "durable closed"))
    return Response.from_websocket(pair.client)


async def relay(source: WebSocket, target: WebSocket, reason: str) -> None:
    """Send every text on, and the close."""
    async for message in source:
        if isinstance(message, str):
            target.send(message)
    target.close(1000, reason)


async def auto_response(req: Request, ctx: RouteContext) -> Response:
    """A pair of texts that the platform answers by itself."""
    stub = ctx.durable_object("AUTO").get_by_name("singleton")
    await stub.fetch("https://fake-host/set")
    return await stub.fetch("https://fake-host/get")


async def hello(req: Request, ctx: RouteContext) -> Response:
    """An object by name."""
    objects = ctx.durable_object("MY_CLASS")
    return await objects.get(objects.id_from_name("my-durable-object")).fetch(
        "https://fake-host/hello"
    )


async def ctor_name(req: Request, ctx: RouteContext) -> Response:
    """The name that its constructor saw."""
    stub = ctx.durable_object("MY_CLASS").get_by_name("my-durable-object")
    return await stub.fetch("https://fake-host/ctor-name")


async def hello_unique(req: Request, ctx: RouteContext) -> Response:
    """An object without a name."""
    objects = ctx.durable_object("MY_CLASS")
    return await objects.get(objects.unique_id()).fetch("https://fake-host/hello")


async def storage(req: Request, ctx: RouteContext) -> Response:
    """What an object stores."""
    stub = ctx.durable_object("MY_CLASS").get_by_name("singleton")
    return await stub.fetch("https://fake-host/storage")


async def get_by_name(req: Request, ctx: RouteContext) -> Response:
    """A stub straight from a name."""
    stub = ctx.durable_object("MY_CLASS").get_by_name("my-durable-object")
    return await stub.fetch("https://fake-host/hello")


async def get_by_name_with_location_hint(req: Request, ctx: RouteContext) -> Response:
    """The same, with a wish where it should live."""
    stub = ctx.durable_object("MY_CLASS").get_by_name("my-durable-object", location_hint="enam")
    return await stub.fetch("https://fake-host/hello")


async def handle_basic_test(req: Request, ctx: RouteContext) -> Response:
    """Names, missing bindings, methods, storage; transactions are refused by the object."""
    objects = ctx.durable_object("MY_CLASS")
    assert objects.id_from_name("A").name == "A"
    assert objects.unique_id().name is None
    try:
        ctx.durable_object("DFSDF_FAKE_BINDING")
    except LookupError:
        pass
    else:
        return Response.error("Invalid binding did not raise error", 500)
    stub = objects.get_by_name("A")
    first = await (await stub.fetch("https://fake-host/hello")).text()
    second = await (await stub.fetch("https://fake-host/hello", method="POST", body="lol")).text()
    assert first == second
    before = int(await (await stub.fetch("https://fake-host/storage")).text())
    after = int(await (await stub.fetch("https://fake-host/storage")).text())
    assert after == before + 1
    told = await (await stub.fetch("https://fake-host/transaction")).text()
    if not told.isdecimal():
        return Response.error(f"Durable Object responded wrong to 'transaction': {told}", 500)
    return Response.ok("ok")


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/durable/alarm", alarm)
    router.get("/durable/:id", counter)
    router.get("/durable/put-raw", put_raw)
    router.get("/durable/websocket", websocket)
    router.get("/durable/auto-response", auto_response)
    router.get("/durable/hello", hello)
    router.get("/durable/ctor-name", ctor_name)
    router.get("/durable/hello-unique", hello_unique)
    router.get("/durable/storage", storage)
    router.get("/durable/handle-basic-test", handle_basic_test)
    router.get("/durable/get-by-name", get_by_name)
    router.get("/durable/get-by-name-with-location-hint", get_by_name_with_location_hint)
