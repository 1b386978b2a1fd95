"""A page that lists every route with what it shows: `/index`."""

from __future__ import annotations

import html
from inspect import getdoc

from worker import Request, Response, RouteContext, Router

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>worker-sandbox</title>
<style>
  :root {{ color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
    margin: 2rem auto; padding: 0 1rem; }}
  h2 {{ margin: 2rem 0 .25rem; font-size: 1.1rem; }}
  p {{ margin: 0 0 .5rem; opacity: .75; }}
  table {{ border-collapse: collapse; width: 100%; }}
  td {{ border-top: 1px solid var(--line); padding: .3rem .5rem .3rem 0; vertical-align: top; }}
  td:first-child {{ width: 5rem; font: 13px ui-monospace, monospace; opacity: .6; }}
  td:nth-child(2) {{ width: 22rem; font: 14px ui-monospace, monospace; overflow-wrap: anywhere; }}
</style>
<h1>worker-sandbox</h1>
<p>A reference worker in Python. Each section is one module;
copy a module and you have the feature.</p>
{sections}
</html>
"""


def routes(router: Router) -> None:
    """Register this module's route."""

    @router.get("/index")
    def index(req: Request, ctx: RouteContext) -> Response:
        """This page."""
        return Response.from_html(_PAGE.format(sections=sections(router)))


def sections(router: Router) -> str:
    """A table for each module, in the order of their names."""
    rows: dict[str, list[str]] = {}
    abouts: dict[str, str] = {}
    for route in router.routes:
        module = route.handler.__module__
        abouts[module] = first_line(__import__(module, fromlist=["_"]))
        shown = html.escape(route.pattern.text)
        if route.methods == ("GET",) and ":" not in shown and "*" not in shown:
            shown = f'<a href="{shown}">{shown}</a>'
        rows.setdefault(module, []).append(
            f"<tr><td>{' '.join(route.methods) or 'any'}<td>{shown}"
            f"<td>{html.escape(first_line(route.handler))}"
        )
    return "\n".join(
        f"<h2>{html.escape(module.rpartition('.')[2])}</h2><p>{html.escape(abouts[module])}</p>"
        f"<table>{''.join(rows[module])}</table>"
        for module in sorted(rows)
    )


def first_line(thing: object) -> str:
    """The first line of a docstring."""
    return (getdoc(thing) or "").partition("\n")[0]
