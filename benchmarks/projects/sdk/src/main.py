"""The workers of `http` and `bindings` with the classes of `workers-runtime-sdk`.

Our build and our crossing bring the request to it; from there on everything is the SDK's: its
`Request` and `env` around the JavaScript objects, its `Response` made in Python. It has no router:
a table is looked into, as in the JavaScript worker.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from worker import Context, Env, Request, Response, event
from workers import Request as SdkRequest
from workers import Response as SdkResponse
from workers.rpc import _EnvWrapper

QUERY = "SELECT id, name, city, amount FROM customers ORDER BY id LIMIT 10"

Handler = Callable[[Any, Any, str], Awaitable[Any]]


async def hello(_request: Any, _env: Any, _id: str) -> Any:
    """Text."""
    return SdkResponse("Hello, world!")


async def echo(request: Any, _env: Any, _id: str) -> Any:
    """JSON, parsed and written again."""
    return SdkResponse.from_json(await request.json())


async def headers(request: Any, _env: Any, _id: str) -> Any:
    """The 20 headers `x-0` … `x-19`, read and sent back."""
    given = request.headers
    names = (f"x-{number}" for number in range(20))
    return SdkResponse("headers", headers={name: given[name] for name in names})


async def body(request: Any, _env: Any, _id: str) -> Any:
    """The body, passed through."""
    return SdkResponse(request.body)


async def item(_request: Any, _env: Any, id: str) -> Any:
    """A part of the path."""
    return SdkResponse(id)


async def described(_request: Any, _env: Any, id: str) -> Any:
    """A part of the path, in JSON."""
    return SdkResponse.from_json({"id": id, "tags": ["a", "b"], "price": 9.95})


async def kv(_request: Any, env: Any, _id: str) -> Any:
    """One read."""
    return SdkResponse(await env.KV.get("greeting") or "nothing")


async def d1(_request: Any, env: Any, _id: str) -> Any:
    """Ten rows."""
    found = await env.DB.prepare(QUERY).all()
    rows = found["results"] if isinstance(found, dict) else found.results.to_py()
    return SdkResponse.from_json(rows)


PLAIN: dict[str, Handler] = {
    "/": hello, "/json": echo, "/headers": headers, "/body": body, "/kv": kv, "/d1": d1,
}  # fmt: skip
ITEMS: dict[str, Handler] = {
    f"/{count}/resource{number}": described if count == 100 else item
    for count in (10, 100, 1000)
    for number in range(count)
}


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    start, _, last = req.path.rpartition("/")
    handler = PLAIN.get(req.path) or ITEMS[start]
    answer = await handler(SdkRequest(req.js), _EnvWrapper(env.js), last)
    return Response._from_js(answer.js_object)
