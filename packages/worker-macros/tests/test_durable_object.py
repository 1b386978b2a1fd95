import pytest
from worker_macros import SignatureError, durable_object, registry
from worker_macros.methods import BASE_MARK


class Base:
    locals()[BASE_MARK] = True

    def __init__(self, state, env): ...

    def helper(self): ...


def test_exactly_the_defined_handlers_and_methods_are_recorded():
    @durable_object
    class Room(Base):
        limit = 3

        async def setup(self): ...

        async def add(self, a: int, b: int) -> int: ...

        async def say(self, *words): ...

        async def websocket_message(self, ws, message): ...

        def fetch(self, req): ...

        def _private(self): ...

        @property
        def size(self): ...

        @staticmethod
        def parse(text): ...

    (spec,) = registry.specs()
    assert (spec.kind, spec.name, spec.target) == ("object", "Room", Room)
    assert [(m.name, m.role, m.is_async, m.arguments) for m in spec.methods] == [
        ("fetch", "handler", False, 1),
        ("webSocketMessage", "handler", True, 2),
        ("add", "rpc", True, 2),
        ("say", "rpc", True, None),
    ]
    assert registry.exported("Room") is spec
    assert spec.method("webSocketMessage").attribute == "websocket_message"
    assert spec.method("gone") is None


def test_methods_of_the_users_own_base_classes_count():
    class Shared(Base):
        async def ping(self): ...

        async def alarm(self): ...

    @durable_object
    class Room(Shared):
        async def alarm(self, info): ...

    assert [(m.name, m.arguments) for m in registry.specs()[0].methods] == [
        ("alarm", 1),
        ("ping", 0),
    ]


def test_a_class_need_not_subclass_anything():
    @durable_object
    class Counter:
        def __init__(self, state, env): ...

    assert registry.exported("Counter").methods == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def __init__(self, state): ...", r"should take \(self, state, env\) but takes 2"),
        ("", r"has no constructor for \(state, env\)"),
        ("async def fetch(self): ...", "the handler `fetch` should take 1 arguments"),
        ("async def alarm(self, a, b): ...", "`alarm` should take 0 or 1 arguments"),
        ("def add(self): ...", "`add` is callable by stubs, so it must be an async function"),
        ("async def feed(self): yield 1", "`feed` is callable by stubs"),
        ("async def dup(self): ...", "a stub keeps that name"),
        ("async def name(self): ...", "a stub keeps that name"),
        ("async def setup(self, env): ...", "`setup` of the Durable Object `Room` takes no"),
    ],
)
def test_a_shape_that_cannot_be_called_is_refused(body, message):
    bases = "" if "setup" in body or "init" in body or not body else "(Base)"
    if "setup" in body:
        body = f"def __init__(self, state, env): ...\n    {body}"
    source = f"class Room{bases}:\n    {body or 'pass'}\n"
    namespace = {"Base": Base, "__name__": __name__}
    exec(compile(source, "app.py", "exec"), namespace)
    with pytest.raises(SignatureError, match=message) as refused:
        durable_object(namespace["Room"])
    assert "line" in str(refused.value)
    assert registry.specs() == ()
