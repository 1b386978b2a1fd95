"""The generator of declarations: TypeScript in, Python out, one small piece at a time."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from worker_build import toolchain

PACKAGE = Path(__file__).parents[1]
sys.path.insert(0, str(PACKAGE))

from codegen.docs import docstring  # noqa: E402  found through the line above
from codegen.imports import Imports  # noqa: E402
from codegen.lower import lower  # noqa: E402
from codegen.names import GLOBALS_AREA, Names, reached  # noqa: E402
from codegen.polarity import Polarity  # noqa: E402
from codegen.reader import load  # noqa: E402
from codegen.render import Renderer  # noqa: E402
from codegen.spelling import split  # noqa: E402
from codegen.world import Shape  # noqa: E402


def block(text: str) -> str:
    return textwrap.dedent(text).strip()


class OneArea(Names):
    """Every declaration in one module, so that a snippet is enough."""

    class areas:
        @staticmethod
        def of(declaration):
            return GLOBALS_AREA

    def __init__(self, world, polarity):
        self.world, self.polarity = world, polarity
        self._names, self._given, self._used, self._ambiguous = {}, {}, set(), set()
        for item in reached(world, polarity):
            self._names[item.name] = GLOBALS_AREA, self._claim(GLOBALS_AREA, item.name)
        for item in reached(world, polarity):
            if polarity.both(item.name):
                suffix = "Dict" if item.name in world.shapes else "Arg"
                name = self._names[item.name][1]
                self._given[item.name] = self._claim(GLOBALS_AREA, f"{name}{suffix}")


@pytest.fixture(scope="module")
def tools():
    return toolchain.install()


@pytest.fixture
def python(tools, tmp_path):
    """Write what TypeScript declares as Python, by name; and what is noted of it."""

    def python(source: str) -> tuple[dict[str, str], list[str]]:
        (tmp_path / "index.d.ts").write_text(source, "utf-8")
        command = [
            tools.node,
            PACKAGE / "codegen/extract.mjs",
            tools.modules,
            tmp_path / "index.d.ts",
        ]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
        world = lower(load(done.stdout))
        polarity = Polarity(world)
        renderer = Renderer(world, polarity, Imports(GLOBALS_AREA, OneArea(world, polarity)))
        written = {}
        for item in reached(world, polarity):
            ways = renderer.shape(item) if isinstance(item, Shape) else renderer.alias(item)
            for lines in ways:
                words = lines[0].replace("(", " ").replace("[", " ").replace(":", " ").split()
                written[words[1] if words[0] in {"class", "type"} else words[0]] = "\n".join(lines)
        return written, [reason for reasons in world.notes.values() for reason in reasons]

    return python


def test_a_class_is_a_protocol_and_its_constructor_another(python):
    found, _ = python("""
    declare class Box<T = any> {
      constructor(value: T, label?: string);
      readonly size: number;
      get open(): boolean;
      get label(): string; set label(value: string);
      static of(size: number): Box;
      from(other: Box<T>): Promise<Box<T> | null>;
      [Symbol.iterator](): IterableIterator<T>;
    }
    """)
    assert found["Box"] == block("""
    class Box[T = Any](Protocol):
        @property
        def size(self) -> float: ...
        @property
        def open(self) -> bool: ...
        label: str
        def from_(self, other: Box[T], /) -> es.Promise[Box[T] | None]: ...
        def __iter__(self) -> es.IterableIterator[T]: ...
    """)
    assert (
        "def new[T = Any](self, value: T, label: str | None = ..., /) -> Box[T]: ..."
        in (found["BoxConstructor"])
    )
    assert "def of(self, size: float, /) -> Box: ..." in found["BoxConstructor"]


def test_data_that_is_given_is_a_dict_and_data_that_is_received_has_attributes(python):
    found, notes = python("""
    interface Meta { tags?: string[]; at: Date }
    interface Store {
      put(key: string, meta: Meta): Promise<void>;
      head(key: string): Promise<Meta>;
    }
    """)
    assert found["MetaDict"] == block("""
    class MetaDict(TypedDict):
        tags: NotRequired[Sequence[str]]
        at: es.Date | datetime
    """)
    assert found["Meta"] == block("""
    class Meta(Protocol):
        tags: es.Array[str] | None
        at: es.Date
    """)
    assert "def put(self, key: str, meta: MetaDict, /) -> es.Promise[None]: ..." in found["Store"]
    assert "def head(self, key: str, /) -> es.Promise[Meta]: ..." in found["Store"]
    assert notes == []


def test_what_python_implements_receives_its_arguments(python):
    found, _ = python("""
    interface Info { tries: number; tags?: string[] }
    declare abstract class Entry<T = unknown> {
      constructor(env: object);
      run(info: Info): Promise<T>;
      alarm?(info: Info): void | Promise<void>;
    }
    type Handler = (info: Info, names: string[]) => Promise<string[]>;
    """)
    assert "def run(self, info: Info, /) -> Awaitable[T]: ..." in found["Entry"]
    assert "alarm: Callable[[Info], object] | None" in found["Entry"]
    assert found["Handler"] == (
        "type Handler = Callable[[Info, es.Array[str]], Awaitable[Sequence[str]]]"
    )
    assert "InfoDict" not in found


def test_an_anonymous_shape_is_named_after_its_place(python):
    found, _ = python("""
    interface Store { list(options?: { limit?: number }): Promise<{ keys: { name: string }[] }> }
    """)
    assert found["StoreListOptions"] == (
        "class StoreListOptions(TypedDict):\n    limit: NotRequired[float]"
    )
    assert found["StoreListResult"] == (
        "class StoreListResult(Protocol):\n    keys: es.Array[StoreListResultKeysItem]"
    )
    assert "name: str" in found["StoreListResultKeysItem"]


def test_an_intersection_with_a_union_is_one_shape_for_each_case(python):
    found, notes = python("""
    interface Base { id: string }
    type Page = Base & ({ more: true; cursor: string } | { more: false });
    interface Store { page(): Page }
    """)
    assert found["Page"] == "type Page = Page1 | Page2"
    assert found["Page1"] == (
        "class Page1(Protocol):\n    id: str\n    more: Literal[True]\n    cursor: str"
    )
    assert found["Page2"] == "class Page2(Protocol):\n    id: str\n    more: Literal[False]"
    assert notes == []


def test_what_depends_on_a_type_parameter_is_open_and_noted(python):
    found, notes = python("""
    type Stub<T> = (T extends string ? { a: T } : unknown) & { close(): void };
    """)
    assert "def close(self) -> None: ..." in found["Stub"]
    assert "def __getattr__(self, name: str, /) -> Any: ..." in found["Stub"]
    assert any("depend on a type parameter" in note for note in notes)


def test_utility_types_are_worked_out(python):
    found, notes = python("""
    interface Options { type: "a" | "b"; ttl?: number }
    interface Store { get(o: Partial<Options>): void; set(o: Omit<Options, "ttl">): void }
    """)
    assert found["PartialOptions"] == block("""
    class PartialOptions(TypedDict):
        type: NotRequired[Literal["a", "b"]]
        ttl: NotRequired[float]
    """)
    assert found["StoreSetO"] == 'class StoreSetO(TypedDict):\n    type: Literal["a", "b"]'
    assert notes == []


def test_a_listener_is_chosen_by_the_name_of_its_event(python):
    found, _ = python("""
    interface Event { kind: string }
    interface Close extends Event { code: number }
    declare class Target<M extends Record<string, Event> = Record<string, Event>> {
      on<K extends keyof M>(type: K, f: (event: M[K]) => void): void;
    }
    type SocketEvents = { close: Close; open: Event };
    interface Socket extends Target<SocketEvents> { send(): void }
    """)
    for line in (
        'def on(self, type: Literal["close"], f: Callable[[Close], object], /) -> None: ...',
        'def on(self, type: Literal["open"], f: Callable[[Event], object], /) -> None: ...',
        "def on(self, type: str, f: Callable[[Event], object], /) -> None: ...",
    ):
        assert f"    @overload\n    {line}" in found["Socket"]
    assert "type: str, f: Callable[[Event], object]" in found["Target"]


def test_keys_that_python_cannot_spell_are_kept_where_a_dict_can_have_them(python):
    found, notes = python("""
    interface Store { put(h: { "x-id": string; class?: number }): { "x-id": string; ok: boolean } }
    """)
    assert found["StorePutH"] == block("""
    StorePutH = TypedDict(
        "StorePutH",
        {
            "x-id": str,
            "class": NotRequired[float],
        },
    )
    """)
    assert found["StorePutResult"] == "class StorePutResult(Protocol):\n    ok: bool"
    assert any("getattr(proxy, 'x-id')" in note for note in notes)


def test_a_member_does_not_hide_the_type_of_its_name(python):
    found, _ = python("""
    interface Body { bytes(): string; str: number; text(): string; Body: Body }
    """)
    assert "def bytes(self) -> _str: ..." in found["Body"]
    assert "Body: _Body" in found["Body"]


def test_a_result_that_an_optional_argument_tells_has_an_overload_without_it(python):
    found, _ = python("""
    interface Source<R> { pull?: (c: R) => void; size: number }
    interface Stream<R> { read(): R }
    declare const Stream: { new <R = any>(source?: Source<R>): Stream<R> };
    """)
    assert "def new(self) -> Stream[Any]: ..." in found["StreamConstructor"]
    assert (
        "def new[R = Any](self, source: Source[R] | None, /) -> Stream[R]: ..."
        in found["StreamConstructor"]
    )


def test_an_unknown_syntax_stops_the_generator_with_its_line(tools, tmp_path):
    (tmp_path / "index.d.ts").write_text("\n\ntype X = import('node').Y;\n", "utf-8")
    command = [tools.node, PACKAGE / "codegen/extract.mjs", tools.modules, tmp_path / "index.d.ts"]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode != 0
    assert "line 3: no rule for " in done.stderr


def test_a_missing_stretch_is_named():
    names = ["A", "B"]
    model = {"declarations": [{"kind": "interface", "name": n, "line": 1} for n in names]}
    world = lower(load(json.dumps(model)))
    with pytest.raises(LookupError, match="no declaration onmessage"):
        Names(world, Polarity(world))


def test_a_comment_keeps_its_facts_and_its_source():
    comment = (
        "The **`get()`** method. See {@link Store}.\n\n@param key - the key\n@throws {E} bad\n"
        "@example\n```ts\nget()\n```\n@deprecated\n\n[MDN Reference](https://x.example/get)"
    )
    assert docstring(comment, "") == [
        '"""The `get()` method. See `Store`.',
        "",
        "Argument `key`: the key",
        "Raises: {E} bad",
        "Deprecated.",
        "",
        "Source: https://x.example/get",
        '"""',
    ]


def test_a_comment_cannot_end_the_docstring():
    assert docstring('a """ b \\d', "") == ['"""a \'\'\' b \\\\d"""']


def test_a_written_union_is_split_outside_of_brackets_and_strings():
    text = 'Literal["a | b"] | Callable[[A | B], C] | None'
    assert split(text) == ['Literal["a | b"]', "Callable[[A | B], C]", "None"]
