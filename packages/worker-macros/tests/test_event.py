import functools

import pytest
from worker_macros import SignatureError, event, registry


def test_a_bare_fetch_handler_is_recorded_and_returned_unchanged():
    async def main(req, env, ctx): ...

    assert event.fetch(main) is main
    (spec,) = registry.specs()
    assert (spec.kind, spec.name, spec.is_async) == ("fetch", "main", True)
    assert spec.target is main
    assert spec.module == __name__
    assert spec.qualname.endswith("<locals>.main")
    assert spec.where.file == __file__
    assert spec.where.line == main.__code__.co_firstlineno
    assert spec.options == {"respond_with_errors": False}


def test_fetch_takes_respond_with_errors():
    @event.fetch(respond_with_errors=True)
    def main(req, env, ctx): ...

    spec = registry.handler("fetch")
    assert spec is not None
    assert spec.target is main
    assert not spec.is_async
    assert spec.options == {"respond_with_errors": True}


@pytest.mark.parametrize(
    "kind", ["fetch", "scheduled", "queue", "email", "tail", "tail_stream", "connect"]
)
def test_a_handler_with_the_wrong_arity_is_refused_with_the_signature_to_paste(kind):
    async def handle(one): ...

    with pytest.raises(SignatureError) as refused:
        getattr(event, kind)(handle)
    line = handle.__code__.co_firstlineno
    assert str(refused.value) == (
        f"the `{kind}` handler `handle` should be a function with 3 arguments but takes 1"
        f" ({__file__}, line {line})"
    )
    assert refused.value.paste.startswith(f"@event.{kind}\nasync def handle(")
    assert refused.value.paste in refused.value.__notes__[0]
    assert refused.value.where.line == line
    assert registry.specs() == ()


def test_a_handler_may_have_more_parameters_when_they_have_defaults():
    @event.scheduled
    async def tick(event, env, ctx, log=print): ...

    @event.queue
    async def consume(*arguments, **options): ...

    assert [spec.kind for spec in registry.specs()] == ["scheduled", "queue"]


def test_a_required_keyword_is_refused():
    async def main(req, env, ctx, *, log): ...

    with pytest.raises(SignatureError, match="takes 3 and the keyword `log`"):
        event.fetch(main)


def test_annotations_are_never_evaluated():
    source = (
        "from __future__ import annotations\n"
        "@event.fetch\n"
        "async def main(req: Nowhere, env: Missing, ctx: 1 / 0) -> Gone: ...\n"
    )
    exec(compile(source, "app.py", "exec"), {"event": event})
    spec = registry.handler("fetch")
    assert spec is not None
    assert spec.where.file == "app.py"


def test_wrapped_and_partial_handlers_are_seen_through():
    async def inner(log, req, env, ctx): ...

    @functools.wraps(inner)
    def outer(*arguments):
        return inner(print, *arguments)

    event.fetch(outer)
    event.tail(functools.partial(inner, print))
    assert [spec.is_async for spec in registry.specs()] == [True, True]
    assert {spec.where.qualname for spec in registry.specs()} == {inner.__qualname__}


def test_a_bound_method_may_be_a_handler():
    class App:
        async def run(self, req, env, ctx): ...

    event.fetch(App().run)
    assert registry.specs()[0].is_async


def test_a_class_is_not_a_handler():
    with pytest.raises(SignatureError, match="must be a function"):

        @event.fetch
        class Main: ...


def test_several_start_handlers_are_kept_in_order():
    @event.start
    def first(): ...

    @event.start
    def second(): ...

    assert [spec.target for spec in registry.starts()] == [first, second]


def test_a_start_handler_is_sync_and_takes_nothing():
    async def asynchronous(): ...

    def eager(env): ...

    with pytest.raises(SignatureError, match="`asynchronous` must not be async"):
        event.start(asynchronous)
    with pytest.raises(SignatureError, match="0 arguments but takes 1"):
        event.start(eager)
