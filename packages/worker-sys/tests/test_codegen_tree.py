"""The declarations in the tree: complete, current, never imported, useful to pyright."""

import ast
import json
import keyword
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from worker_build import toolchain

PACKAGE = Path(__file__).parents[1]
ROOT = PACKAGE.parents[1]
GENERATED = PACKAGE / "src/worker_sys/_generated"

# What a declaration looks like in a formatted `.d.ts` file, read without the TypeScript compiler.
DECLARATION = re.compile(
    r"^(?:export )?(?:declare )?(?:abstract )?"
    r"(class|interface|type|function|const|var|let|namespace|module) ([\w$]+|\"[^\"]+\")"
)
ITERATORS = {"[Symbol.iterator]": "__iter__", "[Symbol.asyncIterator]": "__aiter__"}
# One that uses each kind of declaration, and says what pyright is to infer.
PROBE = """
from typing import Any, Literal, assert_type

from worker_sys._generated import es
from worker_sys._generated.durable import DurableObjectNamespace
from worker_sys._generated.globals import Globals
from worker_sys._generated.kv import KVNamespace
from worker_sys._generated.queue import Message, MessageBatch
from worker_sys._generated.r2 import R2Bucket, R2Object, R2ObjectBody
from worker_sys._generated.fetch import Response
from worker_sys._generated.streams import ReadableStream
from worker_sys._generated.url import URL
from worker_sys._generated.websocket import CloseEvent, WebSocket


async def kv(ns: KVNamespace) -> None:
    assert_type(await ns.get("k"), str | None)
    assert_type(await ns.get("k", "text"), str | None)
    assert_type(await ns.get("k", "json"), object | None)
    assert_type(await ns.get("k", "arrayBuffer"), es.ArrayBuffer | None)
    assert_type(await ns.get("k", {"type": "stream", "cacheTtl": 60}), ReadableStream | None)
    assert_type(await ns.get(["a", "b"], "text"), es.Map[str, str | None])
    await ns.put("k", b"bytes", {"expirationTtl": 60})
    page = await ns.list({"prefix": "a"})
    if page.list_complete is False:
        assert_type(page.cursor, str)
    for key in page.keys:
        assert_type(key.name, str)
    ns.get(1)  # pyright: ignore[reportCallIssue, reportArgumentType]
    ns.put("k", "v", {"ttl": 60})  # pyright: ignore[reportArgumentType]


async def r2(bucket: R2Bucket) -> None:
    assert_type(await bucket.get("k"), R2ObjectBody | None)
    made = await bucket.put("k", "v", {"httpMetadata": {"contentType": "text/plain"}})
    assert_type(made, R2Object)
    if made.httpMetadata:
        assert_type(made.httpMetadata.contentType, str | None)


def events(ws: WebSocket, batch: MessageBatch[dict[str, int]]) -> None:
    def closed(event: CloseEvent) -> None:
        assert_type(event.wasClean, bool)

    ws.addEventListener("close", closed)
    ws.addEventListener("open", lambda event: event.type)
    ws.addEventListener("message", closed)  # pyright: ignore[reportCallIssue, reportArgumentType]
    assert_type([*batch.messages], list[Message[dict[str, int]]])


async def scope(js: Globals, ns: DurableObjectNamespace) -> None:
    assert_type(js.URL.new("https://example.com"), URL)
    assert_type(await js.fetch("https://example.com", {"method": "POST"}), Response)
    assert_type(js.ReadableStream.new(), ReadableStream[Any])
    assert_type(js.WebSocketPair.new().object_values(), es.Array[WebSocket])
    assert_type(js.Response.new("x", {"status": 200}).type, Literal["default", "error"])
    assert_type(await js.crypto.subtle.digest("SHA-256", b""), es.ArrayBuffer)
    assert_type(ns.getByName("x").anything_rpc, Any)
    async for chunk in js.ReadableStream.new():
        assert_type(chunk, Any)
"""


@pytest.fixture(scope="module")
def tools():
    return toolchain.install()


