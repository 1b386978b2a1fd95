from worker_macros import durable_object, entrypoint, event, registry
from worker_macros.problems import problems, unbound


def found():
    return [problem.what for problem in problems(registry.manifest())]


async def main(req, env, ctx): ...


async def other(req, env, ctx): ...


def test_nothing_registered_is_no_entry_point():
    (problem,) = problems(registry.manifest())
    assert problem.what.startswith("the project has no entry point")
    assert "@event.fetch" in problem.fix


def test_a_start_handler_alone_is_no_entry_point():
    event.start(lambda: None)
    assert len(found()) == 1


def test_one_fetch_handler_is_fine():
    event.fetch(main)
    assert found() == []


def test_two_fetch_handlers_are_named_with_their_places():
    event.fetch(main)
    event.fetch(other)
    (problem,) = problems(registry.manifest())
    line = main.__code__.co_firstlineno
    assert problem.what == (
        f"the worker has 2 `fetch` handlers: `main` ({__file__}:{line})"
        f" and `other` ({__file__}:{line + 3})"
    )
    assert problem.where == f"{__file__}:{line + 3}"


def test_an_event_beside_the_same_method_of_the_default_class_is_a_problem():
    class Default:
        async def fetch(self, req): ...

    entrypoint.register_entrypoint(Default)
    event.queue(main)
    assert found() == []
    event.fetch(main)
    (what,) = found()
    assert what.startswith("`@event.fetch` on `main` stands beside `Default.fetch` (")


def test_an_rpc_only_default_class_may_stand_beside_fetch():
    class Default:
        async def greet(self): ...

    entrypoint.register_entrypoint(Default)
    event.fetch(main)
    assert found() == []


def room(name="Room"):
    namespace = {"__name__": __name__}
    exec(f"class {name}:\n def __init__(self, state, env): ...\n", namespace)
    return durable_object(namespace[name])


def test_two_classes_with_one_export_name_are_a_problem():
    room()
    room()
    (what,) = found()
    assert what.startswith("two classes are exported as `Room`")


def test_names_that_javascript_keeps_are_a_problem():
    room("new")
    room("Default")
    assert any("`new` cannot be the name" in what for what in found())
    assert any("cannot be named `Default`" in what for what in found())


def test_a_class_that_the_wrangler_file_does_not_know_is_told_with_what_to_add():
    room("ChatRoom")
    binding, migration = unbound(registry.manifest(), {})
    assert binding.what == "the Durable Object `ChatRoom` has no binding"
    assert 'name = "CHAT_ROOM"\nclass_name = "ChatRoom"' in binding.fix
    assert migration.what == "the Durable Object `ChatRoom` is in no migration"
    assert 'tag = "v1"\nnew_sqlite_classes = ["ChatRoom"]' in migration.fix


def test_bindings_and_migrations_are_followed():
    room()
    config = {
        "durable_objects": {"bindings": [{"name": "R", "class_name": "Room"}]},
        "migrations": [
            {"tag": "v1", "new_sqlite_classes": ["Old"]},
            {"tag": "v2", "renamed_classes": [{"from": "Old", "to": "Room"}]},
        ],
    }
    assert unbound(registry.manifest(), config) == []
    config["migrations"].append({"tag": "v3", "deleted_classes": ["Room"]})
    (problem,) = unbound(registry.manifest(), config)
    assert 'tag = "v4"' in problem.fix


def test_a_workflow_without_a_binding_is_told():
    class SignUp:
        async def run(self, event, step): ...

    entrypoint.register_workflow(SignUp)
    (problem,) = unbound(registry.manifest(), {"workflows": []})
    assert 'name = "sign-up"\nbinding = "SIGN_UP"\nclass_name = "SignUp"' in problem.fix
    known = {"workflows": [{"name": "s", "binding": "S", "class_name": "SignUp"}]}
    assert unbound(registry.manifest(), known) == []
