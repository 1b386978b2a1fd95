"""A WSGI application below a prefix. Flask, Django and Bottle are used in the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from worker import Request, Response, RouteContext, Router, run_sync, wsgi


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """An application in the protocol itself, which waits without `await`."""
    match environ["PATH_INFO"]:
        case "/env":
            run_sync(asyncio.sleep(0.001))
            start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
            return [environ["worker.env"].var("SOME_VARIABLE").encode()]
        case "/download":
            disposition = f'attachment; filename="{environ["HTTP_X_NAME"]}"'
            start_response("200 OK", [("Content-Disposition", disposition)])
            return [environ["QUERY_STRING"].encode("latin-1")]
        case "/echo":
            start_response("200 OK", [])
            return iter(lambda: environ["wsgi.input"].read(65536), b"")
        case _:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return numbers()


def numbers() -> Iterator[bytes]:
    """Chunks, each sent when it is there."""
    for number in range(5):
        run_sync(asyncio.sleep(0.001))
        yield b"%d " % number


mounted = wsgi.app(application, script_name="/wsgi")


async def serve(req: Request, ctx: RouteContext) -> Response:
    """Hand everything below the prefix to the application."""
    return await mounted(req, ctx.env, ctx.context)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/wsgi/*rest", serve)
    router.post("/wsgi/*rest", serve)
