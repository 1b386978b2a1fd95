import pytest
from worker_macros import SignatureError, entrypoint, registry


def test_an_entrypoint_has_its_events_and_its_public_methods():
    class Default:
        async def greet(self, name): ...

        async def fetch(self, req): ...

    entrypoint.register_entrypoint(Default)
    (spec,) = registry.specs()
    assert (spec.kind, spec.name) == ("entrypoint", entrypoint.DEFAULT)
    assert [(m.name, m.role) for m in spec.methods] == [("fetch", "handler"), ("greet", "rpc")]


def test_a_private_class_is_a_base_and_not_exported():
    class _Base: ...

    entrypoint.register_entrypoint(_Base)
    entrypoint.register_workflow(_Base)
    assert registry.specs() == ()


def test_a_public_method_must_be_async():
    class Service:
        def greet(self): ...

    with pytest.raises(SignatureError, match="`greet` is callable by stubs"):
        entrypoint.register_entrypoint(Service)


def test_a_workflow_has_an_async_run():
    class Flow:
        async def run(self, event, step): ...

        def helper(self): ...

    class Empty: ...

    class Wrong:
        def run(self, event, step): ...

    entrypoint.register_workflow(Flow)
    assert [m.name for m in registry.exported("Flow").methods] == ["run"]
    with pytest.raises(SignatureError, match="`Empty` has no `run`"):
        entrypoint.register_workflow(Empty)
    with pytest.raises(SignatureError, match="`run` must be an async function"):
        entrypoint.register_workflow(Wrong)
