"""What type checkers infer of Durable Objects and events: checked by pyright, never run."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_type

from worker import Context, DurableObject, Env, Request, Response, durable_object, event
from worker.durable import ObjectNamespace, ObjectStub, Storage, Transaction
from worker.durable.sql import SqlStorage, SqlValue
from worker.workflow import StepEvent, WorkflowEvent, WorkflowStep


class Order:
    name: str


@durable_object
class Room(DurableObject):
    async def say(self, text: str) -> int:
        return len(text)


async def stubs(env: Env) -> None:
    rooms = env.durable_object("ROOM", Room)
    assert_type(rooms, ObjectNamespace[Room])
    assert_type(await rooms.get_by_name("a").say("x"), int)
    assert_type(await rooms.get(rooms.unique_id()).say("x"), int)
    await rooms.get_by_name("a").say(1)  # pyright: ignore[reportArgumentType]
    await rooms.get_by_name("a").gone()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


async def storage(storage: Storage) -> None:
    assert_type(await storage.get("k", int), int | None)
    assert_type(await storage.get("k", list[Order]), list[Order] | None)
    assert_type(await storage.get_multiple(["k"], Order), dict[str, Order])
    assert_type(await storage.list(int, prefix="p"), dict[str, int])
    assert_type(await storage.list(), dict[str, Any])
    assert_type(await storage.get_alarm(), datetime | None)
    assert_type(storage.kv.get("k", str), str | None)
    assert_type(storage.transaction_sync(lambda: 3), int)

    async def body(txn: Transaction) -> str:
        return "x"

    assert_type(await storage.transaction(body), str)


def sql(sql: SqlStorage) -> None:
    cursor = sql.exec("SELECT ?", 1)
    assert_type(cursor.one(), dict[str, SqlValue])
    assert_type(cursor.one(Order), Order)
    assert_type(cursor.to_array(Order), list[Order])
    for row in cursor:
        assert_type(row, dict[str, SqlValue])
    for order in cursor.rows(Order):
        assert_type(order, Order)


async def workflow(event: WorkflowEvent, step: WorkflowStep) -> None:
    async def charge() -> int:
        return 1

    assert_type(event.payload(Order), Order)
    assert_type(await step.do("charge", charge, int), int)
    assert_type(await step.wait_for_event("paid", "payment", Order), StepEvent[Order])


async def unnamed(env: Env) -> None:
    stub = env.durable_object("ROOM").get_by_name("a")
    assert_type(stub, ObjectStub)
    assert_type(await stub.fetch("https://x/"), Response)


@event.fetch
async def main(req: Request, env: Env, ctx: Context) -> Response:
    return Response.ok("")


@event.fetch(respond_with_errors=True)
def plain(req: Request, env: Env, ctx: Context) -> Response:
    return Response.ok("")


async def short(req: Request) -> Response:
    return Response.ok("")


event.fetch(short)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownMemberType]
