"""The router: the order of dispatch is the crate's; middleware, mounting and names are ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from worker.cors import Cors
from worker.errors import (
    FormDataError,
    JsonError,
    Problem,
    RouteInsertError,
    RouteNameError,
    RouterFrozenError,
    ValidationError,
)
from worker.request import Request
from worker.response import Response
from worker.router import RouteContext, Router


def say(text: str) -> Any:
    """A handler that answers with a text and the parameters it got."""

    def handler(req: Request, ctx: RouteContext) -> Response:
        given = ",".join(f"{name}={value}" for name, value in ctx.params.items())
        return Response.ok(f"{text}({given})")

    return handler


async def answer(
    router: Router[Any],
    path: str,
    method: str = "GET",
    *,
    env: Any = None,
    context: Any = None,
    headers: dict[str, str] | None = None,
) -> Response:
    request = Request(f"https://example.com{path}", method=method, headers=headers)
    return await router.run(request, env, context)


def ask(router: Router[Any], path: str, method: str = "GET", **options: Any) -> tuple[int, str]:
    async def main() -> tuple[int, str]:
        response = await answer(router, path, method, **options)
        return response.status, await response.text()

    return asyncio.run(main())


def header(router: Router[Any], path: str, method: str, name: str) -> str | None:
    return asyncio.run(answer(router, path, method)).headers.get(name)


def test_registering_chains_and_decorates() -> None:
    router = Router().get("/a", say("a")).post("/a", say("post"))

    @router.get("/b")
    def b(req: Request, ctx: RouteContext) -> Response:
        return Response.ok("b")

    assert b.__name__ == "b"
    assert ask(router, "/a") == (200, "a()")
    assert ask(router, "/a", "POST") == (200, "post()")
    assert ask(router, "/b") == (200, "b")


def test_handlers_may_be_coroutine_functions_or_plain_ones() -> None:
    router = Router()

    @router.get("/later/:x")
    async def later(req: Request, ctx: RouteContext) -> Response:
        await asyncio.sleep(0)
        return Response.ok(ctx.param("x"))

    class Callable:
        async def __call__(self, req: Request, ctx: RouteContext) -> Response:
            return Response.ok("object")

    router.get("/object", Callable())
    assert ask(router, "/later/1") == (200, "1")
    assert ask(router, "/object") == (200, "object")


def test_a_plain_handler_answers_without_waiting() -> None:
    router = Router().get("/", say("now"))
    running = answer(router, "/")
    with pytest.raises(StopIteration) as finished:
        running.send(None)
    assert finished.value.value.status == 200


VERBS = ["head", "get", "post", "put", "patch", "delete", "options", "connect", "trace", "report"]


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_answers_its_method_alone(verb: str) -> None:
    router = Router()
    assert getattr(router, verb)("/x", say(verb)) is router
    assert ask(router, "/x", verb.upper()) == (200, f"{verb}()")
    other = "GET" if verb != "get" else "POST"
    expected = 404 if verb in {"head", "options", "trace"} else 405
    assert ask(router, "/x", other)[0] == expected


def test_on_answers_all_ten_methods() -> None:
    router = Router().on("/x", say("on"))
    for verb in VERBS:
        assert ask(router, "/x", verb.upper()) == (200, "on()")


def test_other_verbs_have_routes_of_their_own() -> None:
    router = Router().route("PROPFIND", "MKCOL")("/x", say("dav")).get("/x", say("get"))
    assert ask(router, "/x", "PROPFIND") == (200, "dav()")
    assert ask(router, "/x", "MKCOL") == (200, "dav()")
    assert ask(router, "/x", "COPY") == (405, "Method Not Allowed")
    with pytest.raises(ValueError, match="at least one method"):
        router.route()


def test_the_order_is_the_crates() -> None:
    router = (
        Router()
        .get("/a", say("get"))
        .head("/h", say("head"))
        .options("/h", say("options"))
        .or_else_any_method("/*rest", say("rest"))
    )
    assert ask(router, "/a") == (200, "get()")
    assert ask(router, "/a", "POST") == (405, "Method Not Allowed")
    assert ask(router, "/a", "PROPFIND") == (405, "Method Not Allowed")
    assert ask(router, "/b", "POST") == (200, "rest(rest=b)")
    assert ask(router, "/h") == (200, "rest(rest=h)")
    assert ask(router, "/") == (404, "Not Found")


def test_a_405_names_what_is_allowed() -> None:
    router = Router().get("/a/:x", say("g")).post("/a/b", say("p")).head("/a/b", say("h"))
    assert header(router, "/a/b", "PUT", "allow") == "GET, HEAD, POST"
    assert header(router, "/a/c", "PUT", "allow") == "GET"
    assert header(router, "/a/c", "PUT", "content-type") is None


def test_methods_do_not_shadow_each_other() -> None:
    router = Router().get("/a/b", say("static")).post("/a/:x", say("param"))
    assert ask(router, "/a/b", "POST") == (200, "param(x=b)")


def test_the_query_plays_no_part() -> None:
    assert ask(Router().get("/a/:x", say("a")), "/a/1?x=2/3") == (200, "a(x=1)")


def test_parameters_are_decoded_and_typed() -> None:
    seen: dict[str, Any] = {}
    router = Router()

    @router.get("/:name/{n:int}/:uuid/*rest")
    def handler(req: Request, ctx: RouteContext) -> Response:
        seen.update(ctx.params)
        seen["typed"] = (ctx.param("n", int), ctx.param("n", float), ctx.param("uuid", UUID))
        seen["text"] = (ctx.param("n"), ctx.param("n", str))
        return Response.empty()

    uuid = "123e4567-e89b-12d3-a456-426614174000"
    assert ask(router, f"/a%2Fb%20%C3%A9/-7/{uuid}/x%20y/z")[0] == 200
    assert seen["typed"] == (-7, -7.0, UUID(uuid))
    assert seen["text"] == ("-7", "-7")
    assert (seen["name"], seen["rest"]) == ("a/b é", "x y/z")


def test_an_unknown_parameter_is_the_programs_mistake() -> None:
    router = Router().get("/:id", lambda req, ctx: Response.ok(ctx.param("name")))
    with pytest.raises(RouteNameError, match="has no parameter 'name', it has id"):
        ask(router, "/1")


def test_escapes_that_are_not_utf8_are_the_clients_mistake() -> None:
    router = Router().get("/:id", lambda req, ctx: Response.ok(ctx.param("id")))
    status, body = ask(router, "/%FF")
    assert status == 422
    assert json.loads(body)["problems"] == [
        {"in": "path", "at": "id", "message": "its percent escapes are not UTF-8"}
    ]
    assert ask(router, "/%zz") == (200, "%zz")


def test_a_validation_error_lists_every_problem() -> None:
    problems = [Problem("query", "limit", "too big"), Problem("body", "a[0].b", "missing")]

    def handler(req: Request, ctx: RouteContext) -> Response:
        raise ValidationError(problems)

    response = asyncio.run(answer(Router().get("/", handler), "/"))
    assert response.status == 422
    assert response.headers["content-type"] == "application/json"
    assert json.loads(asyncio.run(response.text())) == {
        "error": "invalid request",
        "problems": [
            {"in": "query", "at": "limit", "message": "too big"},
            {"in": "body", "at": "a[0].b", "message": "missing"},
        ],
    }


def test_a_malformed_body_is_400_and_malformed_json_from_elsewhere_is_not() -> None:
    def client(req: Request, ctx: RouteContext) -> Response:
        raise JsonError("the body is not JSON", status=400)

    def upstream(req: Request, ctx: RouteContext) -> Response:
        raise JsonError("not JSON")

    router = Router().get("/client", client).get("/upstream", upstream)
    status, body = ask(router, "/client")
    assert (status, json.loads(body)["problems"][0]["in"]) == (400, "body")
    with pytest.raises(JsonError):
        ask(router, "/upstream")


def test_a_malformed_form_is_400() -> None:
    def handler(req: Request, ctx: RouteContext) -> Response:
        error = FormDataError("failed to get form data from request")
        error.status = 400
        raise error

    status, body = ask(Router().post("/", handler), "/", "POST")
    assert (status, json.loads(body)["problems"][0]["in"]) == (400, "body")


@pytest.mark.parametrize("answer", [None, "text", {"a": 1}])
def test_what_is_no_response_is_refused(answer: Any) -> None:
    async def later(req: Request, ctx: RouteContext) -> Any:
        return answer

    router = Router().get("/now", lambda req, ctx: answer).get("/later", later)
    guarded = Router().use(Cors(origins="*")).mount("/", router)
    for each in (router, guarded):
        for path in ("/now", "/later"):
            with pytest.raises(TypeError, match=r"a handler returned .*, not a Response"):
                ask(each, path)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="?#")))
@example("%FF")
@example("/%")
@example("a/../b")
def test_any_path_is_answered(path: str) -> None:
    router = (
        Router(auto_head=True)
        .get("/:a", say("a"))
        .post("/x/{n:int}", say("n"))
        .get("/f/*r", say("r"))
    )
    for method in ("GET", "POST", "HEAD", "OPTIONS", "X"):
        assert ask(router, f"/{path}", method)[0] in {200, 404, 405, 422}


@pytest.mark.parametrize(
    ("verb", "first", "second", "message"),
    [
        ("get", "/a/:x", "/a/:y", "failed to register Get route for /a/:y pattern"),
        ("on", "/*x", "/{y:path}", "failed to register Head route for /{y:path} pattern"),
        ("or_else_any_method", "/a", "/a", "failed to register route for /a pattern"),
    ],
)
def test_a_conflict_names_both_routes(verb: str, first: str, second: str, message: str) -> None:
    router = Router()
    getattr(router, verb)(first, say("1"))
    with pytest.raises(RouteInsertError) as caught:
        getattr(router, verb)(second, say("2"))
    assert str(caught.value).startswith(message)
    assert str(caught.value).endswith(f"as the registered route {first}")
    assert (caught.value.pattern, caught.value.conflicts_with) == (second, first)


@pytest.mark.parametrize("handler", [lambda: None, lambda req: None, lambda req, ctx, env: None])
def test_a_handler_of_another_signature_is_refused(handler: Any) -> None:
    with pytest.raises(TypeError, match=r"must take \(req, ctx\)"):
        Router().get("/", handler)
    with pytest.raises(TypeError, match=r"must take \(req, ctx\)"):
        Router().get("/")(handler)
    with pytest.raises(TypeError, match="is a function"):
        Router().get("/", "handler")  # type: ignore[call-overload]


def test_the_first_run_freezes() -> None:
    router = Router().get("/", say("a"))
    ask(router, "/")
    changes = [
        lambda: router.get("/b", say("b")),
        lambda: router.use(Cors()),
        lambda: router.mount("/m", Router()),
        lambda: router.not_found(say("n")),
        lambda: router.exception_handler(KeyError),
    ]
    for change in changes:
        with pytest.raises(RouterFrozenError):
            change()


def test_data_and_env_reach_the_handler() -> None:
    router = Router(data=["shared"])

    @router.get("/")
    def handler(req: Request, ctx: RouteContext[list[str]]) -> Response:
        return Response.ok(f"{ctx.data[0]} {ctx.env} {ctx.context} {ctx.route and ctx.route.name}")

    assert ask(router, "/", env="E", context="C") == (200, "shared E C None")


def test_middleware_stands_around_every_answer_in_order() -> None:
    seen: list[str] = []

    def mark(name: str) -> Any:
        async def middleware(req: Request, ctx: RouteContext, next: Any) -> Response:
            seen.append(f"{name} {ctx.params}")
            response = await next(req, ctx)
            seen.append(f"{name} {response.status}")
            return response.with_header(f"x-{name}", "1")

        return middleware

    router = Router().get("/a/:x", say("a")).use(mark("one"), mark("two"))
    response = asyncio.run(answer(router, "/a/1"))
    assert response.headers["x-one"] == response.headers["x-two"] == "1"
    assert seen == ["one {'x': '1'}", "two {'x': '1'}", "two 200", "one 200"]
    seen.clear()
    assert ask(router, "/b")[0] == 404
    assert ask(router, "/a/1", "PUT")[0] == 405
    assert seen == [
        "one {}",
        "two {}",
        "two 404",
        "one 404",
        "one {}",
        "two {}",
        "two 405",
        "one 405",
    ]


def test_middleware_may_answer_or_hand_on_another_request() -> None:
    async def guard(req: Request, ctx: RouteContext, next: Any) -> Response:
        if "token" not in req.headers:
            return Response.error("no", 401)
        ctx.state["user"] = req.headers["token"]
        return await next(Request("https://other.example/x"), ctx)

    router = Router().use(guard)

    @router.get("/")
    async def handler(req: Request, ctx: RouteContext) -> Response:
        return Response.ok(f"{ctx.state['user']} {req.url}")

    assert ask(router, "/") == (401, "no")
    assert ask(router, "/", headers={"token": "t"}) == (200, "t https://other.example/x")


def test_middleware_sees_the_response_of_an_exception_handler() -> None:
    statuses: list[int] = []

    async def log(req: Request, ctx: RouteContext, next: Any) -> Response:
        response = await next(req, ctx)
        statuses.append(response.status)
        return response

    def fail(req: Request, ctx: RouteContext) -> Response:
        raise KeyError("x")

    router = Router().use(log).get("/", fail)

    @router.exception_handler(LookupError)
    async def handler(req: Request, ctx: RouteContext, error: LookupError) -> Response:
        return Response.error(repr(error), 418)

    assert ask(router, "/") == (418, "KeyError('x')")
    assert statuses == [418]


def test_an_exception_of_middleware_is_answered_too() -> None:
    async def fail(req: Request, ctx: RouteContext, next: Any) -> Response:
        raise KeyError("mw")

    router = Router().use(fail).get("/", say("never"))
    router.exception_handler(KeyError)(lambda req, ctx, error: Response.error("caught", 500))
    assert ask(router, "/") == (500, "caught")


def test_the_nearest_class_answers_and_others_go_on() -> None:
    def fail(req: Request, ctx: RouteContext) -> Response:
        raise {"k": KeyError, "i": IndexError, "o": OSError}[ctx.param("x")]

    router = Router().get("/:x", fail)
    router.exception_handler(LookupError)(lambda req, ctx, error: Response.error("lookup", 500))
    router.exception_handler(KeyError)(lambda req, ctx, error: Response.error("key", 500))
    assert ask(router, "/k") == (500, "key")
    assert ask(router, "/i") == (500, "lookup")
    with pytest.raises(OSError):
        ask(router, "/o")


def test_a_handler_of_every_exception_leaves_the_clients_mistakes_to_the_router() -> None:
    def fail(req: Request, ctx: RouteContext) -> Response:
        raise JsonError("the body is not JSON", status=ctx.data)

    inner = Router().get("/:id", lambda req, ctx: Response.ok(ctx.param("id", str)))
    inner.exception_handler(ValueError)(lambda req, ctx, error: Response.error("inner", 500))
    client, upstream = Router(data=400).get("/", fail), Router().get("/", fail)
    router = Router().mount("/inner", inner).mount("/client", client).mount("/upstream", upstream)
    router.exception_handler(Exception)(lambda req, ctx, error: Response.error("caught", 500))
    assert ask(router, "/inner/%FF")[0] == 422
    assert ask(router, "/client")[0] == 400
    assert ask(router, "/upstream") == (500, "caught")


def test_the_clients_mistakes_are_answered_by_a_handler_of_their_class() -> None:
    inner = Router().get("/:id", lambda req, ctx: Response.ok(ctx.param("id")))
    inner.exception_handler(Exception)(lambda req, ctx, error: Response.error("inner", 500))
    router = Router().mount("/inner", inner)
    router.exception_handler(ValidationError)(lambda req, ctx, error: Response.error("no", 418))
    assert ask(router, "/inner/%FF") == (418, "no")


def test_404_and_405_can_be_replaced() -> None:
    router = Router().get("/a", say("a"))
    router.not_found(say("gone"))

    @router.method_not_allowed
    async def other(req: Request, ctx: RouteContext) -> Response:
        return Response.error(",".join(ctx.allowed), 405)

    assert ask(router, "/b") == (200, "gone()")
    assert ask(router, "/a", "PUT") == (405, "GET")


def test_a_mounted_router_keeps_what_is_its_own() -> None:
    async def outer(req: Request, ctx: RouteContext, next: Any) -> Response:
        return (await next(req, ctx)).with_header("x-outer", "1")

    async def inner(req: Request, ctx: RouteContext, next: Any) -> Response:
        return (await next(req, ctx)).with_header("x-inner", "1")

    def fail(req: Request, ctx: RouteContext) -> Response:
        raise KeyError

    api = Router(data="api").use(inner).get("/:x", say("x")).get("/", say("root")).get("/f/f", fail)
    api.get("/data", lambda req, ctx: Response.ok(ctx.data))
    api.not_found(say("api gone"))
    api.exception_handler(KeyError)(lambda req, ctx, error: Response.error("api", 500))
    plain = Router().get("/data", lambda req, ctx: Response.ok(ctx.data))
    router = Router(data="root").use(outer).mount("/t/:t", api).mount("/plain", plain)
    router.get("/data", lambda req, ctx: Response.ok(ctx.data))

    assert ask(router, "/t/7/1") == (200, "x(t=7,x=1)")
    assert ask(router, "/t/7") == (200, "root(t=7)")
    assert ask(router, "/t/7/data") == (200, "api")
    assert ask(router, "/plain/data") == ask(router, "/data") == (200, "root")
    assert ask(router, "/t/7/f/f") == (500, "api")
    assert ask(router, "/t/7/a/b") == ask(router, "/t/7/") == (200, "api gone(t=7)")
    assert ask(router, "/plain/x") == (404, "Not Found")
    assert header(router, "/t/7/1", "GET", "x-inner") == "1"
    assert header(router, "/t/7/a/b", "GET", "x-inner") == "1"
    assert header(router, "/t/7/a/b", "GET", "x-outer") == "1"
    assert header(router, "/data", "GET", "x-inner") is None
    with pytest.raises(RouterFrozenError):
        api.get("/late", say("late"))


def test_routers_nest_and_stay_usable_alone() -> None:
    leaf = Router().get("/x", say("leaf"))
    leaf.not_found(say("leaf gone"))
    middle = Router().mount("/leaf", leaf).get("/y", say("middle"))
    root = Router().mount("/middle", middle).mount("/again", middle)
    assert ask(root, "/middle/leaf/x") == ask(root, "/again/leaf/x") == (200, "leaf()")
    assert ask(root, "/middle/y") == (200, "middle()")
    assert ask(root, "/middle/leaf/z") == (200, "leaf gone()")
    assert ask(root, "/middle/z") == (404, "Not Found")
    assert ask(middle, "/leaf/x") == ask(leaf, "/x") == (200, "leaf()")


def test_mounting_conflicts_name_both_routes() -> None:
    router = Router().get("/api/:a", say("a"))
    with pytest.raises(RouteInsertError, match=r"Get route for /api/:b pattern: .* /api/:a"):
        router.mount("/api", Router().get("/:b", say("b")))
    with pytest.raises(RouteInsertError, match="a prefix has no wildcard"):
        Router().mount("/*all", Router())
    with pytest.raises(ValueError, match="in itself"):
        router.mount("/x", router)


def test_two_routers_may_share_a_prefix() -> None:
    router = (
        Router().mount("/", Router().get("/a", say("a"))).mount("/", Router().get("/b", say("b")))
    )
    assert ask(router, "/a") == (200, "a()")
    assert ask(router, "/b") == (200, "b()")


def test_paths_are_made_from_names() -> None:
    api = (
        Router().get("/users/{id:int}", say("user"), name="user").get("/*p", say("f"), name="file")
    )
    router = Router().mount("/v/:v", api, name="api").get("/", say("home"), name="home")

    @router.get("/go")
    def go(req: Request, ctx: RouteContext) -> Response:
        return Response.redirect(ctx.url_for("api:user", v="1", id=7))

    assert router.url_for("home") == "/"
    assert router.url_for("api:user", v="a b", id=3) == "/v/a%20b/users/3"
    assert router.url_for("api:file", v=1, p="x/y") == "/v/1/x/y"
    assert api.url_for("user", id=3) == "/users/3"
    assert header(router, "/go", "GET", "location") == "/v/1/users/7"
    assert [route.name for route in router.routes] == ["api:user", "api:file", "home", None]
    for name, params in [("nobody", {}), ("api:user", {"v": 1, "id": "x"}), ("home", {"x": 1})]:
        with pytest.raises(RouteNameError):
            router.url_for(name, **params)  # type: ignore[arg-type]


def test_a_name_is_given_once() -> None:
    router = Router().get("/a", say("a"), name="x")
    with pytest.raises(RouteInsertError, match="the name 'x' is taken by /a"):
        router.get("/b", say("b"), name="x")
    assert ask(router, "/b")[0] == 404


def test_head_is_answered_by_get_only_when_asked_for() -> None:
    plain = Router().get("/a", say("a"))
    assert ask(plain, "/a", "HEAD")[0] == 405
    router = Router(auto_head=True).get("/a", say("ä")).get("/b", say("b")).head("/b", say("own"))
    response = asyncio.run(answer(router, "/a", "HEAD"))
    assert (response.status, response.body) == (200, None)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-length"] == "4"
    assert ask(router, "/b", "HEAD") == (200, "own()")
    assert ask(router, "/c", "HEAD")[0] == 404
    assert header(router, "/a", "PUT", "allow") == "GET, HEAD"


def test_options_is_answered_only_when_asked_for() -> None:
    plain = Router().get("/a", say("a"))
    assert ask(plain, "/a", "OPTIONS")[0] == 405
    router = Router(auto_options=True).get("/a", say("a")).options("/own", say("own"))
    assert ask(router, "/a", "OPTIONS") == (204, "")
    assert header(router, "/a", "OPTIONS", "allow") == "GET, OPTIONS"
    assert ask(router, "/own", "OPTIONS") == (200, "own()")
    assert ask(router, "/none", "OPTIONS")[0] == 404


def test_a_policy_is_a_middleware() -> None:
    router = (
        Router().use(Cors(origins=["https://app.example"], methods=["PUT"])).put("/a", say("a"))
    )
    asked = {"origin": "https://app.example", "access-control-request-method": "PUT"}
    preflight = asyncio.run(answer(router, "/a", "OPTIONS", headers=asked))
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-methods"] == "PUT"
    for path, status in (("/a", 200), ("/b", 404)):
        response = asyncio.run(answer(router, path, "PUT", headers=asked))
        assert response.status == status
        assert response.headers["access-control-allow-origin"] == "https://app.example"


def test_wait_until_is_the_contexts() -> None:
    class Context:
        kept: list[Awaitable[object]]

        def wait_until(self, awaitable: Awaitable[object]) -> None:
            self.kept.append(awaitable)

    context = Context()
    context.kept = []
    later: Any = object()
    router = Router()

    @router.get("/")
    def handler(req: Request, ctx: RouteContext) -> Response:
        ctx.wait_until(later)
        return Response.empty()

    ask(router, "/", context=context)
    assert context.kept == [later]
