"""The set-up of the contract, option for option, around `build/index.js`."""

from collections.abc import Generator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from worker_build.miniflare import Miniflare, Reply

pytestmark = pytest.mark.miniflare

ANALYTICS = """
export default function (env) {
  return { writeDataPoint(data) { console.log(data) } }
}
"""


def options(project: Path) -> dict[str, Any]:
    """Miniflare's options, as the contract lists them."""
    return {
        "scriptPath": project / "build" / "index.js",
        "modulesRoot": project / "build",
        "modules": True,
        "modulesRules": [{"type": "CompiledWasm", "include": ["**/*.wasm"], "fallthrough": True}],
        "compatibilityDate": "2025-07-24",
        "cache": True,
        "d1Persist": False,
        "kvPersist": False,
        "r2Persist": False,
        "cachePersist": False,
        "d1Databases": ["DB"],
        "bindings": {
            "EXAMPLE_SECRET": "example",
            "SOME_SECRET": "secret!",
            "SOME_VARIABLE": "some value",
            "SOME_OBJECT_VARIABLE": {"foo": 42, "bar": "string"},
        },
        "durableObjects": {
            "COUNTER": "Counter",
            "PUT_RAW_TEST_OBJECT": "PutRawTestObject",
            "AUTO": "AutoResponseObject",
            "MY_CLASS": "MyClass",
            "SQL_COUNTER": {"className": "SqlCounter", "useSQLite": True},
            "SQL_ITERATOR": {"className": "SqlIterator", "useSQLite": True},
            "ECHO_CONTAINER": {
                "className": "EchoContainer",
                "useSQLite": True,
                "container": {"imageName": "worker-dev/echocontainer:latest"},
            },
        },
        "kvNamespaces": ["SOME_NAMESPACE", "FILE_SIZES", "TEST"],
        "queueConsumers": {"my_queue": {"maxBatchTimeout": 1}},
        "queueProducers": ["my_queue"],
        "r2Buckets": ["EMPTY_BUCKET", "PUT_BUCKET", "SEEDED_BUCKET", "DELETE_BUCKET"],
        "assets": {
            "directory": project / "public",
            "binding": "ASSETS",
            "routerConfig": {"has_user_worker": True},
        },
        "wrappedBindings": {"HTTP_ANALYTICS": {"scriptName": "mini-analytics-engine"}},
        "secretsStoreSecrets": {
            "SECRETS": {"store_id": "SECRET_STORE", "secret_name": "secret-name"},
            "MISSING_SECRET": {
                "store_id": "SECRET_STORE_MISSING",
                "secret_name": "missing-secret",
            },
        },
        "ratelimits": {
            "TEST_RATE_LIMITER": {
                "namespace_id": "1",
                "simple": {"limit": 10, "period": 60},
            }
        },
        "email": {
            "send_email": [
                {
                    "name": "EMAIL",
                    "allowed_sender_addresses": ["allowed-sender@example.com"],
                    "allowed_destination_addresses": ["allowed-recipient@example.com"],
                }
            ]
        },
        "workers": [{"name": "mini-analytics-engine", "modules": True, "script": ANALYTICS}],
    }


@pytest.fixture(scope="module")
def contract(
    worker_build: Path, worker_project: Path, monkeypatch_module: pytest.MonkeyPatch
) -> Generator[Miniflare]:
    """The sandbox, as the contract's suite sets it up."""
    monkeypatch_module.setenv("WORKERD_ALL_AUTOGATES", "1")
    monkeypatch_module.setenv("NODE_ENV", "test")
    with Miniflare(
        worker_build,
        options(worker_project),
        services={"remote": Reply("hello world")},
        outbound={"https://cloudflare.com/": Reply("cloudflare!")},
    ) as worker:
        worker.secret("SECRETS").create("secret value")
        yield worker


@pytest.fixture(scope="module")
def monkeypatch_module() -> Generator[pytest.MonkeyPatch]:
    """The environment of this module's Miniflare."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "/request",
            "req at: /request, located at: Some((30.2713, -97.7426)), within: Texas",
        ),
        ("/secret", "secret!"),
        ("/var", "some value"),
        ("/object-var", '{"foo":42,"bar":"string"}'),
        ("/asset/test.txt", "TEST"),
        ("/init-called", "true"),
        ("/analytics-engine", "Events sent"),
        ("/remote-by-path", "hello world"),
        ("/remote-by-request", "hello world"),
        ("/request-init-fetch", "cloudflare!"),
        ("/durable/hello", "Hello from my-durable-object!"),
        ("/durable/put-raw", "ok"),
        ("/durable/auto-response", "ping:pong"),
        ("/sql-counter/a", "SQL counter is now 1"),
        ("/get-from-secret-store", "secret value"),
        ("/rate-limit/check", '{"success":true}'),
        ("/r2/list-empty", "ok"),
        ("/queue", "[]"),
        ("/signal/poll", "true:false"),
        ("/cache-api/get/example.org", "cache miss"),
    ],
)
def test_a_route_answers_as_the_contract_says(contract, path, text):
    response = contract.fetch(path)
    assert (response.status_code, response.text) == (200, text)


def test_the_one_binding_that_the_set_up_leaves_out_is_missed(contract):
    response = contract.fetch("/durable/alarm")
    assert (response.status_code, response.text) == (500, "Binding `ALARM` is undefined.")


def test_a_database_is_filled_and_read(contract):
    for statement in (
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER NOT NULL);",
        "INSERT INTO people (id, name, age) VALUES (1, 'Freddie Pearce', 26);",
    ):
        response = contract.fetch("/d1/exec", method="POST", body=statement)
        assert (response.status_code, response.text) == (200, "1")


def test_a_message_comes_back_from_the_queue_in_time(contract):
    import time

    number = str(uuid4())
    assert contract.fetch(f"/queue/send/{number}", method="POST").text == "Message sent"
    deadline = time.monotonic() + 5
    while contract.fetch("/queue").json() != [{"id": number, "id_string": number}]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_socket_of_an_object_counts(contract):
    with contract.websocket("/durable/websocket") as socket:
        for text in ("10", "20", "30"):
            socket.send("x")
            assert socket.recv(timeout=5) == text


def test_an_address_that_is_not_allowed_is_refused(contract):
    told = contract.fetch("/send-email?scenario=mime-disallowed-sender").json()
    assert told["error"] == "Error: email from evil@example.com not allowed"
    assert contract.fetch("/send-email?scenario=structured-ok").json()["ok"] is True
