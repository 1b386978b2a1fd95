"""One Durable Object with everything a storage can do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel
from worker import ByteStream, Request, Response, Socket, durable_object
from worker.durable import AlarmInfo, DurableObject


class Row(BaseModel):
    id: int
    name: str | None


class Point(BaseModel):
    x: int
    y: int


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@durable_object
class Counter(DurableObject):
    async def setup(self) -> None:
        self.state.storage.sql.exec("CREATE TABLE IF NOT EXISTS item (id INTEGER, name, r, b)")
        self.started = await self.state.storage.get("started", int) or 0
        await self.state.storage.put("started", self.started + 1)
        self.calls = 0

    async def fetch(self, req: Request) -> Response:
        return Response.ok(f"{req.method} {req.path} {await req.text()}")

    async def connect(self, socket: Socket) -> None:
        """Each line adds one."""
        async for _line in socket.reader:
            socket.writer.write(b"%d\n" % await self.add(1))
            await socket.writer.drain()
        await socket.writer.write_eof()

    async def add(self, amount: int) -> int:
        self.calls += 1
        count = await self.state.storage.get("count", int) or 0
        await self.state.storage.put("count", count + amount)
        return count + amount

    async def lives(self) -> list[int]:
        """How often the object was started, and how often this one was called."""
        return [self.started + 1, self.calls]

    async def hold(self) -> str:
        """Wait until somebody calls `release`."""
        self.held = asyncio.get_running_loop().create_future()
        return await self.held

    async def release(self) -> bool:
        self.held.set_result("released")
        return True

    async def facet(self) -> list[int]:
        inner = self.state.facets.get("inner", self.state.object_class("Counter"))
        counts = [await inner.add(2), await inner.add(2)]
        self.state.facets.clone("inner", "twin")
        twin = self.state.facets.get("twin", self.state.object_class("Counter"))
        counts.append(await twin.add(3))
        self.state.facets.delete("inner")
        again = self.state.facets.get("inner", self.state.object_class("Counter"))
        return [*counts, await again.add(2), await self.add(0)]

    async def exported(self) -> str:
        answer = await self.state.exports.service("Adder").fetch("https://x/exported")
        return await answer.text()

    async def called(self) -> str | None:
        return self.state.id.name

    async def echo(self, *values: Any) -> list[Any]:
        return list(values)

    async def fails(self, kind: str) -> None:
        if kind == "chain":
            try:
                int("x")
            except ValueError as error:
                raise LookupError("outer") from error
        raise ValueError("no good")

    async def applied(self, function: Any, value: int) -> int:
        return await function(value) + 1

    async def multiplier(self, factor: int) -> Any:
        async def multiply(value: int) -> int:
            return value * factor

        return multiply

    async def streamed(self) -> ByteStream:
        async def chunks() -> AsyncIterator[bytes]:
            for number in range(3):
                await asyncio.sleep(0.001)
                yield b"%d" % number

        return ByteStream(chunks())

    async def length(self, stream: ByteStream) -> int:
        return sum([len(chunk) async for chunk in stream])

    async def respond(self) -> Response:
        return Response.from_json({"through": "rpc"})

    async def abort(self) -> None:
        self.state.abort("thrown away")

    async def blocked(self) -> int:
        async def body() -> int:
            await self.state.storage.put("blocked", 1)
            return 7

        return await self.state.block_concurrency_while(body)

    async def values(self) -> dict[str, Any]:
        storage = self.state.storage
        await storage.put_multiple({"a": 1, "b": {"x": [1, b"y", None]}, "c": NEW_YEAR})
        await storage.put("p", Point(x=1, y=2))
        point = await storage.get("p", Point)
        return {
            "many": await storage.get_multiple(["a", "b", "none"]),
            "listed": list(await storage.list(start="a", end="d", reverse=True, limit=2)),
            "after": list(await storage.list(start_after="a", prefix="b")),
            "typed": type(point).__name__,
            "moment": await storage.get("c") == NEW_YEAR,
            "none": await storage.get("none", int),
            "deleted": [await storage.delete("a"), await storage.delete("a")],
            "many deleted": await storage.delete_multiple(["b", "c", "none"]),
        }

    async def transactions(self) -> dict[str, Any]:
        storage = self.state.storage
        told: dict[str, Any] = {}

        async def good(txn: Any) -> str:
            await txn.put("t", 1)
            return "done"

        async def bad(txn: Any) -> None:
            await txn.put("t", 2)
            raise KeyError("x")

        async def undone(txn: Any) -> str:
            await txn.put("t", 3)
            txn.rollback()
            return "rolled back"

        told["good"] = [await storage.transaction(good), await storage.get("t")]
        try:
            await storage.transaction(bad)
        except KeyError as error:
            told["bad"] = [repr(error), error.__traceback__ is not None, await storage.get("t")]
        told["undone"] = [await storage.transaction(undone), await storage.get("t")]
        await storage.sync()
        return told

    async def sync_values(self) -> dict[str, Any]:
        kv = self.state.storage.kv

        def bad() -> None:
            kv.put("k", 1)
            raise LookupError("y")

        told: dict[str, Any] = {}
        try:
            self.state.storage.transaction_sync(bad)
        except LookupError as error:
            told["bad"] = [repr(error), kv.get("k")]
        told["good"] = self.state.storage.transaction_sync(lambda: kv.put("k", {"x": 1, "y": 2}))
        told["typed"] = repr(kv.get("k", Point))
        told["listed"] = [key for key, _ in kv.list(prefix="k")]
        told["deleted"] = [kv.delete("k"), kv.delete("k")]
        return told

    async def sql(self) -> dict[str, Any]:
        sql = self.state.storage.sql
        sql.exec("DELETE FROM item")
        query = "INSERT INTO item VALUES (1, ?, ?, ?), (2, ?, ?, ?) RETURNING *"
        cursor = sql.exec(query, "x", 1.5, b"ab", None, True, b"")
        told: dict[str, Any] = {"columns": cursor.column_names, "rows": [*cursor]}
        told["counted"] = [cursor.rows_read > 0, cursor.rows_written > 0]
        told["raw"] = list(sql.exec("SELECT id, name FROM item").raw())
        told["typed"] = [row.id for row in sql.exec("SELECT id, name FROM item").rows(Row)]
        told["array"] = [row.name for row in sql.exec("SELECT id, name FROM item").to_array(Row)]
        told["one"] = sql.exec("SELECT count(*) AS n FROM item").one()
        told["empty"] = sql.exec("SELECT * FROM item WHERE id > ?", 99).to_array()
        told["size"] = sql.database_size > 0
        for name, query in {"two": "SELECT * FROM item", "wrong": "SELEC 1"}.items():
            try:
                sql.exec(query).one()
            except Exception as error:  # noqa: BLE001
                told[name] = f"{type(error).__name__}: {error}"
        return told

    async def alarms(self) -> list[bool]:
        storage = self.state.storage
        await storage.set_alarm(datetime.now(UTC) + timedelta(hours=1))
        due = await storage.get_alarm()
        assert due is not None
        near = abs(due - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=10)
        await storage.delete_alarm()
        return [near, await storage.get_alarm() is None]

    async def ring(self) -> None:
        await self.state.storage.set_alarm(timedelta(milliseconds=1))

    async def rung(self) -> Any:
        return await self.state.storage.get("rung")

    async def alarm(self, info: AlarmInfo) -> None:
        await self.state.storage.put("rung", [info.is_retry, info.retry_count])

    async def bookmarks(self) -> list[str]:
        storage = self.state.storage
        told = [type(await storage.get_current_bookmark()).__name__]
        try:
            await storage.get_bookmark_for_time(timedelta(hours=-1))
        except Exception as error:  # noqa: BLE001
            told.append(f"{type(error).__name__}: {error}")
        return told

    async def clear(self) -> int:
        await self.state.storage.delete_all()
        return len(await self.state.storage.list())
