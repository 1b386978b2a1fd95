# ruff: noqa: F821  what another project defined is not known here
import ast

from worker_macros import durable_object, entrypoint, registry
from worker_macros.codegen.stubs import client_stubs


def test_stubs_keep_what_a_caller_knows_and_call_the_rest_any():
    @durable_object
    class Room:
        """A chat room."""

        def __init__(self, state, env): ...

        async def fetch(self, req): ...

        async def alarm(self): ...

        async def join(
            self, user: "Account", at: "datetime", *, shout: bool = False
        ) -> "list['Line']":
            """Let a user in."""

        async def kinds(self, kind: "Literal['a', 'b'] | None" = None) -> "dict[str, t.Any]": ...

    class Default:
        async def plain(self, a, *rest): ...

    entrypoint.register_entrypoint(Default)
    text = client_stubs(registry.manifest(), project="chat")
    ast.parse(text)
    assert (
        text
        == '''"""What other workers may call of chat.

Generated: do not edit."""

from datetime import datetime
from typing import Any, Literal
from worker import Request, Response


class Default:
    """The default entry point."""

    async def plain(self, a, *rest): ...


class Room:
    """A chat room."""

    async def fetch(self, request: Request | str, **options: Any) -> Response: ...

    async def join(self, user: Any, at: datetime, *, shout: bool=...) -> list[Any]:
        """Let a user in."""
        ...

    async def kinds(self, kind: Literal['a', 'b'] | None=...) -> dict[str, Any]: ...
'''
    )


def test_an_object_without_methods_is_an_empty_class():
    @durable_object
    class Empty:
        def __init__(self, state, env): ...

    text = client_stubs(registry.manifest(), project="x")
    assert text.endswith('class Empty:\n    """A stub of Empty."""\n')
