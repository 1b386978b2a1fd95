# ruff: noqa: E501  (a table of code)
"""The table of the gate, row by row, in real Pyodide: to JavaScript, back without a type, back with a type.

Each row crosses alone, in a dict, in a list and deep in a tree.
"""

from typing import NamedTuple

import pytest

pytestmark = pytest.mark.pyodide

PREPARED = """
import array, asyncio, collections, dataclasses, enum, math, types, typing
from datetime import *
from decimal import Decimal
from pathlib import PurePosixPath, Path
from uuid import UUID
from pyodide.code import run_js
from worker_sys import convert, errors, js
from worker_sys.convert import decode, options, to_js, to_py

class Colour(enum.Enum):
    RED = "red"

class Level(enum.IntEnum):
    HIGH = 3

class Tone(enum.StrEnum):
    LOW = "low"

class Name(str):
    pass

class Point(typing.NamedTuple):
    x: int
    y: int

class Movie(typing.TypedDict):
    title: str
    year: int

@dataclasses.dataclass
class Owner:
    name: str
    age: int

@dataclasses.dataclass(frozen=True, slots=True)
class House:
    owner: Owner
    rooms: list[int]

def same(a, b):
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b):
        return True
    if isinstance(a, float) and isinstance(b, float):
        return a == b and math.copysign(1, a) == math.copysign(1, b)
    return type(a) is type(b) and a == b
"""


class Row(NamedTuple):
    python: str
    javascript: str
    back: str
    type: str | None = None
    typed: str | None = None


