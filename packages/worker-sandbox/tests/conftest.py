from pathlib import Path
from typing import Any

import pytest
from worker_build.miniflare import EchoSocket, Reply


@pytest.fixture(scope="session")
def worker_project() -> Path:
    """The sandbox itself: built once a session, served with fresh storage to each module."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="module")
def miniflare_options() -> dict[str, Any]:
    """What the contract says beside the wrangler file: secrets, services, the world outside."""
    todo = '{"userId":1,"id":1,"title":"delectus aut autem","completed":false}'
    return {
        "bindings": {
            "SOME_SECRET": "secret!",
            "EXAMPLE_SECRET": "example",
            "SOME_VARIABLE": "some value",
            "SOME_OBJECT_VARIABLE": {"foo": 42, "bar": "string"},
        },
        "services": {"remote": Reply("hello world")},
        "outbound": {
            "https://example.com/": Reply("example"),
            "https://jsonplaceholder.typicode.com/todos/1": Reply(
                todo, headers={"content-type": "application/json"}
            ),
            "https://cloudflare.com/": Reply("cloudflare!"),
            "https://httpbin.org/post": Reply('{"url": "https://httpbin.org/post"}'),
            "https://miniflare.mocks/delay": Reply("cloudflare!", delay=10),
            "https://github.com/404": Reply("not here"),
            "https://echo.miniflare.mocks/": EchoSocket(),
        },
    }
