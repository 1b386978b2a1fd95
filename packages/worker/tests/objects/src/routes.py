"""One route for each thing to test; what the object or entry point gave comes back as JSON."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from counter import Counter
from events import seen, streamed
from lobby import Lobby
from services import Adder
from trip import Ledger
from worker import ByteStream, Context, Env, Request, Response, RouteContext, Router, event
from worker.email import EmailAddress, EmailAttachment, EmailMessage
from worker.errors import SocketError
from worker.queue import SendMessage
from worker.tail import TraceItem
from worker.workflow import NewInstance
from worker_sys import proxies

router = Router()


def told(value: Any) -> Response:
    return Response.ok(repr(value))


@router.get("/call/{name}/{method}")
async def call(req: Request, ctx: RouteContext) -> Response:
    """Any RPC method without arguments."""
    stub = ctx.env.durable_object("COUNTER", Counter).get_by_name(ctx.param("name"))
    return told(await getattr(stub, ctx.param("method"))())


@router.get("/lobby/{method}")
async def lobby(req: Request, ctx: RouteContext) -> Response:
    stub = ctx.env.durable_object("LOBBY", Lobby).get_by_name("main")
    return told(await getattr(stub, ctx.param("method"))())


@router.get("/join/{name}")
async def join(req: Request, ctx: RouteContext) -> Response:
    return await ctx.env.durable_object("LOBBY").get_by_name("main").fetch(req)


@router.get("/many/{count:int}")
async def many(req: Request, ctx: RouteContext) -> Response:
    """That many increments at once: each must count."""
    stub = ctx.env.durable_object("COUNTER", Counter).get_by_name("many")
    count = ctx.param("count", int)
    return told(await asyncio.gather(*(stub.add(1) for _ in range(count))))


@router.get("/apart")
async def apart(req: Request, ctx: RouteContext) -> Response:
    """While one object waits, another one and the same one go on."""
    objects = ctx.env.durable_object("COUNTER", Counter)
    holder, other = objects.get_by_name("holder"), objects.get_by_name("other")
    held = asyncio.create_task(holder.hold())
    told_by_other = await other.add(1)
    await holder.add(1)
    return told([told_by_other > 0, held.done(), await holder.release(), await held])


@router.get("/echo")
async def echo(req: Request, ctx: RouteContext) -> Response:
    stub = ctx.env.durable_object("COUNTER", Counter).get_by_name("a")
    value = {"a": [1, 1.5, "x", None, True, {"b": b"bytes"}], "": {}}
    return told(
        await stub.echo(value, 2**53 - 1, -1, "", [], b"") == [value, 2**53 - 1, -1, "", [], b""]
    )


@router.get("/error/{kind}")
async def error(req: Request, ctx: RouteContext) -> Response:
    stub = ctx.env.durable_object("COUNTER", Counter).get_by_name("a")
    kind = ctx.param("kind")
    try:
        if kind == "missing":
            await stub.nothing()
        elif kind == "abort":
            await stub.abort()
        else:
            await stub.fails(kind)
    except Exception as error:  # noqa: BLE001
        return told([type(error).__name__, str(error)])
    return told(None)


@router.get("/hello/{binding}")
async def hello(req: Request, ctx: RouteContext) -> Response:
    stub = ctx.env.durable_object(ctx.param("binding")).get_by_name("a")
    try:
        return told(await stub.hello())
    except Exception as error:  # noqa: BLE001
        return told([type(error).__name__, str(error)])


@router.get("/functions")
async def functions(req: Request, ctx: RouteContext) -> Response:
    stub = ctx.env.durable_object("COUNTER", Counter).get_by_name("a")

    async def double(value: int) -> int:
        return value * 2

    with await stub.multiplier(3) as triple:
        return told([await stub.applied(double, 4), await triple(5)])


@router.get("/live")
async def live(req: Request, ctx: RouteContext) -> Response:
    return told(proxies.live().py_objects)


@router.get("/streams")
async def streams(req: Request, ctx: RouteContext) -> Response:
    stub = ctx.env.durable_object("COUNTER", Counter).get_by_name("a")
    came = b"".join([chunk async for chunk in await stub.streamed()])
    return told([came, await stub.length(ByteStream([b"abc", "de"]))])


@router.get("/respond")
async def respond(req: Request, ctx: RouteContext) -> Response:
    return await ctx.env.durable_object("COUNTER", Counter).get_by_name("a").respond()


@router.get("/ids")
async def ids(req: Request, ctx: RouteContext) -> Response:
    objects = ctx.env.durable_object("COUNTER")
    unique, named = objects.unique_id(), objects.id_from_name("a")
    stub = objects.get(unique, location_hint="weur")
    return told(
        {
            "length": len(str(unique)),
            "names": [unique.name, named.name, objects.get_by_name("b").name],
            "equal": [objects.id_from_string(str(unique)) == unique, unique == named],
            "hashed": len({unique, named, objects.id_from_name("a")}),
            "stub": [stub.id == unique, repr(stub).startswith("<ObjectStub <ObjectId ")],
            "fetched": await (await stub.fetch("https://x/p", method="POST", body="q")).text(),
            "unnamed": await stub.called(),
        }
    )


@router.get("/service")
async def service(req: Request, ctx: RouteContext) -> Response:
    adder = ctx.env.service("ADDER")

    async def listener(news: str) -> str:
        return news.upper()

    rpc = adder.rpc(Adder)
    answer = await adder.fetch("https://x/path")
    return told([await rpc.add(1, 2), await answer.text(), await rpc.tell(listener)])


@router.get("/seen")
async def events_seen(req: Request, ctx: RouteContext) -> Response:
    return told(seen)


@router.get("/send-of-every-kind")
async def send_of_every_kind(req: Request, ctx: RouteContext) -> Response:
    jobs = ctx.queue("JOBS")
    await jobs.send(b"\x00\xff", content_type="bytes")
    await jobs.send("text", content_type="text")
    when = datetime(2026, 1, 1, tzinfo=UTC)
    await jobs.send_batch([SendMessage({"when": when, "some": {1}}, content_type="v8"), [1, None]])
    return told("sent")


@router.get("/streamed")
async def events_streamed(req: Request, ctx: RouteContext) -> Response:
    return told(streamed)


@router.get("/log/{text}")
async def log(req: Request, ctx: RouteContext) -> Response:
    print(ctx.param("text"))
    return told(None)


@router.get("/connect/{kind}")
async def connect(req: Request, ctx: RouteContext) -> Response:
    """Lines to what takes connections, and what comes back."""
    kind, lines = ctx.param("kind"), req.query()["lines"]
    other: dict[str, Any] = {
        "worker": lambda: ctx.env.service("SELF"),
        "entrypoint": lambda: ctx.env.service("ADDER"),
        "object": lambda: ctx.env.durable_object("COUNTER").get_by_name("tcp"),
        "unserved": lambda: ctx.env.durable_object("LOBBY").get_by_name("main"),
    }
    try:
        socket = other[kind]().connect("inner:7")
        socket.writer.write(lines.replace("_", "\n").encode())
        # At the same time: nothing lies between the two ends that would hold what is not read yet.
        came, _ = await asyncio.gather(socket.reader.read(), socket.writer.write_eof())
        return told(came)
    except SocketError as error:
        return told(["SocketError", str(error)])


@router.get("/order/{action}/{id}")
async def order(req: Request, ctx: RouteContext) -> Response:
    orders = ctx.env.workflow("ORDER")
    if ctx.param("action") == "create":
        made = await orders.create(id=ctx.param("id"), params={"name": "tea"})
        return told(made.id)
    if ctx.param("action") == "batch":
        new = [NewInstance(id=f"{ctx.param('id')}{number}") for number in range(2)]
        return told([made.id for made in await orders.create_batch(new)])
    try:
        instance = await orders.get(ctx.param("id"))
    except Exception as error:  # noqa: BLE001
        return told([type(error).__name__, str(error)])
    if ctx.param("action") == "pay":
        await instance.send_event("payment", {"sum": 3})
    elif ctx.param("action") == "refuse":
        await instance.send_event("payment")
    elif ctx.param("action") in {"pause", "resume", "restart", "terminate"}:
        await getattr(instance, ctx.param("action"))()
    status = await instance.status()
    return Response.from_json(
        {
            "status": status.status,
            "output": status.output,
            "error": str(status.error),
            "ended": status.ended,
        }
    )


@router.get("/trip/{action}/{id}")
async def trip(req: Request, ctx: RouteContext) -> Response:
    """Start a trip, or end it as the action says; then how it is, and what its ledger tells."""
    trips, id = ctx.env.workflow("TRIP"), ctx.param("id")
    action = ctx.param("action")
    if action in {"pay", "wait"}:
        await trips.create(id=id, params=action)
    instance = await trips.get(id)
    if action == "terminate":
        await instance.terminate(rollback=True)
    ledger = ctx.env.durable_object("LEDGER", Ledger).get_by_name(id)
    return told([(await instance.status()).status, await ledger.lines()])


RAW = (
    "From: <{}>\r\nTo: <b@example.com>\r\nMessage-ID: <x@example.com>\r\nMIME-Version: 1.0\r\n"
    "Subject: s\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
)


@router.get("/mail/{kind}")
async def mail(req: Request, ctx: RouteContext) -> Response:
    binding = ctx.env.send_email("EMAIL")
    kind = ctx.param("kind")
    sender = "evil@example.com" if kind == "refused" else "a@example.com"
    try:
        if kind == "parts":
            sent = await binding.compose(
                from_=EmailAddress("A", sender),
                to=["b@example.com", EmailAddress("C", "c@example.com")],
                subject="s",
                text="t",
                html="<p>t",
                attachments=[EmailAttachment("f.txt", "text/plain", b"hi")],
            )
        else:
            raw = RAW.format(sender)
            sent = await binding.send(
                EmailMessage(sender, "b@example.com", raw.encode() if kind == "bytes" else raw)
            )
    except Exception as error:  # noqa: BLE001
        return told([type(error).__name__, str(error)])
    return told(bool(sent.message_id))


@router.get("/trace")
async def trace(req: Request, ctx: RouteContext) -> Response:
    """A trace item as the platform shapes it."""
    from worker_sys import convert

    item = convert.to_js(
        {
            "event": {"request": {"method": "GET", "url": "https://x/", "headers": {"a": "b"}}},
            "eventTimestamp": 0,
            "outcome": "ok",
            "logs": [{"timestamp": 1000, "level": "log", "message": ["hi", 1]}],
            "exceptions": [{"timestamp": 0, "name": "Error", "message": "no"}],
            "scriptName": "me",
            "cpuTime": 3,
            "wallTime": 4,
            "truncated": False,
        }
    )
    return told(TraceItem._from_js(item))


@event.fetch(respond_with_errors=True)
async def main(req: Request, env: Env, ctx: Context) -> Response:
    return await router.run(req, env, ctx)