ROWS = {
    "None": Row("None", "v === null", "None", "int | None", "None"),
    "true": Row("True", "v === true", "True", "bool", "True"),
    "false": Row("False", "v === false", "False", "bool", "False"),
    "zero": Row("0", "Object.is(v, 0)", "0", "int", "0"),
    "int": Row("-42", "v === -42", "-42", "int", "-42"),
    "int beyond 32 bits": Row("2**40", "v === 2 ** 40", "2**40", "int", "2**40"),
    "greatest safe int": Row("2**53 - 1", "v === Number.MAX_SAFE_INTEGER", "2**53 - 1", "int", "2**53 - 1"),
    "least safe int": Row("-(2**53 - 1)", "v === Number.MIN_SAFE_INTEGER", "-(2**53 - 1)", "int", "-(2**53 - 1)"),
    "int beyond": Row("2**53", "v === 2n ** 53n", "2**53", "int", "2**53"),
    "great int": Row("-(10**40)", "v === -(10n ** 40n)", "-(10**40)", "int", "-(10**40)"),
    "float": Row("0.1", "v === 0.1", "0.1", "float", "0.1"),
    "whole float": Row("3.0", "v === 3", "3", "float", "3.0"),
    "great float": Row("1e300", "v === 1e300", "1e300", "float", "1e300"),
    "nan": Row("math.nan", "Number.isNaN(v)", "math.nan", "float", "math.nan"),
    "inf": Row("-math.inf", "v === -Infinity", "-math.inf", "float", "-math.inf"),
    "text": Row("'text'", "v === 'text'", "'text'", "str", "'text'"),
    "empty text": Row("''", "v === ''", "''", "str", "''"),
    "text with NUL": Row("'a\\0 b'", "v === 'a\\0 b'", "'a\\0 b'", "str", "'a\\0 b'"),
    "text of every width": Row("'é€😀'", "v === 'é€😀'", "'é€😀'", "str", "'é€😀'"),
    "long text": Row("'ö' * 1000", "v === 'ö'.repeat(1000)", "'ö' * 1000", "str", "'ö' * 1000"),
    "subclass of str": Row("Name('n')", "v === 'n'", "'n'", "str", "'n'"),
    "bytes": Row("b'\\0\\xff'", "v instanceof Uint8Array && v.join() === '0,255'", "b'\\0\\xff'", "bytes", "b'\\0\\xff'"),
    "no bytes": Row("b''", "v instanceof Uint8Array && v.length === 0", "b''", "bytes", "b''"),
    "bytearray": Row("bytearray(b'ab')", "v instanceof Uint8Array && v.join() === '97,98'", "b'ab'", "bytes", "b'ab'"),
    "memoryview": Row("memoryview(b'abcd')[1:3]", "v instanceof Uint8Array && v.join() === '98,99'", "b'bc'", "bytes", "b'bc'"),
    "memoryview with a step": Row("memoryview(b'abcd')[::2]", "v instanceof Uint8Array && v.join() === '97,99'", "b'ac'", "bytes", "b'ac'"),
    "any buffer": Row("array.array('H', [1, 256])", "v instanceof Uint8Array && v.join() === '1,0,0,1'", "b'\\1\\0\\0\\1'", "bytes", "b'\\1\\0\\0\\1'"),
    "datetime": Row(
        "datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)", "v instanceof Date && v.toISOString() === '2026-02-03T04:05:06.789Z'",
        "datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)", "datetime", "datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)",
    ),
    "datetime elsewhere": Row(
        "datetime(2026, 2, 3, 1, tzinfo=timezone(timedelta(hours=2)))", "v.toISOString() === '2026-02-02T23:00:00.000Z'",
        "datetime(2026, 2, 2, 23, tzinfo=UTC)", "datetime", "datetime(2026, 2, 2, 23, tzinfo=UTC)",
    ),
    "datetime before 1970": Row("datetime(1, 1, 1, tzinfo=UTC)", "v.getTime() === -62135596800000", "datetime(1, 1, 1, tzinfo=UTC)"),
    "date": Row("date(2026, 2, 3)", "v === '2026-02-03'", "'2026-02-03'", "date", "date(2026, 2, 3)"),
    "time": Row("time(4, 5)", "v === '04:05:00'", "'04:05:00'", "time", "time(4, 5)"),
    "Decimal": Row("Decimal('1.10')", "v === '1.10'", "'1.10'", "Decimal", "Decimal('1.10')"),
    "UUID": Row("UUID(int=5)", "v === '00000000-0000-0000-0000-000000000005'", "str(UUID(int=5))", "UUID", "UUID(int=5)"),
    "Enum": Row("Colour.RED", "v === 'red'", "'red'", "Colour", "Colour.RED"),
    "IntEnum": Row("Level.HIGH", "v === 3", "3", "Level", "Level.HIGH"),
    "StrEnum": Row("Tone.LOW", "v === 'low'", "'low'", "Tone", "Tone.LOW"),
    "Path": Row("PurePosixPath('a/b')", "v === 'a/b'", "'a/b'", "PurePosixPath", "PurePosixPath('a/b')"),
    "dataclass": Row("Owner('Ada', 36)", "Object.getPrototypeOf(v) === Object.prototype && v.name === 'Ada' && v.age === 36", "{'name': 'Ada', 'age': 36}", "Owner", "Owner('Ada', 36)"),
    "dataclass in another": Row("House(Owner('Ada', 36), [1, 2])", "v.owner.name === 'Ada' && v.rooms.join() === '1,2'", "{'owner': {'name': 'Ada', 'age': 36}, 'rooms': [1, 2]}", "House", "House(Owner('Ada', 36), [1, 2])"),
    "TypedDict": Row("Movie(title='M', year=1931)", "v.title === 'M' && v.year === 1931", "{'title': 'M', 'year': 1931}", "Movie", "{'title': 'M', 'year': 1931}"),
    "dict": Row("{'a': 1, 'b c': [None]}", "Object.getPrototypeOf(v) === Object.prototype && v.a === 1 && v['b c'][0] === null", "{'a': 1, 'b c': [None]}", "dict[str, typing.Any]", "{'a': 1, 'b c': [None]}"),
    "empty dict": Row("{}", "Object.keys(v).length === 0", "{}", "dict", "{}"),
    "dict with __proto__": Row("{'__proto__': 1}", "Object.getOwnPropertyDescriptor(v, '__proto__').value === 1", "{'__proto__': 1}"),
    "Mapping": Row("types.MappingProxyType({'a': 1})", "Object.getPrototypeOf(v) === Object.prototype && v.a === 1", "{'a': 1}", "dict[str, int]", "{'a': 1}"),
    "OrderedDict": Row("collections.OrderedDict(b=1, a=2)", "Object.keys(v).join() === 'b,a'", "{'b': 1, 'a': 2}"),
    "list": Row("[1, 'b', [2.5]]", "Array.isArray(v) && v[2][0] === 2.5", "[1, 'b', [2.5]]", "list", "[1, 'b', [2.5]]"),
    "tuple": Row("(1, 2)", "Array.isArray(v) && v.join() === '1,2'", "[1, 2]", "tuple[int, int]", "(1, 2)"),
    "long tuple": Row("(0,) * 300", "Array.isArray(v) && v.length === 300", "[0] * 300", "tuple[int, ...]", "(0,) * 300"),
    "NamedTuple": Row("Point(1, 2)", "Array.isArray(v) && v.join() === '1,2'", "[1, 2]", "Point", "Point(1, 2)"),
    "set": Row("{1, 'a'}", "v instanceof Set && v.size === 2 && v.has(1) && v.has('a')", "{1, 'a'}", "set", "{1, 'a'}"),
    "frozenset": Row("frozenset({1})", "v instanceof Set && v.has(1)", "{1}", "frozenset[int]", "frozenset({1})"),
    "JsProxy": Row("js.URL.new('https://a.b/c')", "v instanceof URL", "PROXY"),
}  # fmt: skip

