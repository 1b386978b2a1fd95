"""What the build worker refuses, told in our words and with the user's own lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from worker_build.errors import BuildError
from worker_build.stage import APP, SITE_PACKAGES

__all__ = ["allows", "drawn_refusal", "place", "refusal"]

Found = Mapping[str, Any]
"""What `runtime/snapshot.py` or `runtime/snapshot.mjs` found: `kind`, `message`, `frames`, …"""

_IN_HANDLER: Final = "do it in a handler, or in a function called from there"
_ONCE: Final = f"{_IN_HANDLER}; what every isolate needs once belongs into `@event.start`"

_NOT_THERE: Final = {
    "can't start new thread": "thread",
    "does not support processes": "process",
}
"""Words of Python's errors, and what they say is missing."""
_MOST_FRAMES: Final = 12
_DISTRIBUTIONS: Final = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "markdown_it": "markdown-it-py",
    "multipart": "python-multipart",
    "PIL": "pillow",
    "pydantic": "worker[pydantic]",
    "slugify": "python-slugify",
    "yaml": "PyYAML",
}
"""What to depend on for a module, where the two names differ."""


def refusal(error: Found) -> BuildError:
    """The error that stops the build."""
    if "javascript" in error:
        return BuildError(
            "WB107",
            str(error["message"]),
            _where(error),
            "put the .mjs file where the path says, or name a module of the platform such as"
            " `node:crypto`",
            details=_trace(error),
        )
    return _KINDS.get(error.get("kind", ""), _internal)(error)


def allows(allowed: Iterable[str], module: str) -> bool:
    """Whether a module may draw randomness at import: it, or a package that it is in, is listed."""
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def drawn_refusal(draws: Sequence[Found]) -> BuildError:
    """The error for randomness drawn at import.

    Args:
        draws: what `runtime/watch.py` noted: `what`, `module`, `frames`.
    """
    first = draws[0]
    others = sorted({str(draw["module"]) for draw in draws[1:]} - {first["module"]})
    also = f"; so do {', '.join(others)}" if others else ""
    return BuildError(
        "WB111",
        f"`{first['module']}` asks for randomness at import ({first['what']}), which would be the"
        f" same in every isolate{also}",
        place(first),
        f"{_IN_HANDLER}; if it is no secret and may be fixed:"
        f' [tool.worker-build] allow-entropy = ["{first["module"]}"]',
        details=dict.fromkeys(line for draw in draws for line in _trace(draw)[-2:]),
    )


def place(found: Found) -> str:
    """The innermost frame as `file:line`."""
    frames = found.get("frames") or [{"file": "?", "line": 0}]
    return _place(frames[-1])


def _syntax(error: Found) -> BuildError:
    return BuildError(
        "WB110",
        f"syntax error: {error['message']}",
        f"{_short(str(error['file']))}:{error['line']}",
        "correct that line" if str(error["file"]).startswith(APP) else "ask the package's authors",
        details=[str(error["text"])] if error.get("text") else [],
    )


def _import(error: Found) -> BuildError:
    message = str(error["message"])
    if "Disallowed operation called within global scope" in message:
        if error.get("refused") == "random":
            what = "the app asks the platform for randomness at import, where it gives none"
            return _early(error, what, code="WB111")
        what = {"fetch": "fetches", "a timer": "sets a timer"}.get(
            str(error.get("refused")), "does I/O"
        )
        return _early(error, f"the app {what} at import, where the platform has no event yet")
    if "RunSyncError: socket." in message:
        return _early(error, "the app does I/O at import: it opens a connection")
    if any(said in message for said in ("Cannot stack switch", "Cannot block", "run_sync cannot")):
        return _early(error, "the app waits for something at import, where nothing can come")
    if told := _BY_TYPE.get(str(error.get("type"))):
        return told(error)
    if "bad export type for" in message or "LinkError" in message:
        return _symbol(error)
    for sign, what in _NOT_THERE.items():
        if sign in message:
            return BuildError(
                "WB114",
                f"the app starts a {what} at import, and a worker has none",
                _where(error),
                "do without it; code that only waits goes into `worker.run_blocking`, in a handler",
                details=_trace(error),
            )
    if error.get("io"):
        return _early(error, f"the app does I/O at import: {message}")
    causes = [f"caused by {cause}" for cause in error.get("causes", ())]
    return BuildError("WB110", message, _where(error), details=[*_trace(error), *causes])


def _endless(error: Found) -> BuildError:
    return BuildError(
        "WB116",
        "importing the app does more work than a worker's start can bear, or never ends",
        _where(error),
        "look for a loop that never ends; do long work in a handler",
        details=_trace(error),
    )


def _heavy(error: Found) -> BuildError:
    return BuildError(
        "WB203",
        "importing the app needs more memory than the 112 MiB that a worker's heap may have",
        _where(error),
        "keep less in module variables; read large data in a handler, from assets, KV or R2",
        details=_trace(error),
    )


