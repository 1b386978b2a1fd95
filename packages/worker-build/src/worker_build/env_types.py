"""A typed class for a project's env, from its wrangler file: what `worker-build types` writes.

The class has one property a binding. `Env.of(env)` turns the env of an event into it:

    from worker_env import Env

    @event.fetch
    async def fetch(req: Request, env: worker.Env, ctx: Context) -> Response:
        value = await Env.of(env).CACHE.get("key")
"""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from worker_build import project as _project
from worker_build.errors import BuildError
from worker_build.miniflare import ConfigError, config
from worker_build.miniflare.config import WranglerProject
from worker_build.project import Project

__all__ = ["KINDS", "Kind", "module", "write"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of binding.

    Attributes:
        section: where the wrangler file has it, dotted; a table or a list of tables.
        key: the key of its name there.
        accessor: the method of `worker.Env` that gives it.
        type: what that returns.
        home: the module of that type.
    """

    section: str
    key: str
    accessor: str
    type: str
    home: str


KINDS: Final = (
    Kind("kv_namespaces", "binding", "kv", "KvStore", "worker.kv"),
    Kind("d1_databases", "binding", "d1", "D1Database", "worker.d1"),
    Kind("r2_buckets", "binding", "bucket", "Bucket", "worker.r2"),
    Kind("queues.producers", "binding", "queue", "Queue", "worker.queue"),
    Kind("services", "binding", "service", "Fetcher", "worker.service"),
    Kind("assets", "binding", "assets", "Assets", "worker.assets"),
    Kind("ai", "binding", "ai", "Ai", "worker.ai"),
    Kind("browser", "binding", "browser", "Browser", "worker.browser"),
    Kind("images", "binding", "images", "Images", "worker.images"),
    Kind("vectorize", "binding", "vectorize", "Vectorize", "worker.vectorize"),
    Kind("workflows", "binding", "workflow", "Workflow", "worker.workflow"),
    Kind("send_email", "name", "send_email", "SendEmail", "worker.email"),
    Kind("hyperdrive", "binding", "hyperdrive", "Hyperdrive", "worker.hyperdrive"),
    Kind(
        "analytics_engine_datasets",
        "binding",
        "analytics_engine",
        "AnalyticsEngineDataset",
        "worker.analytics_engine",
    ),
    Kind("ratelimits", "name", "rate_limiter", "RateLimiter", "worker.rate_limit"),
    Kind("secrets_store_secrets", "binding", "secret_store", "SecretStore", "worker.secret_store"),
    Kind("mtls_certificates", "binding", "mtls", "MtlsCertificate", "worker.mtls"),
    Kind(
        "dispatch_namespaces",
        "binding",
        "dynamic_dispatcher",
        "DynamicDispatcher",
        "worker.dispatch",
    ),
    Kind("worker_loaders", "binding", "worker_loader", "WorkerLoader", "worker.dispatch"),
    Kind("pipelines", "binding", "pipeline", "Pipeline", "worker.pipelines"),
    Kind(
        "version_metadata",
        "binding",
        "version_metadata",
        "WorkerVersionMetadata",
        "worker.version_metadata",
    ),
)
"""All kinds but variables, secrets and Durable Objects, which need more than their name."""

_OBJECTS: Final = "durable_objects.bindings"
_TAKEN: Final = frozenset(
    {
        *(kind.accessor for kind in KINDS),
        "durable_object",
        "js",
        "object_var",
        "of",
        "secret",
        "var",
    }
)
_FILE: Final = "worker_env.py"


@dataclass(frozen=True, slots=True)
class _Binding:
    name: str
    type: str
    call: str
    imported: tuple[str, ...] = ()  # a module, and the names that are imported from it
    module: str | None = None


def write(path: Path, *, env: str | None, output: Path | None, check: bool) -> Path:
    """Write the class of a project.

    Args:
        path: the project's folder.
        env: the environment of the wrangler file.
        output: the file; `worker_env.py` in the first source folder when None.
        check: compare instead of writing.

    Returns:
        The file.

    Raises:
        BuildError: WB106 without a readable wrangler file, WB103 when `check` finds a difference,
            WB120 when the file cannot be written.
    """
    project = _project.load(path, env=env)
    if project.wrangler is None:
        raise BuildError(
            "WB106",
            "there is no wrangler file to read bindings from",
            str(project.root),
            "add a wrangler.toml; `worker-build new` makes one",
        )
    try:
        read = config.read(project.wrangler, env)
    except ConfigError as error:
        first, *details = str(error).splitlines()
        raise BuildError(
            "WB106", first.rstrip(":"), str(project.wrangler), "correct it", details=details
        ) from error
    file = output or next(iter(project.src), project.root) / _FILE
    text = module(read, _classes(project))
    if check:
        _compare(file, text)
        return file
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BuildError(
            "WB120",
            f"the file cannot be written: {error.strerror}",
            str(file),
            "choose another place with --output",
        ) from error
    return file


def module(read: WranglerProject, classes: Mapping[str, tuple[str, str]]) -> str:
    """Return the module with the class `Env`, as text.

    Args:
        read: the wrangler file.
        classes: module and name of each Durable Object class, by its exported name.
    """
    bindings = sorted(_bindings(read, classes), key=lambda binding: binding.name)
    named = [binding for binding in bindings if _is_free(binding.name)]
    lines = [
        f'"""The bindings of {read.file.name}: made by `worker-build types`, not by hand."""',
        "",
        "from __future__ import annotations",
        "",
        *_imports(named),
        "",
        "",
        "class Env(worker.Env):",
        '    """The env of this project; `Env.of(env)` makes one of what an event gives."""',
        "",
        "    __slots__ = ()",
        "",
        "    @classmethod",
        "    def of(cls, env: worker.Env) -> Self:",
        '        """Return the same env with a property for each binding."""',
        "        return cls._from_js(env.js)",
    ]
    for binding in named:
        lines += [
            "",
            "    @property",
            f"    def {binding.name}(self) -> {binding.type}:",
            f"        return {_value(binding)}",
        ]
    odd = [binding.name for binding in bindings if not _is_free(binding.name)]
    if odd:
        lines += ["", f"    # By `env[name]` only, for their names: {', '.join(odd)}."]
    return "\n".join(lines) + "\n"


def _bindings(read: WranglerProject, classes: Mapping[str, tuple[str, str]]) -> Iterator[_Binding]:
    for kind in KINDS:
        for entry in _entries(read.config, kind.section):
            if name := entry.get(kind.key):
                call = f'{kind.accessor}("{name}")'
                yield _Binding(name, kind.type, call, (kind.home, kind.type))
    for entry in _entries(read.config, _OBJECTS):
        yield _object(entry, classes)
    for name, given in read.vars.items():
        yield _variable(name, given)


def _object(entry: Mapping[str, Any], classes: Mapping[str, tuple[str, str]]) -> _Binding:
    name = entry["name"]
    home = None if entry.get("script_name") else classes.get(entry["class_name"])
    call = f'durable_object("{name}")'
    if home is None:
        imported = ("worker.durable", "ObjectNamespace", "ObjectStub")
        return _Binding(name, "ObjectNamespace[ObjectStub]", call, imported)
    imported = ("worker.durable", "ObjectNamespace")
    return _Binding(name, f"ObjectNamespace[{home[0]}.{home[1]}]", call, imported, home[0])


def _variable(name: str, given: Mapping[str, Any]) -> _Binding:
    value = given.get("value")
    if given.get("type") == "secret_text":
        return _Binding(name, "str", f'secret("{name}")')
    if isinstance(value, str):
        return _Binding(name, "str", f'var("{name}")')
    type = "bool" if isinstance(value, bool) else "Any"
    return _Binding(name, type, f'object_var("{name}")')


def _entries(found: Mapping[str, Any], section: str) -> Iterable[Mapping[str, Any]]:
    """The tables of a section: wrangler's config has lists, one table, or nothing."""
    value: Any = found
    for part in section.split("."):
        value = cast("Mapping[str, Any]", value or {}).get(part)
    if isinstance(value, list):
        return cast("list[Mapping[str, Any]]", value)
    return (cast("Mapping[str, Any]", value),) if value else ()


def _value(binding: _Binding) -> str:
    """The expression of a binding; a class of the project is named, but never imported for it."""
    value = f"self.{binding.call}"
    return value if binding.module is None else f'cast("{binding.type}", {value})'


def _imports(bindings: Iterable[_Binding]) -> Iterator[str]:
    """What the class needs at run time, and below it what only its annotations name."""
    homes: dict[str, set[str]] = {}
    modules: set[str] = set()
    typing = {"Self"}
    for binding in bindings:
        if binding.imported:
            homes.setdefault(binding.imported[0], set()).update(binding.imported[1:])
        if binding.module is not None:
            modules.add(binding.module)
            typing.add("cast")
        if binding.type == "Any":
            typing.add("Any")
    lines = [f"import {module}" for module in sorted(modules)]
    lines += [f"from {home} import {', '.join(sorted(homes[home]))}" for home in sorted(homes)]
    if lines:
        typing.add("TYPE_CHECKING")
    names = sorted(typing, key=lambda name: (not name.isupper(), name.islower(), name))
    yield from (f"from typing import {', '.join(names)}", "", "import worker")
    if lines:
        yield from ("", "if TYPE_CHECKING:", *(f"    {line}" for line in lines))


def _is_free(name: str) -> bool:
    fits = name.isidentifier() and not keyword.iskeyword(name)
    return fits and not name.startswith("_") and name not in _TAKEN


def _classes(project: Project) -> dict[str, tuple[str, str]]:
    """Where the Durable Object classes are defined: the last build knows."""
    try:
        manifest = json.loads((project.out_dir / "manifest.json").read_bytes())
        objects = manifest["objects"]
        return {entry["name"]: (entry["module"], entry["qualname"]) for entry in objects}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _compare(file: Path, text: str) -> None:
    try:
        there = file.read_text("utf-8")
    except OSError:
        there = ""
    if there != text:
        raise BuildError(
            "WB103",
            "the class of the env is out of date",
            str(file),
            "run `worker-build types`",
        )