NESTED = {
    "alone": ("value", "v", "back"),
    "in a dict": ("{'key': value, 'after': 1}", "v.key", "back['key']"),
    "in a list": ("[0, value, value]", "v[1]", "back[2]"),
    "deep": (
        "{'items': [{}, {'deep': (value,)}]}",
        "v.items[1].deep[0]",
        "back['items'][1]['deep'][0]",
    ),
}


@pytest.mark.parametrize("nesting", NESTED)
@pytest.mark.parametrize("name", ROWS)
def test_a_value_of_the_table_crosses_both_ways(pyodide, name, nesting):
    row = ROWS[name]
    around, inside, out = NESTED[nesting]
    told = pyodide.run(
        PREPARED
        + f"""
value = {row.python}
made = to_js({around})
seen = run_js("(v => {{ v = {inside}; return {row.javascript}; }})")(made)
back = to_py(made)
back = {out}
[bool(seen), isinstance(back, js.JsProxy) if {row.back!r} == "PROXY" else same(back, {row.back.replace("PROXY", "None")}), repr(back)]
"""
    )
    assert told[:2] == [True, True], told


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.type])
def test_a_value_of_the_table_comes_back_as_the_type_that_is_asked_for(pyodide_with_pydantic, name):
    row = ROWS[name]
    told = pyodide_with_pydantic.run(
        PREPARED
        + f"""
value = {row.python}
wanted = {row.type}
alone = decode(to_py(to_js(value)), wanted)
listed = decode(to_js([value]), list[wanted])[0]
keyed = decode(to_js({{"k": value}}), dict[str, wanted])["k"]
[same(each, {row.typed}) for each in (alone, listed, keyed)] + [repr(alone)]
"""
    )
    assert told[:3] == [True] * 3, told


def test_a_pydantic_model_crosses_as_an_object_and_comes_back(pyodide_with_pydantic):
    assert pyodide_with_pydantic.run(
        PREPARED
        + """
from pydantic import BaseModel
class Account(BaseModel):
    id: UUID
    since: datetime
    tags: set[str] = set()
account = Account(id=UUID(int=1), since=datetime(2026, 1, 1, tzinfo=UTC), tags={"a"})
made = to_js({"accounts": [account]})
inner = made.accounts[0]
[
    isinstance(to_py(inner)["since"], datetime), inner.id, to_py(inner.tags) == {"a"},
    decode(made, dict[str, list[Account]]) == {"accounts": [account]}, decode(to_js(account), Account) == account,
]
"""
    ) == [True, "00000000-0000-0000-0000-000000000001", True, True, True]


