"""An entry point that the worker itself is bound to."""

from typing import Any

from worker import Request, Response
from worker.entrypoint import WorkerEntrypoint


class Adder(WorkerEntrypoint):
    async def add(self, a: int, b: int) -> int:
        return (a + b) * self.ctx.props()["scale"]

    async def fetch(self, req: Request) -> Response:
        return Response.ok(f"adder {req.path}")

    async def tell(self, listener: Any) -> str:
        return "told " + await listener("news")
