"""Every kind of handler, and the count of what is alive on both sides of the border."""

from __future__ import annotations

import asyncio
from typing import Any

from worker import (
    DurableObject,
    Request,
    Response,
    RouteContext,
    Router,
    WebSocketPair,
    durable_object,
    event,
    run_blocking,
    run_sync,
)
from worker_sys import calls, errors, js, proxies

router: Router[Any] = Router()
seen = {"queue": 0, "scheduled": 0}


@durable_object
class Counter(DurableObject):
    async def fetch(self, req: Request) -> Response:
        return Response.ok(await self.add(1, "x"))

    async def add(self, amount: int, text: str = "") -> str:
        count = await self.state.storage.get("count", int) or 0
        await self.state.storage.put("count", count + amount)
        return f"{text}{count}"

    async def fail(self) -> None:
        raise LookupError("nothing here")


def counter(ctx: RouteContext[Any]) -> Any:
    return ctx.durable_object("COUNTER", Counter).get_by_name("one")


@router.get("/live")
async def live(req: Request, ctx: RouteContext[Any]) -> Response:
    import gc

    gc.collect()
    found = proxies.live()
    return Response.from_json([found.js_objects, found.py_objects, seen])


@router.get("/async")
async def coroutine(req: Request, ctx: RouteContext[Any]) -> Response:
    await asyncio.sleep(0)
    return Response.ok(req.headers.get("host", ""))


@router.get("/plain")
def plain(req: Request, ctx: RouteContext[Any]) -> Response:
    return Response.ok("plain")


@router.post("/run-sync")
def waits(req: Request, ctx: RouteContext[Any]) -> Response:
    return Response.ok(run_sync(req.text()))


@router.get("/blocking")
async def blocking(req: Request, ctx: RouteContext[Any]) -> Response:
    return Response.ok(await run_blocking(run_sync, asyncio.sleep(0, "blocked")))


@router.post("/json")
async def json(req: Request, ctx: RouteContext[Any]) -> Response:
    return Response.from_json(await req.json())


@router.get("/stream")
async def stream(req: Request, ctx: RouteContext[Any]) -> Response:
    async def chunks() -> Any:
        for number in range(3):
            await asyncio.sleep(0)
            yield b"%d" % number

    return Response.from_stream(chunks())


@router.post("/through")
async def through(req: Request, ctx: RouteContext[Any]) -> Response:
    return Response.from_stream(req.stream())


@router.get("/object")
async def objects(req: Request, ctx: RouteContext[Any]) -> Response:
    answer = await counter(ctx).fetch("https://x/")
    return Response.ok(await answer.text() + await counter(ctx).add(2, "y"))


@router.get("/object-fails")
async def object_fails(req: Request, ctx: RouteContext[Any]) -> Response:
    try:
        await counter(ctx).fail()
    except LookupError as error:
        return Response.ok(str(error))
    return Response.error("did not fail", 500)


@router.get("/kv")
async def kv(req: Request, ctx: RouteContext[Any]) -> Response:
    await ctx.kv("KV").put("key", "value")
    return Response.ok(await ctx.kv("KV").get("key") or "")


@router.get("/d1")
async def d1(req: Request, ctx: RouteContext[Any]) -> Response:
    found = await ctx.d1("DB").query("SELECT ? AS a, ? AS b", 1, "two").all()
    return Response.from_json(found.rows)


@router.get("/r2")
async def r2(req: Request, ctx: RouteContext[Any]) -> Response:
    await ctx.bucket("BUCKET").put("key", b"bytes")
    found = await ctx.bucket("BUCKET").get("key")
    return Response.from_bytes(b"" if found is None else await found.body.bytes())


@router.get("/send")
async def send(req: Request, ctx: RouteContext[Any]) -> Response:
    await ctx.queue("QUEUE").send({"to": "all"})
    return Response.ok("sent")


@router.get("/callbacks")
async def callbacks(req: Request, ctx: RouteContext[Any]) -> Response:
    called: list[Any] = []
    numbers = js.Array.of(1, 2, 3)
    numbers.forEach(proxies.callback(lambda number, *_: called.append(number)))
    numbers.slice(0, 1).forEach(proxies.one_shot(lambda *_: called.append("once")))
    return Response.ok(str(called))


@router.get("/leak")
async def leak(req: Request, ctx: RouteContext[Any]) -> Response:
    """What the count is there for."""
    js.ffi.create_proxy(object())
    return Response.ok("leaked")


@router.get("/raises")
async def raises(req: Request, ctx: RouteContext[Any]) -> Response:
    await asyncio.sleep(0)
    raise RuntimeError("raised on purpose")


@router.get("/js-raises")
async def js_raises(req: Request, ctx: RouteContext[Any]) -> Response:
    try:
        await calls.acall(js.Promise, "reject", errors.to_js(ValueError("of JavaScript")))
    except ValueError as error:
        return Response.ok(str(error))
    return Response.error("no error", 500)


@router.get("/timed-out")
async def timed_out(req: Request, ctx: RouteContext[Any]) -> Response:
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(10)
    except TimeoutError:
        return Response.ok("timed out")
    return Response.error("in time", 500)


@router.get("/left-behind")
async def left_behind(req: Request, ctx: RouteContext[Any]) -> Response:
    ctx.wait_until(asyncio.sleep(0.001))
    task = asyncio.create_task(asyncio.sleep(10))
    await asyncio.sleep(0)
    return Response.ok(str(task.done()))


@router.get("/slow")
async def slow(req: Request, ctx: RouteContext[Any]) -> Response:
    """For a client that leaves."""
    await asyncio.sleep(0.3)
    return Response.ok("late")


@router.get("/socket")
async def socket(req: Request, ctx: RouteContext[Any]) -> Response:
    pair = WebSocketPair()
    pair.server.accept()

    async def echo() -> None:
        async for message in pair.server:
            pair.server.send(message)

    ctx.wait_until(echo())
    return Response.from_websocket(pair.client)


@event.fetch
async def main(req: Request, env: Any, ctx: Any) -> Response:
    return await router.run(req, env, ctx)


@event.queue
async def letters(batch: Any, env: Any, ctx: Any) -> None:
    for message in batch.messages():
        seen["queue"] += 1
        message.ack()


@event.scheduled
async def cron(event: Any, env: Any, ctx: Any) -> None:
    seen["scheduled"] += 1
