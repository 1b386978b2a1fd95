# ruff: noqa: E501  (code in text)
"""The door: on CPython it imports, and any use of it raises; in Pyodide it leads to JavaScript."""

import pytest
from worker_sys import NotInWorker, js
from worker_sys.calls import call
from worker_sys.convert import options, to_js, to_py


def test_outside_a_worker_every_use_says_so():
    assert not js.IN_WORKER
    for use in (
        lambda: js.Response,
        lambda: js.ffi,
        lambda: js.runtime,
        lambda: call(object(), "method"),
        lambda: to_js({"a": 1}),
        lambda: to_js(b"x"),
        lambda: to_js(None),
        lambda: to_py(object()),
        lambda: options(a=1),
    ):
        with pytest.raises(NotInWorker, match="works only in a worker"):
            use()


def test_tools_that_look_for_special_names_find_none():
    assert not hasattr(js, "__wrapped__")


def test_an_except_clause_may_name_what_javascript_throws():
    with pytest.raises(ValueError, match="own"):
        try:
            raise ValueError("own")
        except js.JsException:
            pass


@pytest.mark.pyodide
def test_in_a_worker_the_door_is_open(pyodide):
    assert pyodide.run(
        """
        from worker_sys import js
        [js.IN_WORKER, js.URL.new("https://a.b").host, js.ffi.__name__, js.webloop.__name__, js.runtime.isFunction(js.Array),
         hasattr(js, "noSuchGlobal"), issubclass(js.JsException, Exception)]
        """
    ) == [True, "a.b", "pyodide.ffi", "pyodide.webloop", True, False, True]
