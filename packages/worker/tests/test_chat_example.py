"""The chat room of `examples/chat`, as a browser uses it."""

import json
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.errors import BuildError
from worker_build.miniflare import Miniflare

pytestmark = pytest.mark.miniflare

PROJECT = Path(__file__).parents[3] / "examples" / "chat"


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("chat") / "build"
    try:
        pipeline.build(PROJECT, out_dir=out)
    except BuildError as error:
        pytest.fail(str(error), pytrace=False)
    with Miniflare.from_project(PROJECT, build=out, outbound={}) as running:
        yield running


def said(socket) -> tuple[str, str]:
    message = json.loads(socket.recv(timeout=20))
    assert message["at"].endswith("+00:00")
    return message["name"], message["text"]


def test_the_page_is_served_for_each_room(chat):
    for path in ("/", "/tea"):
        answer = chat.fetch(path)
        assert answer.headers["content-type"].startswith("text/html")
        assert "new WebSocket" in answer.text


def test_everybody_hears_everybody_and_a_newcomer_the_history(chat):
    with chat.websocket("/rooms/tea/ann") as ann, chat.websocket("/rooms/tea/bob") as bob:
        ann.send("hello")
        assert said(ann) == said(bob) == ("ann", "hello")
        chat.durable_objects("ROOM").evict(name="tea", websockets="hibernate")
        bob.send("hi")
        assert said(ann) == said(bob) == ("bob", "hi")
        assert chat.fetch("/rooms/tea").json() == {"guests": 2}
        with chat.websocket("/rooms/tea/eve") as eve:
            assert [said(eve), said(eve)] == [("ann", "hello"), ("bob", "hi")]
    with chat.websocket("/rooms/other/ann") as ann:
        ann.send("alone")
        assert said(ann) == ("ann", "alone")


def test_a_request_that_is_no_websocket_is_told_so(chat):
    assert chat.fetch("/rooms/tea/ann").status_code == 426
