"""Pages of Jinja2 templates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from worker import Context, Env, Request, Response, RouteContext, Router, event

templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    enable_async=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
# Compiled now, at build time: the worker starts with the finished templates.
PAGE = templates.get_template("page.html")
ROWS = templates.get_template("rows.html")

router: Router[None] = Router()


@router.get("/hello/{name}")
async def hello(req: Request, ctx: RouteContext) -> Response:
    """A page; what comes from outside is escaped."""
    return Response.from_html(await PAGE.render_async(name=ctx.param("name")))


@router.get("/rows")
async def rows(req: Request, ctx: RouteContext) -> Response:
    """A page that is sent while its rows are still being made."""

    async def numbers() -> AsyncIterator[int]:
        for number in range(3):
            await asyncio.sleep(0.05)
            yield number

    chunks = ROWS.generate_async(rows=numbers())
    return Response(chunks, headers={"content-type": "text/html; charset=utf-8"})


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)
