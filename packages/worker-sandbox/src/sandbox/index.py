"""A page that lists every route with what it shows: `/index`."""

from __future__ import annotations

import html
import re
import sys
from inspect import getdoc

from worker import Request, Response, RouteContext, Router
from worker.router import Route

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>worker-sandbox</title>
<style>
  :root {{ color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }}
  html {{ scroll-behavior: smooth; }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
    margin: 2rem auto; padding: 0 1rem; }}
  a {{ color: LinkText; text-underline-offset: .2em; }}
  h2 {{ margin: 2.5rem 0 .25rem; font-size: 1.1rem; }}
  h2 a {{ color: inherit; text-decoration: none; }}
  p {{ margin: 0 0 .5rem; opacity: .75; }}
  nav {{ display: flex; flex-wrap: wrap; gap: .4rem; margin: 1.5rem 0; }}
  nav a {{ padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem;
    text-decoration: none; font-size: .875rem; }}
  code {{ font: .9em ui-monospace, monospace; }}
  table {{ border-collapse: collapse; width: 100%; }}
  td {{ border-top: 1px solid var(--line); padding: .3rem .5rem .3rem 0;
    vertical-align: baseline; }}
  td:first-child {{ width: 5rem; font: 13px ui-monospace, monospace; opacity: .6; }}
  td:nth-child(2) {{ width: 22rem; font: 14px ui-monospace, monospace; overflow-wrap: anywhere; }}
  @media (width < 40rem) {{
    tr {{ display: grid; grid-template-columns: 4rem 1fr; border-top: 1px solid var(--line); }}
    td {{ border: 0; width: auto; }}
    td:nth-child(2) {{ width: auto; }}
    td:nth-child(3) {{ grid-column: 2; padding-top: 0; }}
  }}
</style>
<h1>worker-sandbox</h1>
<p>A reference worker in Python: {count} routes. Each section is one module;
copy a module and you have the feature.</p>
<nav>{names}</nav>
{sections}
</html>
"""


def routes(router: Router) -> None:
    """Register this module's route."""

    @router.get("/index")
    def index(req: Request, ctx: RouteContext) -> Response:
        """This page."""
        modules = by_module(router)
        page = _PAGE.format(
            count=len(router.routes),
            names="".join(f'<a href="#{name}">{name}</a>' for name in modules),
            sections="\n".join(section(name, found) for name, found in modules.items()),
        )
        return Response.from_html(page)


def by_module(router: Router) -> dict[str, list[Route]]:
    """The routes of each module, in the order of the modules' names."""
    found: dict[str, list[Route]] = {}
    for route in router.routes:
        found.setdefault(route.handler.__module__.rpartition(".")[2], []).append(route)
    return dict(sorted(found.items()))


def section(name: str, routes: list[Route]) -> str:
    """What a module is about, and a table of its routes."""
    module = sys.modules[routes[0].handler.__module__]
    return (
        f'<h2 id="{name}"><a href="#{name}">{name}</a></h2><p>{first_line(module)}</p>'
        f"<table>{''.join(map(row, routes))}</table>"
    )


def row(route: Route) -> str:
    """Method, pattern and purpose; what a browser can open is a link."""
    shown = html.escape(route.pattern.text)
    if route.methods == ("GET",) and ":" not in shown and "*" not in shown:
        shown = f'<a href="{shown}">{shown}</a>'
    methods = " ".join(route.methods) or "any"
    return f"<tr><td>{methods}<td>{shown}<td>{first_line(route.handler)}"


def first_line(thing: object) -> str:
    """The first line of a docstring, as HTML."""
    text = html.escape((getdoc(thing) or "").partition("\n")[0])
    return re.sub(r"`(.+?)`", r"<code>\1</code>", text)
