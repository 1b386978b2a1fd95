from dataclasses import dataclass

from worker import Context, Env, MessageBatch, Request, Response, event


@dataclass
class Order:
    product: str
    amount: int


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    if req.method == "POST":
        await env.queue("ORDERS").send(await req.json())
        return Response.ok("Ordered.").with_status(202)
    return Response.ok(await env.kv("TOTALS").get(req.path.removeprefix("/")) or "0")


@event.queue
async def consume(batch: MessageBatch, env: Env, ctx: Context) -> None:
    totals = env.kv("TOTALS")
    for message in batch.messages(Order):  # what is no Order is retried, and reported
        order = message.body
        total = int(await totals.get(order.product) or "0") + order.amount
        await totals.put(order.product, str(total))
        message.ack()
