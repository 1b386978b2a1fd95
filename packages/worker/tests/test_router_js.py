"""Headers, cookies and the router over JavaScript's own objects, in real Pyodide."""

from __future__ import annotations

from typing import Any

import pytest
from worker.cookies import CookieSigner

pytestmark = pytest.mark.pyodide


def test_headers_are_read_from_javascript_when_asked_for(pyodide: Any) -> None:
    lines = pyodide.run("""
        import js
        from worker.headers import Headers
        given = js.Headers.new()
        for name, value in [("X-B", "1"), ("x-b", "2"), ("Set-Cookie", "a=1; Path=/"),
                            ("set-cookie", "b=2"), ("x-empty", ""), ("x-latin", "caf\\xe9")]:
            given.append(name, value)
        headers = Headers._from_js(given)
        [headers.multi_items(), headers.get_all("Set-Cookie"), len(headers),
         Headers._from_js(js.Headers.new()).multi_items()]
    """)
    assert lines == [
        [
            ["set-cookie", "a=1; Path=/"],
            ["set-cookie", "b=2"],
            ["x-b", "1, 2"],
            ["x-empty", ""],
            ["x-latin", "café"],
        ],
        ["a=1; Path=/", "b=2"],
        4,
        [],
    ]


def test_what_we_refuse_is_what_javascript_refuses(pyodide: Any) -> None:
    """Each name and value is refused by both, or sent unchanged by both."""
    differing = pyodide.run("""
        import js
        from worker.errors import HeaderError
        from worker.headers import Headers

        def ours(name, value):
            try:
                return Headers([(name, value)]).entries()
            except HeaderError:
                return None

        def theirs(name, value):
            headers = js.Headers.new()
            try:
                headers.append(name, value)
            except Exception:
                return None
            return [tuple(entry) for entry in headers.entries()]

        characters = [chr(code) for code in (*range(0x180), 0x2028, 0x1f600)]
        [repr((name, value))
         for char in characters
         for name, value in ((f"a{char}b", "v"), ("n", f"a{char}b"), ("n", char),
                             ("n", f"{char} x {char}"))
         if ours(name, value) != theirs(name, value)]
    """)
    assert differing == []


def test_what_we_send_is_what_javascript_gets(pyodide: Any) -> None:
    received = pyodide.run("""
        from worker.cookies import Cookie
        from worker.response import Response
        response = Response.ok("x").with_cookie(Cookie("a", "1")).with_cookie(Cookie("b", "é"))
        response.headers.append("vary", "Origin")
        response.headers.append("vary", "Accept")
        made = response._to_js()
        sent = made.headers
        [list(sent.getSetCookie()), sent.get("vary"), sent.get("content-type")]
    """)
    assert received == [
        ["a=1; Path=/", "b=%C3%A9; Path=/"],
        "Origin, Accept",
        "text/plain; charset=utf-8",
    ]


def test_a_signature_is_the_same_everywhere(pyodide: Any) -> None:
    key, value = "a secret of thirty-two characters", "42 é"
    signed = pyodide.run(
        "from worker.cookies import CookieSigner\nCookieSigner(key).sign('user', value)",
        key=key,
        value=value,
    )
    assert signed == CookieSigner(key).sign("user", value)


_APP = """
    import js
    from dataclasses import dataclass
    from worker import Cors, Request, Response, Router

    @dataclass
    class Item:
        name: str
        price: float

    @dataclass
    class Page:
        limit: int = 10
        tags: tuple[str, ...] = ()

    router = Router().use(Cors(origins=["https://app.example"]))

    @router.post("/items/:shelf")
    async def add(req, ctx):
        items = await req.json(list[Item])
        page = req.query(Page)
        return Response.from_json([ctx.param("shelf", int), page.limit, page.tags, len(items)])

    @router.get("/items/:shelf")
    def show(req, ctx):
        return Response.ok(ctx.param("shelf") + " " + req.cookies.get("who", "nobody"))

    async def ask(url, **options):
        request = Request._from_js(js.Request.new(url, to_js(options)))
        response = await router.run(request, None, None)
        made = response._to_js()
        return [made.status, made.headers.get("access-control-allow-origin"), await made.text()]

    from pyodide.ffi import to_js as convert
    def to_js(value):
        return convert(value, dict_converter=js.Object.fromEntries)
"""


def test_a_request_of_javascript_is_routed(pyodide: Any) -> None:
    answers = pyodide.run(
        _APP
        + """
    mine = {"cookie": "who=me", "origin": "https://app.example"}
    evil = {"origin": "https://evil.example"}
    [await ask("https://x.example/items/a%20b?q=1", headers=mine),
     await ask("https://x.example/items/a/b"),
     await ask("https://x.example/items/7", method="DELETE", headers=evil)]
    """
    )
    assert answers == [
        [200, "https://app.example", "a b me"],
        [404, None, "Not Found"],
        [405, None, "Method Not Allowed"],
    ]


def test_every_problem_of_a_request_is_listed(pyodide_with_pydantic: Any) -> None:
    answers = pyodide_with_pydantic.run(
        _APP
        + """
    good = '[{"name": "x", "price": 1}]'
    bad = '[{"name": 1, "price": "free"}, {"name": "y"}]'
    [await ask("https://x.example/items/7?limit=3&tags=a&tags=b", method="POST", body=good),
     await ask("https://x.example/items/7", method="POST", body=bad),
     await ask("https://x.example/items/x", method="POST", body=good),
     await ask("https://x.example/items/7?limit=many", method="POST", body=good),
     await ask("https://x.example/items/7", method="POST", body="[")]
    """
    )
    statuses = [status for status, _, _ in answers]
    assert statuses == [200, 422, 422, 422, 400]
    assert answers[0][2] == '[7,3,["a","b"],1]'
    places = ["[0].name", "[0].price", "[1].price"]
    assert all(f'"in":"body","at":"{place}"' in answers[1][2] for place in places)
    assert '"in":"path","at":"shelf"' in answers[2][2]
    assert '"in":"query","at":"limit"' in answers[3][2]
    assert '"in":"body","at":""' in answers[4][2]
