"""What finding a route costs: ours with 10, 100 and 1,000 routes, and Starlette's beside it.

On CPython. `match` finds the route and its parameters; `run` also calls a handler that returns a
response made beforehand. Both routers are given the same paths, and must agree on every one of
them before a clock is started.
"""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import Callable
from typing import Any

from worker.response import Response
from worker.router import Router

from benchmarks.measure import OURS, Measure, Options

SHAPES = [
    "/api/v1/{}",
    "/api/v1/{}/:id",
    "/api/v1/{}/:id/comments",
    "/api/v1/{}/:id/comments/:comment",
    "/{}/login",
    "/{}/static/*path",
    "/users/:user/{}",
    "/users/:user/{}/:id/edit",
    "/{}",
    "/docs/{}/:page",
]
SIZES = (10, 100, 1000)
LOOPS = 2000
LEFT_OUT = {"starlette": "it is not installed here"}

Handler = Callable[[str], None]


class Request:
    """What `Router.run` reads of a request."""

    __slots__ = ("method", "path")

    def __init__(self, path: str) -> None:
        self.method = "GET"
        self.path = path


def patterns(count: int) -> list[str]:
    """The ten shapes over and over, each time with another word."""
    return [SHAPES[index % 10].format(f"resource{index // 10}") for index in range(count)]


def paths(count: int) -> dict[str, str]:
    """Three paths: two that the last shapes registered match, and one that nothing matches."""
    word = f"resource{(count - 1) // 10}"
    return {
        "static": f"/{word}/login",
        "dynamic": f"/api/v1/{word}/12345/comments/678",
        "404": f"/api/v1/{word}/12345/nothing/678",
    }


def ours(count: int) -> tuple[Handler, Handler, Callable[[str], Any]]:
    """Our router: match alone, the whole run, and what it found."""
    answer = Response.ok("x")
    router = Router()
    for pattern in patterns(count):
        router.get(pattern, lambda _req, _ctx: answer)
    find = router._tables.match
    nothing: Any = None

    def match(path: str) -> None:
        find("GET", path)

    def run(path: str) -> None:
        finish(router.run(Request(path), nothing, nothing))  # type: ignore[arg-type]

    def found(path: str) -> Any:
        entry, slots, parts, _ = find("GET", path)
        if entry.route is None:
            return None
        return {name: slot.cut(parts) for name, slot in slots}

    return match, run, found


class Endpoint:
    """An ASGI application that answers without doing anything."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        return


def starlette(count: int) -> tuple[Handler, Handler, Callable[[str], Any]]:
    """Starlette's router, the patterns in its spelling."""
    from starlette.routing import Match, Route
    from starlette.routing import Router as StarletteRouter

    router = StarletteRouter(
        [Route(in_braces(pattern), endpoint=Endpoint()) for pattern in patterns(count)],
        redirect_slashes=False,
        default=Endpoint(),
    )

    def scope(path: str) -> dict[str, Any]:
        return {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}

    def match(path: str) -> Any:
        asked = scope(path)
        for route in router.routes:
            result, child = route.matches(asked)
            if result is Match.FULL:
                return child
        return None

    def run(path: str) -> None:
        finish(router(scope(path), None, None))  # type: ignore[arg-type]

    def found(path: str) -> Any:
        child = match(path)
        return None if child is None else child["path_params"]

    return match, run, found


def in_braces(pattern: str) -> str:
    """Our spelling in Starlette's."""
    parts = [
        f"{{{part[1:]}}}"
        if part[:1] == ":"
        else f"{{{part[1:]}:path}}"
        if part[:1] == "*"
        else part
        for part in pattern.split("/")
    ]
    return "/".join(parts)


def finish(coroutine: Any) -> None:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("the handler waited")


def once(call: Handler, path: str) -> float:
    """Microseconds for one call, in one round."""
    start = time.perf_counter_ns()
    for _ in range(LOOPS):
        call(path)
    return (time.perf_counter_ns() - start) / LOOPS / 1000


def run(options: Options) -> list[Measure]:
    """Measure inside a loop, as a worker does."""
    return asyncio.run(_run(options))


async def _run(options: Options) -> list[Measure]:
    there = importlib.util.find_spec("starlette") is not None
    makers = {OURS: ours, **({"starlette": starlette} if there else {})}
    measures = [
        measure
        for count in SIZES
        for measure in _measure(
            count, {side: make(count) for side, make in makers.items()}, options
        )
    ]
    if not there:
        measures[0].left_out.update(LEFT_OUT)
    return measures


def _measure(count: int, sides: dict[str, Any], options: Options) -> list[Measure]:
    """Two measures for each path: match, and run."""
    measures: list[Measure] = []
    for kind, path in paths(count).items():
        answers = [found(path) for _, _, found in sides.values()]
        if any(answer != answers[0] for answer in answers):
            raise AssertionError(f"the routers disagree about {path}")
        for index, what in enumerate(("match", "run")):
            samples: dict[str, list[float]] = {side: [] for side in sides}
            for _ in range(options.rounds):
                for side, calls in sides.items():
                    samples[side].append(once(calls[index], path))
            measures.append(Measure(f"router, {count} routes, {kind}, {what}", "µs", samples))
    return measures
