"""An entry point that the worker itself is bound to."""

from typing import Any

from worker import Request, Response, Socket
from worker.entrypoint import WorkerEntrypoint


class Adder(WorkerEntrypoint):
    async def add(self, a: int, b: int) -> int:
        return (a + b) * self.ctx.props()["scale"]

    async def fetch(self, req: Request) -> Response:
        return Response.ok(f"adder {req.path}")

    async def connect(self, socket: Socket) -> None:
        """Add the numbers of a line."""
        line = await socket.reader.readline()
        numbers = [int(number) for number in line.split()]
        socket.writer.write(b"%d" % await self.add(*numbers))
        await socket.writer.write_eof()

    async def tell(self, listener: Any) -> str:
        return "told " + await listener("news")
