"""Durable Objects that cannot be made."""

from worker import DurableObject, Env, durable_object
from worker.durable import State


@durable_object
class Unmade(DurableObject):
    def __init__(self, state: State, env: Env) -> None:
        raise RuntimeError("cannot be made")

    async def hello(self) -> str:
        return "hello"


@durable_object
class Unready(DurableObject):
    """Its `setup` fails at the first start, and works at the second."""

    async def setup(self) -> None:
        marks = self.state.storage.kv
        if marks.get("tried") is None:
            await self.state.storage.put("tried", 1)
            await self.state.storage.sync()
            raise RuntimeError("cannot be set up")

    async def hello(self) -> str:
        return "hello"
