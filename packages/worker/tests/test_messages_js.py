"""Requests, responses and forms as JavaScript sees them, in real Pyodide."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.pyodide

IMPORTS = """
    import asyncio
    from worker.abort import AbortController, AbortSignal
    from worker.blob import Blob, File
    from worker.formdata import FormData
    from worker.request import Request
    from worker.response import Response
    from worker_sys import js
"""


def test_a_response_crosses_with_status_headers_and_body(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    made = Response.ok("é").with_status(201).with_header("X-A", "1")
    made.headers.append("set-cookie", "a=1")
    made.headers.append("set-cookie", "b=2")
    there = made._to_js()
    [there.status, list(there.headers.getSetCookie()), there.headers.get("x-a"),
     there.headers.get("content-type"), await there.text()]
    """)
    assert found == [201, ["a=1", "b=2"], "1", "text/plain; charset=utf-8", "é"]


def test_text_without_a_content_type_gets_none(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    error = Response.error("no", 418)._to_js()
    [error.status, error.headers.has("content-type"), await error.text(),
     Response.empty()._content.empty, Response("", status=204)._to_js().status]
    """)
    assert found == [418, False, "no", True, 204]


def test_a_fetched_response_is_handed_on_unless_it_is_changed(pyodide) -> None:
    found = pyodide.run(
        f"""{IMPORTS}
    fetched = js.runtime.respond(202, "x-a\\n1\\nset-cookie\\na=1", "body")
    same = Response._from_js(fetched)
    untouched = same._to_js().js_id == fetched.js_id
    fetched = js.runtime.respond(202, "x-a\\n1\\nset-cookie\\na=1", "body")
    changed = Response._from_js(fetched).with_header("x-b", "2").with_status(203)._to_js()
    [untouched, changed.status, changed.headers.get("x-a"), changed.headers.get("x-b"),
     await changed.text(), dict(Response._from_js(changed).headers)["set-cookie"]]
    """
    )
    assert found == [True, 203, "1", "2", "body", "a=1"]


def test_an_incoming_request_is_read_on_demand(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    init = js.JSON.parse('{{"method":"PUT","body":"[1]"}}')
    there = js.runtime.request("https://h/p?q=1", init, "x-a\\n1")
    request = Request._from_js(there)
    twin = request.clone()
    [request.method, request.path, request.headers["x-a"], await request.json(), await twin.text(),
     request.body_used, request.cf, request.signal.aborted]
    """)
    assert found == ["PUT", "/p", "1", [1], "[1]", True, None, False]


def test_only_options_that_were_given_are_sent(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    sent = Request("https://h/", redirect="manual", headers={{"a": "1"}})._to_js()
    [sent.redirect, sent.method, sent.headers.get("a"), Request._from_js(sent)._content.empty]
    """)
    assert found == ["manual", "GET", "1", True]


def test_a_request_is_replaced_part_by_part(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    request = Request("https://h/a", body="text", headers={{"x-a": "1"}})
    other = request.replace(url="https://other/b", headers={{"x-b": "2"}})
    [other.url, other.method, dict(other.headers), await other.text()]
    """)
    url, method, headers, text = found
    assert (url, method, text) == ("https://other/b", "POST", "text")
    assert headers["x-b"] == "2"
    assert "x-a" not in headers


def test_a_url_that_javascript_refuses_is_a_url_error(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    from worker.errors import UrlError
    try:
        Request("https://exa mple/")._to_js()
    except UrlError as error:
        told = str(error)
    told
    """)
    assert found == "invalid URL or options for Request"


def test_forms_go_there_and_back(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    form = FormData([("a", "1"), ("a", "é"), ("f", File(b"\\x00\\xff", 'n"ame', type="x/y"))])
    request = Request("https://h/", body=form)
    there = Request._from_js(request._to_js())
    back = await there.form_data()
    file = back["f"]
    again = await Request("https://h/", body=back).form_data()
    [back.get_all("a"), file.name, file.type, file.size, list(await file.bytes()), len(again)]
    """)
    assert found == [["1", "é"], 'n"ame', "x/y", 2, [0, 255], 2]


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data", "multipart/form-data; boundary=x"]
)
def test_what_is_no_form_is_refused(pyodide, kind: str) -> None:
    found = pyodide.run(
        f"""{IMPORTS}
    from worker.errors import FormDataError
    try:
        await Request("https://h/", body="no form", headers={{"content-type": kind}}).form_data()
        told = None
    except FormDataError as error:
        told = str(error)
    told
    """,
        kind=kind,
    )
    assert found == "failed to get form data from request"


def test_a_blob_of_javascript_is_read_in_python(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    request = Request("https://h/", body=Blob("text", type="a/b"))
    blob = await Request._from_js(request._to_js()).blob()
    part = blob.slice(1, 3)
    [blob.size, blob.type, await blob.text(), await part.text(), await blob.stream().text()]
    """)
    assert found == [4, "a/b", "text", "ex", "text"]


def test_signals_tell_their_reason(pyodide) -> None:
    found = pyodide.run(f"""{IMPORTS}
    controller = AbortController()
    combined = AbortSignal.any([controller.signal, AbortSignal.timeout(60)])
    before = combined.aborted
    controller.abort(KeyError("mine"))
    await combined.wait_aborted()
    try:
        combined.raise_if_aborted()
    except KeyError as error:
        told = repr(error)
    plain = AbortSignal.abort()
    [before, combined.aborted, told, type(plain.reason).__name__, type(combined.reason).__name__]
    """)
    assert found == [False, True, "KeyError('mine')", "AbortError", "KeyError"]
