"""From an ASGI application to a fetch handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from worker.asgi import http, threads, websocket
from worker.asgi.lifespan import Lifespan
from worker.asgi.scope import make_scope
from worker.asgi.types import Application

if TYPE_CHECKING:
    from worker.context import Context
    from worker.env import Env
    from worker.request import Request
    from worker.response import Response

__all__ = ["app"]


def app(
    application: Application, *, lifespan: bool = True, root_path: str = ""
) -> Callable[[Request, Env, Context], Awaitable[Response]]:
    """A fetch handler that answers with an ASGI application.

    Bodies stream both ways. The lifespan begins inside the isolate's first event and never ends:
    the platform does not say when an isolate stops. What an application starts outside a request
    (tasks of its lifespan) ends with the event in which it was started. `def` endpoints may use
    `run_sync`.

    The scope holds the worker's own objects as `scope["env"]` and `scope["ctx"]`; in FastAPI,
    `request.scope["env"]`.

    Args:
        application: an ASGI 3 application.
        lifespan: whether to run the lifespan protocol; applications may be without.
        root_path: the beginning of the path below which the application is mounted: `/api`.

    Returns:
        `async def fetch(req, env, ctx)`.
    """
    life = Lifespan(application) if lifespan else None
    threads.replace_threads()

    async def fetch(req: Request, env: Env, ctx: Context) -> Response:
        state: dict[str, Any] | None = None
        if life is not None:
            state = await life.started()
        scope = make_scope(req, env, ctx, root_path, state)
        if scope["type"] == "websocket":
            return await websocket.answer(application, scope)
        return await http.answer(application, scope, req, ctx)

    return fetch