def generate(tools, *arguments, seed="0"):
    command = [sys.executable, "-m", "codegen", "--node", tools.node, "--modules", tools.modules]
    return subprocess.run(
        [*command, *arguments],
        cwd=PACKAGE,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_tree_holds_what_a_fresh_generation_writes(tools):
    done = generate(tools, "--check")
    assert done.stderr == ""
    assert done.returncode == 0


def test_drift_is_named(tools, tmp_path):
    (tmp_path / "old.pyi").write_text("", "utf-8")
    done = generate(tools, "--check", "--output", tmp_path)
    assert done.returncode == 1
    assert f"differs from a fresh generation: {tmp_path / 'kv.pyi'}" in done.stderr
    assert f"differs from a fresh generation: {tmp_path / 'old.pyi'}" in done.stderr


def test_two_generations_are_the_same_byte_for_byte(tools, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for seed, folder in enumerate(folders, 1):
        assert generate(tools, "--output", folder, seed=str(seed)).returncode == 0
    one, two = ({path.name: path.read_bytes() for path in f.iterdir()} for f in folders)
    assert one == two


def test_the_report_covers_every_declaration_of_the_package(tools):
    text = (tools.package("@cloudflare/workers-types") / "index.d.ts").read_text("utf-8")
    declared = []
    space = ""
    for line in text.splitlines():
        found = DECLARATION.match(line.removeprefix("  ") if space else line)
        if found:
            kind, name = found[1], found[2].strip('"')
            inside = space and line.startswith("  ")
            declared.append(f"{space}.{name}" if inside else name)
            if kind in {"namespace", "module"}:
                space = name
        elif line == "}":
            space = ""
    report = (GENERATED / "COVERAGE.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (\d+) \| (\w+) \| `(.+?)` \| (exact|approximated|left out) \|", report, re.MULTILINE
    )
    reported = [name for _, kind, name, _ in rows if kind != "export"]
    assert len(declared) > 1000
    assert sorted(declared) == sorted(reported)
    approximated = {(line, name) for line, _, name, status in rows if status != "exact"}
    reasons = set(re.findall(r"^- line (\d+), \w+ `(.+?)`: .+$", report, re.MULTILINE))
    assert approximated == reasons


def test_every_member_is_declared_or_named_in_the_report(tools):
    types = tools.package("@cloudflare/workers-types") / "index.d.ts"
    command = [tools.node, PACKAGE / "codegen/extract.mjs", tools.modules, types]
    model = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    report = (GENERATED / "COVERAGE.md").read_text("utf-8")
    modules = {path.stem: path.read_text("utf-8") for path in GENERATED.glob("*.pyi")}
    rows = re.findall(r"^\| (\d+) \| \w+ \| `(.+?)` \| [\w ]+ \| `(\w+)\.", report, re.MULTILINE)
    text = {(line, name): modules[area] for line, name, area in rows}
    told = {
        (line, name): reasons
        for line, name, reasons in re.findall(
            r"^- line (\d+), \w+ `(.+?)`: (.+)$", report, re.MULTILINE
        )
    }
    members = list(members_of(json.loads(model)["declarations"]))
    missing = [
        (name, member)
        for line, name, member in members
        if not is_written(member, text.get((line, name), ""))
        and member not in (reasons := told.get((line, name), ""))
        and "no Python names" not in reasons
        and not ("(es.Error)" in text[line, name] and member in {"name", "message", "stack"})
    ]
    assert len(members) > 4000
    assert missing == []


def members_of(declarations, space=""):
    """Yield line, declaration and name of each named member in a part of the model."""
    for declaration in declarations:
        name = space + declaration["name"]
        yield from members_of(declaration.get("body", []), f"{name}.")
        parts = [declaration.get("members"), declaration.get("type"), declaration.get("signature")]
        for member in named(parts) if declaration["kind"] not in {"function", "var"} else ():
            yield str(declaration["line"]), name, member


def named(part):
    if isinstance(part, list):
        for item in part:
            yield from named(item)
    elif isinstance(part, dict):
        if "kind" in part and part["name"]:
            yield part["name"]
        for value in part.values():
            yield from named(value)


def is_written(member, text):
    spelled = ITERATORS.get(member, f"{member}_" if keyword.iskeyword(member) else member)
    attribute = re.search(rf"(def |^    ){re.escape(spelled)}\b[(:\[]", text, re.MULTILINE)
    return attribute is not None or f'"{member}"' in text


def test_the_places_in_the_report_exist():
    report = (GENERATED / "COVERAGE.md").read_text("utf-8")
    places = re.findall(r"\| `(\w+)\.(\w+)`(?: and \d+ more)? \|$", report, re.MULTILINE)
    assert len(places) > 1000
    modules = {
        path.stem: set(
            re.findall(r"^(?:class|type) (\w+)|^(\w+) = ", path.read_text("utf-8"), re.MULTILINE)
        )
        for path in GENERATED.glob("*.pyi")
    }
    names = {module: {name for pair in found for name in pair} for module, found in modules.items()}
    assert [place for place in places if place[1] not in names[place[0]]] == []


def test_there_is_nothing_to_import():
    """Only stubs and the report: no run time could load them, and `stage` knows them by suffix."""
    assert {path.suffix for path in GENERATED.rglob("*") if path.is_file()} == {".pyi", ".md"}
    code = """
import importlib, pkgutil, sys, worker_sys
for module in pkgutil.iter_modules(worker_sys.__path__):
    if not module.name.startswith("_"):
        importlib.import_module(f"worker_sys.{module.name}")
print([name for name in sys.modules if "_generated" in name])
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_sources_refer_to_them_for_type_checkers_only():
    wrong = []
    for path in ROOT.glob("packages/*/src/**/*.py"):
        text = path.read_text("utf-8")
        if "_generated" not in text:
            continue
        tree = ast.parse(text)
        guarded = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            for inner in ast.walk(node)
        }
        wrong += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            and "_generated" in ast.unparse(node)
            and id(node) not in guarded
        ]
    assert wrong == []


def test_pyright_infers_what_the_runtime_gives(tmp_path):
    (tmp_path / "probe.py").write_text(PROBE, "utf-8")
    config = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.12",
        "include": ["probe.py"],
        "extraPaths": [str(PACKAGE / "src")],
        "reportMissingModuleSource": False,
        "reportUnnecessaryTypeIgnoreComment": True,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "pyright", "--project", tmp_path, "--outputjson"]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    found = json.loads(done.stdout)["generalDiagnostics"]
    assert [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in found] == []