def test_minus_zero_crosses_and_nested_comes_back(pyodide):
    assert pyodide.run(
        PREPARED
        + "[run_js('v => Object.is(v, -0)')(to_js(-0.0)), repr(to_py(run_js('({z: -0})'))), repr(to_py(to_js([-0.0])))]"
    ) == [True, "{'z': -0.0}", "[-0.0]"]


JS_VALUES = {
    "null": ("null", "None"),
    "undefined": ("undefined", "None"),
    "an undefined property": ("({a: undefined})", "{'a': None}"),
    "a hole in an array": ("[1,,2]", "[1, None, 2]"),
    "BigInt": ("123n", "123"),
    "a nested BigInt of zero": ("[0n, -1n]", "[0, -1]"),
    "ArrayBuffer": ("new Uint8Array([1, 2]).buffer", "b'\\1\\2'"),
    "part of a buffer": ("new Uint8Array([1, 2, 3]).subarray(1, 2)", "b'\\2'"),
    "a nested buffer": ("[new Uint8Array([1, 2, 3]).subarray(1).buffer]", "[b'\\1\\2\\3']"),
    "DataView": ("new DataView(new ArrayBuffer(2))", "b'\\0\\0'"),
    "Float32Array": ("new Float32Array([1, 0.5])", "[1, 0.5]"),
    "Map": (
        "new Map([['a', 1], [2, new Date(0)]])",
        "{'a': 1, 2: datetime(1970, 1, 1, tzinfo=UTC)}",
    ),
    "Set with a date": (
        "new Set([new Date(5)])",
        "{datetime(1970, 1, 1, 0, 0, 0, 5000, tzinfo=UTC)}",
    ),
    "an object without prototype": ("Object.assign(Object.create(null), {a: 1})", "{'a': 1}"),
    "lone surrogates": ("['\\ud800a', 'é\\udfff'.repeat(30)]", "['\\ud800a', 'é\\udfff' * 30]"),
    "a key of every width": (
        "({'é😀': 1, [`k${'x'.repeat(300)}`]: 2})",
        "{'é😀': 1, 'k' + 'x' * 300: 2}",
    ),
}


@pytest.mark.parametrize("name", JS_VALUES)
def test_a_javascript_value_becomes_plain_python(pyodide, name):
    javascript, python = JS_VALUES[name]
    told = pyodide.run(
        PREPARED
        + f"back = to_py(run_js({javascript!r})); expected = {python}\n[same(back, expected), repr(back).encode('utf-8', 'replace').decode()]"
    )
    assert told[0], told[1]


def test_instances_of_classes_stay_javascript_objects(pyodide):
    assert pyodide.run(
        PREPARED
        + """
back = to_py(run_js("({u: new URL('https://a.b'), f: () => 1, p: Promise.resolve(1), n: [new (class Cursor {})]})"))
[isinstance(v, js.JsProxy) for v in (back["u"], back["f"], back["p"], back["n"][0])] + [back["u"].host, back["f"]()]
"""
    ) == [True, True, True, True, "a.b", 1]


def test_what_is_no_javascript_value_is_returned_unchanged(pyodide):
    assert pyodide.run(PREPARED + "thing = object()\nto_py(thing) is thing")


def test_large_trees_cross(pyodide):
    assert pyodide.run(
        PREPARED
        + """
rows = [{"id": i, "name": f"name {i}", "data": bytes(100), "at": datetime(2026, 1, 1, tzinfo=UTC)} for i in range(3000)]
[to_py(to_js(rows)) == rows, len(to_py(to_js(bytes(5_000_000)))), to_py(to_js(["x" * 3_000_000]))[0] == "x" * 3_000_000]
"""
    ) == [True, 5_000_000, True]


