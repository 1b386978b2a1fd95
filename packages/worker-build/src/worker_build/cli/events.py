"""The events of `--json`: one object a line on stdout, in the order in which things happen.

Every event has `type`, `version` (1 until a field changes its meaning) and `time` (seconds since
the epoch). New types and new fields may come at any time; readers skip what they do not know.
`events.schema.json`, beside this file, is this module as a JSON schema.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

VERSION = 1


class Base(TypedDict):
    """What every event has."""

    version: Literal[1]
    time: float


class Step(Base):
    """A step of the build says what it does."""

    type: Literal["step"]
    step: str
    message: str


class Note(Base):
    """Something worth knowing, such as a warning."""

    type: Literal["note"]
    message: str


class Error(Base):
    """The command failed; in `dev`, this build failed and the old one still serves."""

    type: Literal["error"]
    code: str
    family: str
    what: str
    where: str | None
    details: list[str]
    fix: str | None


class BuiltFile(TypedDict):
    """One file of the bundle; sizes in bytes, `compressed` under gzip."""

    path: str
    size: int
    compressed: int


class Startup(TypedDict):
    """CPU seconds of starting the bundle: the median, each start, and the platform's limit."""

    cpu: float
    samples: list[float]
    limit: float


class Built(Base):
    """A bundle is in place.

    `size`, `limit` and `compressed` are bytes; `packages` are bytes by name, `notes` tell where a
    package came from, or how it was made, where that is worth telling; `seconds` are by step.
    `startup` is null where it was not measured: with `--dev`, and where the system does not tell.
    What is the same in every isolate of the bundle is in `manifest.fixed`.
    """

    type: Literal["built"]
    out_dir: str
    size: int
    limit: int
    compressed: int
    files: list[BuiltFile]
    packages: dict[str, int]
    notes: dict[str, str]
    startup: Startup | None
    warnings: list[str]
    seconds: dict[str, float]
    manifest: dict[str, Any]


class Serving(Base):
    """`dev` answers at this address."""

    type: Literal["serving"]
    url: str


class Log(Base):
    """The worker wrote to its console."""

    type: Literal["log"]
    level: str
    message: str


class Created(Base):
    """`new` or `types` wrote these files."""

    type: Literal["created"]
    files: list[str]


class Removed(Base):
    """`clean` removed these files and folders, of so many bytes together."""

    type: Literal["removed"]
    files: list[str]
    size: int


class Check(Base):
    """`doctor` looked at one thing."""

    type: Literal["check"]
    name: str
    status: Literal["ok", "missing", "wrong"]
    found: str
    fix: NotRequired[str]


Event = Step | Note | Error | Built | Serving | Log | Created | Removed | Check


def schema() -> str:
    """Return the JSON schema of one event, as the text of `events.schema.json`."""
    import json

    from pydantic import TypeAdapter

    adapter: TypeAdapter[Any] = TypeAdapter(Event)
    return json.dumps(adapter.json_schema(), indent=2) + "\n"
