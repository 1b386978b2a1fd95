"""RPC: calling the methods of Durable Objects and of other workers as if they were here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Never

from worker import (
    DurableObject,
    Request,
    Response,
    RouteContext,
    Router,
    WorkerEntrypoint,
    durable_object,
)


@durable_object
class Diary(DurableObject):
    """Lines in the order in which they were noted; every public method is callable from afar."""

    async def setup(self) -> None:
        """Runs before the first call."""
        self.state.storage.sql.exec("CREATE TABLE IF NOT EXISTS line(text TEXT NOT NULL);")

    async def note(self, text: str) -> int:
        """Add a line; how many there are."""
        sql = self.state.storage.sql
        sql.exec("INSERT INTO line(text) VALUES (?);", text)
        return int(sql.exec("SELECT COUNT(*) AS count FROM line;").one()["count"] or 0)

    async def lines(self) -> list[str]:
        """Every line."""
        rows = self.state.storage.sql.exec("SELECT text FROM line ORDER BY rowid;").raw()
        return [str(text) for (text,) in rows]

    async def add_one(self) -> int:
        """Read, and write: nothing else comes between the two."""
        count = (await self.state.storage.get("count", int) or 0) + 1
        await self.state.storage.put("count", count)
        return count

    async def find(self, text: str) -> int:
        """Where a line is; what is raised here is raised at the caller."""
        lines = await self.lines()
        if text not in lines:
            raise LookupError(f"no line says {text!r}")
        return lines.index(text)

    async def wait(self, seconds: float) -> float:
        """Wait: other objects go on."""
        await asyncio.sleep(seconds)
        return seconds

    async def each(self, tell: Callable[[str], Awaitable[None]]) -> None:
        """Call a function of the caller."""
        for text in await self.lines():
            await tell(text)

    async def once(self) -> float:
        """Do what must not be interrupted: no other event reaches this object meanwhile."""

        async def decide() -> float:
            chosen = await self.state.storage.get("chosen", float)
            if chosen is None:
                await asyncio.sleep(0.05)
                chosen = time.time()
                await self.state.storage.put("chosen", chosen)
            return chosen

        return await self.state.block_concurrency_while(decide)

    async def burn(self) -> Never:
        """Throw this object away: the next call makes a new one from what is stored."""
        self.state.abort("the diary was burnt")


class Greeter(WorkerEntrypoint):
    """Another door into this worker: a service binding names it, and says with which props."""

    async def greet(self, name: str) -> str:
        """Greet as the binding wishes."""
        return f"{self.ctx.props()['greeting']}, {name}!"


def diary(ctx: RouteContext[Any]) -> Diary:
    """The stub of one object: to a type checker it is the class itself."""
    return ctx.env.durable_object("DIARY", Diary).get_by_name(ctx.param("name"))


async def note(req: Request, ctx: RouteContext[Any]) -> Response:
    """A call with an argument and a result."""
    return Response.from_json(await diary(ctx).note(await req.text()))


async def lines(req: Request, ctx: RouteContext[Any]) -> Response:
    """A result of many values."""
    return Response.from_json(await diary(ctx).lines())


async def count(req: Request, ctx: RouteContext[Any]) -> Response:
    """Fifty calls at once, each of which reads and writes the same value."""
    stub = diary(ctx)
    return Response.from_json(await asyncio.gather(*(stub.add_one() for _ in range(50))))


async def find(req: Request, ctx: RouteContext[Any]) -> Response:
    """An exception crosses with its type."""
    try:
        return Response.from_json(await diary(ctx).find(await req.text()))
    except LookupError as error:
        return Response.error(f"{type(error).__name__}: {error}", 404)


async def beside(req: Request, ctx: RouteContext[Any]) -> Response:
    """While one object waits, another answers; both live in this isolate."""
    objects = ctx.env.durable_object("DIARY", Diary)
    begun = time.monotonic()
    waiting = asyncio.create_task(objects.get_by_name("slow").wait(1))
    await objects.get_by_name("quick").wait(0)
    quick = time.monotonic() - begun
    await waiting
    return Response.from_json({"quick": quick < 1, "slow": time.monotonic() - begun >= 1})


async def each(req: Request, ctx: RouteContext[Any]) -> Response:
    """A function crosses too: the object calls it, and it runs here."""
    told: list[str] = []

    async def tell(text: str) -> None:
        told.append(text.upper())

    await diary(ctx).each(tell)
    return Response.from_json(told)


async def once(req: Request, ctx: RouteContext[Any]) -> Response:
    """Calls at once that must all get the same value."""
    stub = diary(ctx)
    return Response.from_json(len({*await asyncio.gather(*(stub.once() for _ in range(5)))}))


async def burn(req: Request, ctx: RouteContext[Any]) -> Response:
    """The caller of an object that is thrown away is told why."""
    try:
        await diary(ctx).burn()
    except Exception as error:  # noqa: BLE001  whatever it is, it is shown
        return Response.error(str(error), 409)


async def greet(req: Request, ctx: RouteContext[Any]) -> Response:
    """A method of a named entry point, through a service binding."""
    return Response.ok(await ctx.env.service("GREETER").rpc(Greeter).greet(ctx.param("name")))


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.post("/rpc/diary/:name", note)
    router.get("/rpc/diary/:name", lines)
    router.get("/rpc/diary/:name/count", count)
    router.post("/rpc/diary/:name/find", find)
    router.get("/rpc/diary/:name/each", each)
    router.get("/rpc/diary/:name/once", once)
    router.get("/rpc/diary/:name/burn", burn)
    router.get("/rpc/beside", beside)
    router.get("/rpc/greet/:name", greet)
