import json

from worker_macros import durable_object, entrypoint, event, registry
from worker_macros.codegen.exports import shim


def manifest():
    """As the build sees it: through JSON."""
    return json.loads(json.dumps(registry.manifest()))


def test_handlers_alone():
    @event.fetch
    async def main(req, env, ctx): ...

    @event.scheduled
    async def tick(event, env, ctx): ...

    @event.start
    def begin(): ...

    assert shim(manifest()) == (
        "import { handlers } from './runtime.mjs';\n"
        "\n"
        "export default handlers(['fetch', 'scheduled']);\n"
    )


def test_every_kind_of_class():  # noqa: C901
    @event.fetch
    async def main(req, env, ctx): ...

    @durable_object
    class Counter:
        def __init__(self, state, env): ...

        async def add(self, n: int) -> int: ...

        async def alarm(self): ...

        async def fetch(self, req): ...

    @durable_object
    class Chat:
        def __init__(self, state, env): ...

        async def websocket_message(self, ws, message): ...

        async def websocket_close(self, ws, code, reason, was_clean): ...

        async def websocket_error(self, ws, error): ...

    class MyService:
        async def greet(self): ...

    class Flow:
        async def run(self, event, step): ...

    entrypoint.register_entrypoint(MyService)
    entrypoint.register_workflow(Flow)
    assert shim(manifest(), runtime="./worker.mjs") == (
        "import { durableObject, entrypoint, handlers, workflow } from './worker.mjs';\n"
        "\n"
        "export default handlers(['fetch']);\n"
        "export const Chat = durableObject('Chat',"
        " ['webSocketMessage', 'webSocketClose', 'webSocketError']);\n"
        "export const Counter = durableObject('Counter', ['fetch', 'alarm', 'add']);\n"
        "export const MyService = entrypoint('MyService', ['greet']);\n"
        "export const Flow = workflow('Flow');\n"
    )


def test_a_default_class_takes_the_events_of_functions_along():
    class Default:
        async def fetch(self, req): ...

        async def greet(self): ...

    entrypoint.register_entrypoint(Default)
    assert shim(manifest()).endswith("export default entrypoint('Default', ['fetch', 'greet']);\n")

    @event.queue
    async def consume(batch, env, ctx): ...

    assert shim(manifest()).endswith(
        "export default entrypoint('Default', ['fetch', 'greet'], ['queue']);\n"
    )


def test_a_long_list_of_methods_has_a_line_each():
    names = [f"quite_a_long_method_{number}" for number in range(3)]
    source = "class Service:\n" + "".join(f" async def {name}(self): ...\n" for name in names)
    namespace = {"__name__": __name__}
    exec(source, namespace)
    entrypoint.register_entrypoint(namespace["Service"])
    lines = "".join(f"  '{name}',\n" for name in names)
    assert f"export const Service = entrypoint('Service', [\n{lines}]);\n" in shim(manifest())


def test_the_manifest_tells_signatures_as_source():
    @durable_object
    class Counter:
        """Counts.

        More.
        """

        def __init__(self, state, env): ...

        async def add(self, n: int, *, by: "Counter | None" = None) -> int:
            """Add n."""

    entry = manifest()["objects"][0]
    assert entry["doc"] == "Counts."
    (method,) = entry["methods"]
    assert method["signature"] == "(self, n: int, *, by: Counter | None = ...) -> int"
    assert method["doc"] == "Add n."
    assert (method["name"], method["role"], method["is_async"]) == ("add", "rpc", True)