# What the build worker interrupts arrives as Python's own exception.
_BY_TYPE: Final[Mapping[str, Callable[[Found], BuildError]]] = {
    "KeyboardInterrupt": _endless,
    "MemoryError": _heavy,
}


def _early(error: Found, what: str, code: str = "WB112") -> BuildError:
    return BuildError(code, what, _where(error), _ONCE, details=_trace(error))


def _symbol(error: Found) -> BuildError:
    return BuildError(
        "WB114",
        f"an extension module needs what the interpreter has not: {error['message']}",
        _where(error),
        "its wheel was built for another Pyodide; choose another version of the package",
        details=_trace(error),
    )


def _told(error: Found) -> BuildError:
    what = {"fetch": "fetches", "a timer": "sets a timer"}.get(
        str(error["what"]), f"uses {error['what']}"
    )
    return _early(error, f"the app {what} at import, where the platform has no event yet")


def _task(error: Found) -> BuildError:
    return _early(error, f"the app starts `{error['what']}` at import, and no event to run it")


def _name(error: Found) -> BuildError:
    return BuildError(
        "WB114",
        f"the platform has no `{error['asked']}`: {error['message']}",
        _where(error),
        "see https://developers.cloudflare.com/workers/runtime-apis/ for the names that it has",
        details=_trace(error),
    )


def _missing(error: Found) -> BuildError:
    name = str(error["missing"])
    top = name.partition(".")[0]
    if error["standard"]:
        return BuildError(
            "WB114",
            f"`{name}` is part of Python, but not of Python in a worker",
            _where(error),
            "do without it: there are no processes, terminals or windows in a worker",
            details=_trace(error),
        )
    distribution = _DISTRIBUTIONS.get(top, top.replace("_", "-"))
    fix = f'add it to pyproject.toml: [project] dependencies = [..., "{distribution}"]'
    if error["there"]:
        fix = f"`{top}` is there, but has no module of that name"
    elif error["close"]:
        fix = f"did you mean `{error['close'][0]}`? otherwise {fix}"
    return BuildError(
        "WB110", f"there is no module `{name}`", _where(error), fix, details=_trace(error)
    )


def _reference(error: Found) -> BuildError:
    held = [f"`{each['module']}.{each['variable']}`" for each in error["variables"]]
    kinds = ", ".join(sorted(set(error["kinds"])))
    who = " and ".join(held) or "something that no module names"
    return BuildError(
        "WB113",
        f"{who} {'hold' if len(held) > 1 else 'holds'} a JavaScript object ({kinds}), which an"
        " image cannot",
        fix="make it inside the handler that needs it, or in a function called from there",
    )


def _fatal(error: Found) -> BuildError:
    return BuildError(
        "WB110",
        f"the interpreter died while importing the app: {error['message']}",
        _where(error),
        "leave out what aborts, or needs more than the 112 MiB that a worker's heap may have",
        details=_trace(error),
    )


def _internal(error: Found) -> BuildError:
    return BuildError("WB900", str(error.get("message") or json.dumps(dict(error))))


def _clock(error: Found) -> BuildError:
    return BuildError(
        "WB103",
        f"`reset-clock` in [tool.worker-build] names `{error['place']}`: {error['why']}",
        "pyproject.toml",
        "name a variable that keeps a time: `package.module:NAME`; or take it out",
    )


_KINDS: Final[Mapping[str, Callable[[Found], BuildError]]] = {
    "clock": _clock,
    "fatal": _fatal,
    "import": _import,
    "missing": _missing,
    "name": _name,
    "reference": _reference,
    "syntax": _syntax,
    "task": _task,
    "told": _told,
}


def _trace(error: Found) -> list[str]:
    """The user's own traceback: frames of the app, and the one of a package that they end in."""
    frames: Sequence[Mapping[str, Any]] = error.get("frames") or ()
    last = next((i for i, frame in enumerate(frames[::-1]) if _is_app(frame)), len(frames))
    ending = frames[len(frames) - last :]
    package = [frame for frame in ending if str(frame["file"]).startswith(SITE_PACKAGES)]
    lines = [_line(frame) for frame in (*filter(_is_app, frames), *package[-1:])]
    if len(lines) > _MOST_FRAMES:
        left_out = len(lines) - _MOST_FRAMES
        lines[4:-8] = [f"… {left_out} more"]
    return lines


def _where(error: Found) -> str | None:
    frames = [frame for frame in error.get("frames", ()) if _is_app(frame)]
    return _place(frames[-1]) if frames else None


def _is_app(frame: Mapping[str, Any]) -> bool:
    return str(frame["file"]).startswith(f"{APP}/")


def _short(path: str) -> str:
    return path.removeprefix(APP).removeprefix(SITE_PACKAGES).lstrip("/")


def _place(frame: Mapping[str, Any]) -> str:
    return f"{_short(str(frame['file']))}:{frame['line']}"


def _line(frame: Mapping[str, Any]) -> str:
    text = f": {frame['text']}" if frame["text"] else ""
    return f"{_place(frame)} in {frame['name']}{text}"
