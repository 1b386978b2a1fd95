# ruff: noqa: E501  (code in text)
"""Errors across the border, both ways, in real Pyodide."""

import pytest
from worker_sys import errors

pyodide_only = pytest.mark.pyodide

PREPARED = """
from pyodide.code import run_js
from worker_sys import calls, convert, errors, js, proxies

class Odd(Exception):
    def __init__(self, code, *, extra):
        super().__init__(f"odd {code}")
        self.extra = extra

import __main__
__main__.Odd = Odd

def caught(call, *args):
    try:
        call(*args)
    except Exception as error:
        return error

def thrown(text):
    return caught(calls.call, run_js("({go() { " + text + " }})"), "go")

def around(error):
    def fail():
        raise error
    return caught(calls.call, run_js("({go(f) { return f(); }})"), "go", proxies.one_shot(fail))
"""


@pyodide_only
def test_a_javascript_error_keeps_name_message_code_stack_and_causes(pyodide):
    told = pyodide.run(
        PREPARED
        + """
error = thrown("const e = new RangeError('too far', {cause: new TypeError('why', {cause: 'a text'})}); e.code = 'E_FAR'; throw e")
cause = error.__cause__
[type(error).__name__, str(error), error.name, error.message, error.code, "too far" in error.js_stack, str(cause),
 cause.code, str(cause.__cause__), cause.__cause__.js_stack, "JavaScript's stack" in error.__notes__[0]]
"""
    )
    assert told == [
        "JsError", "RangeError [E_FAR]: too far", "RangeError", "too far", "E_FAR", True, "TypeError: why",
        None, "a text", None, True,
    ]  # fmt: skip


@pyodide_only
def test_a_chain_of_causes_is_bounded(pyodide):
    assert pyodide.run(
        PREPARED
        + """
link = error = thrown("let e; for (let i = 0; i < 40; i++) e = new Error('' + i, {cause: e}); throw e")
count = 1
while link.__cause__ is not None: link, count = link.__cause__, count + 1
own = again = thrown("const e = new Error('own'); e.cause = e; throw e")
turns = 0
while again.__cause__ is not None: again, turns = again.__cause__, turns + 1
[error.message, link.message, count, turns]
"""
    ) == ["39", "24", 16, 15]


@pyodide_only
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("throw 'a text'", "a text"),
        ("throw null", "null"),
        ("throw {code: 5}", "[object Object]"),
        ("throw new DOMException('gone', 'AbortError')", "AbortError: gone"),
        (
            "const e = new Error('x'); Object.defineProperty(e, 'code', {get() { throw 1; }}); throw e",
            "Error: x",
        ),
    ],
)
def test_whatever_is_thrown_is_told(pyodide, text, told):
    told_now = pyodide.run(
        PREPARED + f"error = thrown({text!r})\n[type(error).__name__, str(error)]"
    )
    assert told_now[0] == "JsError"
    assert told in told_now[1]


@pyodide_only
def test_a_python_exception_is_a_javascript_error_with_its_traceback(pyodide):
    assert pyodide.run(
        PREPARED
        + """
def fail():
    try:
        {}["key"]
    except KeyError as error:
        raise ValueError("bad") from error
made = errors.to_js(caught(fail))
[run_js("e => e instanceof Error")(made), made.name, made.message, "in fail" in made.stack, made.cause.name, made.cause.message]
"""
    ) == [True, "ValueError", "bad", True, "KeyError", "'key'"]


@pyodide_only
def test_a_python_exception_comes_back_with_type_data_and_cause(pyodide):
    assert pyodide.run(
        PREPARED
        + """
error = Odd(7, extra={"a": [1]})
error.__cause__ = KeyError("key")
error.__cause__.__cause__ = FileNotFoundError(2, "No such file")
back = around(error)
root = back.__cause__.__cause__
[type(back) is Odd, str(back), back.extra, repr(back.__cause__), type(root) is FileNotFoundError, root.errno, root.strerror,
 "Traceback" in back.__notes__[0]]
"""
    ) == [True, "odd 7", {"a": [1]}, "KeyError('key')", True, 2, "No such file", True]


