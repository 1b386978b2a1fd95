"""Requests to elsewhere: options, cancelling, timeouts."""

from __future__ import annotations

import asyncio
from typing import TypedDict

from worker import AbortController, AbortError, Request, Response, RouteContext, Router, fetch


class Todo(TypedDict):
    """What the API of the example answers."""

    userId: int
    title: str
    completed: bool


async def fetch_twice(req: Request, ctx: RouteContext) -> Response:
    """A POST and a GET; their bodies are not read."""
    first = await fetch("https://example.com", method="POST")
    second = await fetch("https://example.com/")
    return Response.ok(f"received responses with codes {first.status} and {second.status}")


async def fetch_json(req: Request, ctx: RouteContext) -> Response:
    """JSON as the type that is expected."""
    todo = await (await fetch("https://jsonplaceholder.typicode.com/todos/1")).json(Todo)
    return Response.ok(
        f"API Returned user: {todo['userId']} with title: {todo['title']} "
        f"and completed: {str(todo['completed']).lower()}"
    )


async def proxy_request(req: Request, ctx: RouteContext) -> Response:
    """Hand another server's answer on, untouched."""
    url = req.path.removeprefix("/proxy_request/")
    print(url)
    return await fetch(url)


async def request_init_fetch(req: Request, ctx: RouteContext) -> Response:
    """A request made first and sent then."""
    return await fetch(Request("https://cloudflare.com"))


async def request_init_fetch_post(req: Request, ctx: RouteContext) -> Response:
    """The same with a method."""
    return await fetch(Request("https://httpbin.org/post", method="POST"))


async def cancelled_fetch(req: Request, ctx: RouteContext) -> Response:
    """Give a request up right after it was started."""
    controller = AbortController()
    pending = asyncio.ensure_future(fetch("https://cloudflare.com/", signal=controller.signal))
    await asyncio.sleep(0)
    controller.abort()
    try:
        return await pending
    except AbortError as error:
        return Response.ok(str(error))


async def fetch_timeout(req: Request, ctx: RouteContext) -> Response:
    """Give a request up that takes too long."""
    controller = AbortController()

    async def slow() -> str:
        return await (await fetch("https://miniflare.mocks/delay", signal=controller.signal)).text()

    pending = asyncio.ensure_future(slow())
    done, _ = await asyncio.wait({pending}, timeout=0.1)
    assert not done
    controller.abort()
    try:
        await pending
    except AbortError as error:
        return Response.ok("Cancelled" if "AbortError" in str(error) else str(error))
    raise AssertionError("the request was answered after it had been given up")


async def cloned_fetch(req: Request, ctx: RouteContext) -> Response:
    """An answer from elsewhere, copied before it is read."""
    first = await fetch("https://jsonplaceholder.typicode.com/todos/1")
    second = first.cloned()
    return Response.ok("true" if await first.text() == await second.text() else "false")


async def catchall(req: Request, ctx: RouteContext) -> Response:
    """What no route of any method matches."""
    print(f"[or_else_any_method_async] caught: {req.path}")
    return (await fetch("https://github.com/404")).with_status(404)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/fetch", fetch_twice)
    router.get("/fetch_json", fetch_json)
    router.get("/proxy_request/*url", proxy_request)
    router.get("/request-init-fetch", request_init_fetch)
    router.get("/request-init-fetch-post", request_init_fetch_post)
    router.get("/cancelled-fetch", cancelled_fetch)
    router.get("/fetch-timeout", fetch_timeout)
    router.get("/cloned-fetch", cloned_fetch)
    router.or_else_any_method("/*catchall", catchall)
