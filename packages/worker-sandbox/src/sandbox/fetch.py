"""Requests to elsewhere: options, cancelling, timeouts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypedDict, Unpack

from worker import (
    AbortController,
    AbortError,
    AbortSignal,
    Request,
    Response,
    RouteContext,
    Router,
    fetch,
)


class FetchOptions(TypedDict, total=False):
    """What a request may be given up by."""

    signal: AbortSignal
    timeout: float


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


async def fetch_redirects(req: Request, ctx: RouteContext) -> Response:
    """A redirect is followed, or handed back, as its request says."""
    url = req.query()["url"]
    followed = await fetch(url, method="POST", body="kept")
    manual = await fetch(url, redirect="manual")
    return Response.from_json(
        {
            "followed": [followed.status, followed.redirected, await followed.text()],
            "manual": [manual.status, manual.redirected, manual.headers["location"]],
        }
    )


async def fetch_failures(req: Request, ctx: RouteContext) -> Response:
    """What goes wrong on the way is an exception of its own class."""
    url = req.query()["url"]
    controller = AbortController()
    either = AbortSignal.any([controller.signal, AbortSignal.timeout(60)])
    asyncio.get_running_loop().call_later(0.05, controller.abort, KeyError("enough"))
    attempts = {
        "nobody listens": fetch("http://127.0.0.1:1/"),
        "the head is late": fetch(f"{url}/slow", timeout=0.05),
        "a signal's time is up": fetch(f"{url}/slow", signal=AbortSignal.timeout(0.05)),
        "one of two signals": fetch(f"{url}/slow", signal=either),
        "aborted before": fetch(f"{url}/slow", signal=AbortSignal.abort()),
        "cut off": _read(f"{url}/cut"),
        "the body is late": _read(f"{url}/slow-body", timeout=0.2),
        "the body's time is up": _read(f"{url}/slow-body", signal=AbortSignal.timeout(0.2)),
    }
    found = await asyncio.gather(*attempts.values(), return_exceptions=True)
    told = [each if isinstance(each, str) else type(each).__name__ for each in found]
    return Response.from_json(dict(zip(attempts, told, strict=True)))


async def _read(url: str, **options: Unpack[FetchOptions]) -> str:
    return await (await fetch(url, **options)).text()


async def fetch_streams(req: Request, ctx: RouteContext) -> Response:
    """A body that is sent while it is made, and the answer handed on while it comes."""

    async def numbers() -> AsyncIterator[bytes]:
        for number in range(10):
            await asyncio.sleep(0.001)
            yield b"%d " % number

    return await fetch(req.query()["url"], method="POST", body=numbers())


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
    router.get("/fetch/redirects", fetch_redirects)
    router.get("/fetch/failures", fetch_failures)
    router.get("/fetch/streams", fetch_streams)
    router.or_else_any_method("/*catchall", catchall)