@pyodide_only
def test_an_exception_whose_data_cannot_cross_keeps_its_type_and_message(pyodide):
    assert pyodide.run(
        PREPARED + "back = around(Odd(7, extra=object()))\n[type(back) is Odd, str(back)]"
    ) == [True, "odd 7"]


@pyodide_only
def test_our_own_errors_and_javascripts_come_back_as_they_were(pyodide):
    assert pyodide.run(
        PREPARED
        + """
first = thrown("const e = new RangeError('far'); e.code = 3; throw e")
again = around(first)
decode = around(errors.DecodeError("no", [("$.a", "missing")]))
[type(again).__name__, str(again), decode.problems[0]]
"""
    ) == ["JsError", "RangeError [3]: far", ["$.a", "missing"]]


@pyodide_only
@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("{type: 'builtins:ValueError', args: ['x']}", "ValueError('x')"),
        ("{type: 'builtins:SystemExit', args: ['x']}", "JsError"),
        ("{type: 'builtins:KeyboardInterrupt', args: []}", "JsError"),
        ("{type: 'antigravity:ValueError', args: ['x']}", "JsError"),
        ("{type: 'builtins:print', args: ['x']}", "JsError"),
        ("{type: 'os:environ.clear', args: []}", "JsError"),
        ("{type: 'asyncio:exceptions.TimeoutError', args: []}", "JsError"),
        ("{type: 5}", "JsError"),
        ("'text'", "JsError"),
    ],
)
def test_only_exception_classes_that_are_imported_already_are_made(pyodide, python, told):
    code = f"const e = new Error('m'); e.python = {python}; throw e"
    assert pyodide.run(PREPARED + "repr(thrown(code))", code=code).startswith(told)


@pyodide_only
@pytest.mark.parametrize(
    ("message", "remote", "told"),
    [
        ("ValueError: bad", "true", "ValueError('bad')"),
        ("DecodeError: no", "true", "DecodeError('no')"),
        ("ValueError: bad", "false", "JsError('ValueError: bad')"),
        ("SystemExit: 1", "true", "JsError('SystemExit: 1')"),
        ("print: 1", "true", "JsError('print: 1')"),
        ("just text", "true", "JsError('just text')"),
    ],
)
def test_the_text_of_older_compatibility_dates_is_read(pyodide, message, remote, told):
    code = f"const e = new Error({message!r}); e.remote = {remote}; throw e"
    assert pyodide.run(PREPARED + "repr(thrown(code))", code=code) == told


@pyodide_only
def test_narrower_classes_are_registered(pyodide):
    assert pyodide.run(
        PREPARED
        + """
class Quota(errors.JsError): pass
@errors.register
def narrow(error):
    return Quota(error.message) if error.code == "E_QUOTA" else None
made = thrown("throw Object.assign(new Error('full', {cause: new Error('why')}), {code: 'E_QUOTA'})")
errors._narrowers.remove(narrow)
[type(made).__name__, made.message, made.__cause__.message]
"""
    ) == ["Quota", "full", "why"]


def test_the_root_and_the_builtin_that_a_reader_expects():
    assert issubclass(errors.ConversionError, TypeError)
    assert issubclass(errors.DecodeError, ValueError)
    assert issubclass(errors.IntegerRangeError, OverflowError)
    assert issubclass(errors.NotInWorker, RuntimeError)
    assert all(
        issubclass(vars(errors)[name], errors.Error) for name in errors.__all__ if name[0].isupper()
    )


def test_a_javascript_error_is_told_with_its_code():
    assert str(errors.JsError("no", name="R2Error", code=10001)) == "R2Error [10001]: no"
    assert str(errors.JsError("a text", name="")) == "a text"