def test_a_getter_that_converts_does_not_disturb_the_conversion_it_is_part_of(pyodide):
    assert pyodide.run(
        PREPARED
        + """
inner = js.ffi.create_proxy(lambda: repr(to_py(run_js("({deep: [new Date(0), new URL('https://x.y')]})")))[:20])
made = run_js("f => ({a: new Date(1), get b() { return f(); }, c: new URL('https://a.b')})")(inner)
back = to_py(made)
inner.destroy()
[back["a"].microsecond, back["b"], back["c"].host]
"""
    ) == [1000, "{'deep': [datetime.d", "a.b"]


REFUSED = {
    "object()": ("ConversionError", "object cannot cross: make a dict, a dataclass or a pydantic model of it"),
    "1j": ("ConversionError", "complex cannot cross: make a dict, a dataclass or a pydantic model of it"),
    "datetime(2026, 1, 1)": ("ConversionError", "a naive datetime means no moment: give it a time zone, as in datetime.now(UTC)"),
    "timedelta(1)": ("ConversionError", "a timedelta cannot cross: send seconds, or milliseconds, as the receiver counts"),
    "'a\\ud800'": ("ConversionError", "text with the lone surrogate U+D800 at index 1 cannot cross: it is no text"),
    "{1: 2}": ("ConversionError", "the key 1 is of type int, and JavaScript's objects have text keys alone: convert it"),
    "{'\\udfff': 1}": ("ConversionError", "text with the lone surrogate U+DFFF at index 0 cannot cross: it is no text"),
    "{(1, object())}": ("ConversionError", "object cannot cross"),
    "{House(None, [])} if 0 else {Point(1, 2)}": ("ConversionError", "a set of such members cannot cross: make it a list"),
    "iter([1])": ("ConversionError", "list_iterator cannot cross: make a list of it, or a stream"),
    "Owner": ("ConversionError", "the class Owner cannot cross: send an instance of it"),
    "len": ("ConversionError", "outside an event nothing would own a function"),
    "asyncio.sleep(0)": ("ConversionError", "a coroutine cannot cross: await it, and send its result"),
}  # fmt: skip


@pytest.mark.parametrize("python", REFUSED)
def test_what_cannot_cross_is_told_with_its_path_and_what_to_use(pyodide, python):
    cls, sentence = REFUSED[python]
    told = pyodide.run(
        PREPARED
        + f"""
value = {python}
told = []
for tree in (value, {{"items": [0, 1, 2, {{"owner": value}}], "a b": 1}}):
    try:
        to_js(tree)
    except errors.Error as error:
        told.append([type(error).__name__, str(error).encode("utf-8", "replace").decode(), error.path])
if hasattr(value, "close"):
    value.close()
told
"""
    )
    (alone, nested) = told
    assert [alone[0], nested[0]] == [cls, cls]
    assert alone[1].startswith(sentence)
    assert nested[1].startswith(sentence)
    assert nested[2].startswith("$.items[3].owner")
    assert nested[1].endswith(f", at {nested[2]}")


def test_an_integer_that_would_be_rounded_is_refused_where_there_is_no_bigint(pyodide):
    assert pyodide.run(
        PREPARED
        + """
told = []
for value in (2**53, [1, -(2**53)], Level.HIGH, {"a": Decimal(1), "b": 2**53}):
    try:
        to_js(value, bigint=False)
    except errors.IntegerRangeError as error:
        told.append(str(error))
told
"""
    ) == [
        "9007199254740992 is beyond ±(2^53 - 1) and would be rounded: send it as text",
        "-9007199254740992 is beyond ±(2^53 - 1) and would be rounded: send it as text, at $[1]",
        "9007199254740992 is beyond ±(2^53 - 1) and would be rounded: send it as text, at $.b",
    ]


