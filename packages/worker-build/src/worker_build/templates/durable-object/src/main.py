from worker import Context, DurableObject, Env, Request, Response, durable_object, event


@durable_object
class Counter(DurableObject):
    """One counter a name; its storage outlives the object."""

    async def add(self, amount: int) -> int:
        count = (await self.state.storage.get("count", int) or 0) + amount
        await self.state.storage.put("count", count)
        return count


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    counter = env.durable_object("COUNTER", Counter).get_by_name(req.path)
    return Response.from_json({"visits": await counter.add(1)})
