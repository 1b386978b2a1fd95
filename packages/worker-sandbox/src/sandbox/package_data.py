"""Files of the package, and modules that are imported late: both travel in the bundle."""

from __future__ import annotations

import importlib
from importlib import resources
from pathlib import Path
from typing import Any, Final

from worker import Request, Response, RouteContext, Router

LATE: Final = (
    "argparse",
    "colorsys",
    "configparser",
    "csv",
    "difflib",
    "fractions",
    "html.parser",
    "plistlib",
    "sched",
    "statistics",
    "tomllib",
    "wave",
    "xml.etree.ElementTree",
    "zipfile",
    "zoneinfo",
)
"""Modules of the standard library that nothing imports while the image is made."""


async def resource(req: Request, ctx: RouteContext[Any]) -> Response:
    """A file of a package, wherever the package is."""
    return Response.ok(resources.files("sandbox").joinpath("greeting.txt").read_text())


async def opened(req: Request, ctx: RouteContext[Any]) -> Response:
    """The same file, by its path."""
    with Path(__file__).with_name("greeting.txt").open() as file:
        return Response.ok(file.read())


async def late(req: Request, ctx: RouteContext[Any]) -> Response:
    """Import a module at its first use: it is read from the bundle."""
    name = ctx.param("module")
    if name not in LATE:
        return Response.error("Not Found", 404)
    module = importlib.import_module(name)
    return Response.ok(f"{module.__name__} has {len(vars(module))} names")


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/package-data/resource", resource)
    router.get("/package-data/opened", opened)
    router.get("/package-data/late/:module", late)