def test_cycles_and_depth_are_bounded_and_named(pyodide):
    assert pyodide.run(
        PREPARED
        + """
told = []
def tell(call, value):
    try:
        call(value)
        told.append("crossed")
    except errors.ConversionError as error:
        told.append([str(error).partition(", at ")[0], error.path[:8], len(error.path)])
cycle = {"a": []}
cycle["a"].append(cycle)
tell(to_js, cycle)
deep = []
for _ in range(150): deep = [deep]
tell(to_js, deep)
tell(to_py, to_js(deep))
for _ in range(5000): deep = {"d": deep}
tell(to_js, deep)
twice = [1]
tell(to_js, [twice, {"again": twice}])
tell(to_py, run_js("const a = {b: [{}]}; a.b[0].c = a; a"))
tell(to_py, run_js("let d = []; for (let i = 0; i < 5000; i++) d = [d]; d"))
while deep: deep = deep.get("d") if isinstance(deep, dict) else deep.pop()
told
"""
    ) == [
        ["this dict contains itself, and only trees can cross"[:62], "$.a[0]", 6],
        "crossed",
        "crossed",
        ["a value may be nested at most 200 levels deep", "$.d.d.d.", 403],
        "crossed",
        ["a JavaScript object that contains itself has no Python value", "$.b[0].c", 8],
        ["a value may be nested at most 200 levels deep", "$[0][0][", 604],
    ]


def test_a_date_that_python_does_not_have_is_refused(pyodide):
    assert pyodide.run(
        PREPARED
        + """
told = []
for text in ("new Date(NaN)", "[new Date(8.64e15)]", "new Set([[1]])", "new Map([[{}, 1]])"):
    try:
        to_py(run_js(text))
    except errors.ConversionError as error:
        told.append(str(error))
told
"""
    ) == [
        "a JavaScript date that is invalid, or of no year that Python has",
        "a JavaScript date that is invalid, or of no year that Python has",
        "a key of a Map or a member of a Set that Python cannot hash",
        "a key of a Map or a member of a Set that Python cannot hash",
    ]


def test_an_option_left_out_is_absent(pyodide):
    assert (
        pyodide.run(PREPARED + "js.JSON.stringify(options(a=1, b=None, cacheTtl=0, c=[None]))")
        == '{"a":1,"cacheTtl":0,"c":[null]}'
    )


def test_a_handle_crosses_as_its_javascript_object(pyodide):
    assert pyodide.run(
        PREPARED
        + """
class Handle:
    __slots__ = ("js",)
handle = Handle()
handle.js = js.URL.new("https://a.b")
[to_js(handle).host, to_js([handle])[0].host]
"""
    ) == ["a.b", "a.b"]


def test_views_are_released(pyodide):
    assert (
        pyodide.run(
            PREPARED
            + """
data = bytearray(b"abc")
to_js(data), to_js([data]), to_js(memoryview(data)[::2])
data.extend(b"more")
len(data)
"""
        )
        == 7
    )


def test_a_registered_kind_of_value_crosses_as_what_its_converter_makes(pyodide):
    assert pyodide.run(
        PREPARED
        + """
from collections.abc import Iterator
from worker_sys import _unusual
convert.register(Iterator, lambda source: js.Array.of(*source))
try:
    made = to_js({"numbers": (n * n for n in range(3)), "alone": None})
    told = [js.JSON.stringify(made), js.JSON.stringify(to_js(iter("ab")))]
finally:
    _unusual._converters.pop()
told
"""
    ) == ['{"numbers":[0,1,4],"alone":null}', '["a","b"]']


def test_a_function_among_the_values_belongs_to_the_current_event(pyodide):
    assert pyodide.run(
        PREPARED
        + """
from worker_sys import events
class Event:
    def __init__(self): self.owned = []
    def own(self, proxy): self.owned.append(proxy)
    def run(self, function, *args): return function(*args)
event = Event()
token = events._event.set(event)
try:
    made = to_js({"listen": lambda given: {"got": given["a"]}})
finally:
    events._event.reset(token)
told = [run_js("o => o.listen({a: [1]}).got[0]")(made), len(event.owned)]
event.owned[0].destroy()
try:
    run_js("o => o.listen({a: [1]})")(made)
except Exception:
    told.append("gone")
told
"""
    ) == [1, 1, "gone"]
