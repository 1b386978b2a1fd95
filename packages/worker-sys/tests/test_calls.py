# ruff: noqa: E501  (code in text)
"""Calls in both directions, in real Pyodide, and who lets go of what."""

import pytest

pytestmark = pytest.mark.pyodide

PREPARED = """
import asyncio, gc
from pyodide.code import run_js
from worker_sys import calls, convert, errors, js, proxies
from worker_sys.calls import acall, call

class Owner:
    def __init__(self): self.owned = []; self.runs = 0
    def own(self, proxy): self.owned.append(proxy); return proxy
    def run(self, function, *args): self.runs += 1; return function(*args)
    def end(self):
        for proxy in self.owned: proxy.destroy()
"""


def test_a_method_is_called_with_converted_arguments_and_its_result_is_raw(pyodide):
    assert pyodide.run(
        PREPARED
        + """
target = run_js("({n: 5, go(a, b, ...rest) { return [this.n, a === null, b.k[0], rest.length] }, none() { return null }, nothing() {}})")
result = call(target, "go", None, {"k": [7]})
[isinstance(result, js.JsProxy), convert.to_py(result), call(target, "none"), call(target, "nothing")]
"""
    ) == [True, [5, True, 7, 0], None, None]


def test_new_makes_an_instance(pyodide):
    assert pyodide.run(PREPARED + "call(js.URL, 'new', 'b', 'https://a.c').href") == "https://a.c/b"


def test_methods_that_python_has_on_every_proxy_are_javascripts_own(pyodide):
    assert pyodide.run(
        PREPARED
        + """
target = run_js("new (class { get(k) { return 'own ' + k } pop() { return 'popped' } keys() { return 'keys' } then_() { return 1 } get size() { return 1 } *[Symbol.iterator]() {} has() {} set() {} })")
[call(target, "get", "x"), call(target, "pop"), call(target, "keys")]
"""
    ) == ["own x", "popped", "keys"]


def test_a_missing_method_is_an_error_of_javascript(pyodide):
    assert "target[method] is not a function" in pyodide.run(
        PREPARED
        + """
try:
    call(js.JSON, "absent")
except errors.JsError as error:
    told = str(error)
told
"""
    )


def test_a_promise_is_waited_for_and_its_error_converted(pyodide):
    assert pyodide.run(
        PREPARED
        + """
target = run_js("({async good(v) { return v }, async none() { return null }, async bad() { throw new RangeError('no') }, plain() { return 5 }})")
told = [await acall(target, "good", 1), await acall(target, "none"), await acall(target, "plain")]
try:
    await acall(target, "bad")
except errors.JsError as error:
    told.append(str(error))
told
"""
    ) == [1, None, 5, "RangeError: no"]


def test_a_raised_error_keeps_its_cause(pyodide):
    assert pyodide.run(
        PREPARED
        + """
told = []
target = run_js("({async go() { throw new Error('a', {cause: new Error('b')}) }})")
try:
    await acall(target, "go")
except errors.JsError as error:
    told = [str(error.__cause__), error.__suppress_context__]
told
"""
    ) == ["Error: b", True]


def test_javascript_calls_a_function_of_python_as_often_as_it_likes(pyodide):
    assert pyodide.run(
        PREPARED
        + """
owner, seen = Owner(), []
proxy = proxies.callback(lambda *a: seen.append(a) or {"n": len(seen)}, owner)
told = run_js("f => [f(), f(1, 'a'), f(null)].map(r => r.n)")(proxy).to_py()
owner.end(); owner.end()
try:
    run_js("f => f()")(proxy)
    told.append("called")
except Exception as error:
    told.append("gone")
[told, [list(a) for a in seen], owner.runs]
"""
    ) == [[1, 2, 3, "gone"], [[], [1, "a"], [None]], 3]


def test_a_one_shot_function_is_gone_after_its_call(pyodide):
    assert pyodide.run(
        PREPARED
        + """
run_js("f => f()")(proxies.one_shot(lambda: proxies.live()))
gc.collect()
before = proxies.live()
class Big: pass
big = Big()
import weakref
alive = weakref.ref(big)
shot = proxies.one_shot(lambda big=big: "done")
del big
told = [run_js("f => f()")(shot)]
try:
    run_js("f => f()")(shot)
except Exception:
    told.append("gone")
del shot
gc.collect()
told + [alive() is None, proxies.live() == before]
"""
    ) == ["done", "gone", True, True]


def test_what_a_callback_raises_is_thrown_in_javascript(pyodide):
    assert pyodide.run(
        PREPARED
        + """
def fail(): raise LookupError("absent")
caught = run_js("f => { try { f() } catch (e) { return [e instanceof Error, e.name, e.message] } }")
told = caught(proxies.one_shot(fail)).to_py()
async def later(): raise LookupError("later")
told += (await run_js("f => f().catch(e => [e.name, e.message])")(proxies.one_shot(later))).to_py()
told
"""
    ) == [True, "LookupError", "absent", "LookupError", "later"]


def test_an_async_callback_is_a_promise_of_its_converted_result(pyodide):
    assert pyodide.run(
        PREPARED
        + """
async def now(): return {"a": [1]}
async def later(value):
    await asyncio.sleep(0)
    return [value, None]
go = run_js("async f => { const p = f(5); return p instanceof Promise && JSON.stringify(await p) }")
[await go(proxies.one_shot(lambda _: now())), await go(proxies.one_shot(later))]
"""
    ) == ['{"a":[1]}', "[5,null]"]


def test_a_result_that_cannot_cross_is_thrown_where_it_was_asked_for(pyodide):
    assert (
        pyodide.run(
            PREPARED
            + "run_js('f => { try { f() } catch (e) { return e.name } }')(proxies.one_shot(lambda: object()))"
        )
        == "ConversionError"
    )


def test_nothing_is_left_after_ten_thousand_conversions_calls_and_errors(pyodide):
    assert pyodide.run(
        PREPARED
        + """
target = run_js("({id(v) { return v }, call(f) { return f({a: 1}) }, fail() { throw new Error('x', {cause: new Error('y')}) }, async later(v) { return v }})")
def fail(): raise ValueError("x", [1])
async def turn():
    made = convert.to_js({"a": [1, {"b": b"x"}]})
    convert.to_py(made)
    convert.to_py(call(target, "id", [js.Date.new(0), {"u": made}]))
    call(target, "call", proxies.one_shot(lambda given: convert.to_py(given)))
    await acall(target, "later", {"a": 1})
    for bad in (lambda: call(target, "fail"), lambda: call(target, "call", proxies.one_shot(lambda _: fail()))):
        try:
            bad()
        except (errors.Error, ValueError):
            pass
    try:
        convert.to_js({"a": object()})
    except errors.ConversionError:
        pass
    owner = Owner()
    call(target, "call", proxies.callback(lambda given: None, owner))
    owner.end()

async def turns(n):
    for _ in range(n): await turn()
await turns(20)
gc.collect()
before = proxies.live()
await turns(1000)
gc.collect()
after = proxies.live()
[after.js_objects - before.js_objects, after.py_objects - before.py_objects]
"""
    ) == [0, 0]
