"""The pages in `docs/` keep their word: the code of each is one worker, built and driven here."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from worker_build import config, errors, new, pipeline
from worker_build.miniflare import Miniflare, Mock, MockRequest

DOCS = Path(__file__).parents[1] / "docs"
served = pytest.mark.miniflare


def blocks(page: str, language: str) -> list[str]:
    """The code of a page in one language."""
    text = (DOCS / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def project(folder: Path, page: str, template: str = "router") -> Path:
    """The worker that the blocks of a page are, put together."""
    new.create(folder, template)
    (folder / "src" / "main.py").write_text("\n\n".join(blocks(page, "python")), "utf-8")
    with (folder / "wrangler.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"\n{table}" for table in blocks(page, "toml"))
    return folder


def running(folder: Path, outbound: Mapping[str, Mock] | None = None):
    pipeline.build(folder)
    with Miniflare.from_project(folder, outbound=outbound or {}) as worker:
        yield worker


@pytest.fixture(scope="module")
def requests(tmp_path_factory):
    weather = {"https://weather.example/*": (200, {}, "rain"), "https://upstream.example/*": echoed}
    folder = project(tmp_path_factory.mktemp("docs") / "requests", "requests.md")
    yield from running(folder, outbound=weather)


def echoed(request: MockRequest) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, request.body


@served
def test_what_fits_a_type_is_taken_and_what_does_not_is_a_422_with_the_field(requests):
    answer = requests.fetch("/orders", method="POST", json={"item": "tea"})
    assert (answer.status_code, answer.json()) == (201, {"item": "tea", "count": 1})
    wrong = requests.fetch("/orders", method="POST", json={"item": "tea", "count": "many"})
    assert wrong.status_code == 422
    assert "count" in wrong.text
    assert requests.fetch("/orders?page=2&tag=x").json() == {"page": 2, "tag": "x"}
    assert requests.fetch("/orders?page=two").status_code == 422


@served
@pytest.mark.parametrize(
    ("kind", "status", "header", "value"),
    [
        ("text", 200, "content-type", "text/plain; charset=utf-8"),
        ("json", 200, "content-type", "application/json"),
        ("html", 200, "content-type", "text/html; charset=utf-8"),
        ("bytes", 200, "content-type", "application/octet-stream"),
        ("elsewhere", 301, "location", "https://example.com/"),
        ("cookie", 200, "set-cookie", "seen=yes; Path=/; Max-Age=604800; HttpOnly; Secure"),
        ("headers", 202, "x-two", "2"),
        ("none", 404, "content-type", None),
    ],
)
def test_each_constructor_answers_as_its_line_says(requests, kind, status, header, value):
    answer = requests.fetch(f"/answers/{kind}")
    assert answer.status_code == status
    if header == "set-cookie":
        assert set(answer.headers[header].split("; ")) == set(value.split("; "))
    elif kind != "none":
        assert answer.headers[header] == value


@served
def test_streams_and_events_are_sent(requests):
    assert requests.fetch("/count").text == "0\n1\n2\n"
    events = requests.fetch("/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    assert 'data: {"number":2}' in events.text.replace(": 2}", ":2}")


@served
def test_the_router_of_the_page_finds_names_links_and_mounts(requests):
    assert requests.fetch("/users/7/files/a/b").json() == {"user": 7, "path": "a/b"}
    assert requests.fetch("/link").text == "/users/7/files/a%20b.txt"
    assert requests.fetch("/users/seven/files/a").status_code == 404
    answer = requests.fetch("/api/me", headers={"origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["x-served-by"] == "python"
    assert requests.fetch("/link", method="HEAD").status_code == 200
    wrong = requests.fetch("/link", method="DELETE")
    assert (wrong.status_code, "GET" in wrong.headers["allow"]) == (405, True)


@served
def test_exceptions_and_unknown_paths_are_answered_by_the_page_s_handlers(requests):
    answer = requests.fetch("/buy/tea")
    assert (answer.status_code, answer.text) == (409, "no tea left")
    assert requests.fetch("/nowhere").json() == {"no such path": "/nowhere"}


@served
def test_bodies_are_fetched_and_forwarded(requests):
    answer = requests.fetch("/weather")
    assert (answer.text, answer.headers["x-passed-on"]) == ("rain", "yes")
    assert requests.fetch("/forward", method="POST", body=b"\x00onward").content == b"\x00onward"


@served
def test_the_websocket_of_the_page_echoes(requests):
    with requests.websocket("/echo") as socket:
        socket.send("hello")
        assert socket.recv() == "hello"


@pytest.fixture(scope="module")
def bindings(tmp_path_factory):
    yield from running(project(tmp_path_factory.mktemp("docs") / "bindings", "bindings.md"))


@served
def test_variables_notes_sales_and_photos_are_kept(bindings):
    assert bindings.fetch("/greeting").text == "Hello, up to 10 pages"
    bindings.fetch("/notes/one", method="PUT", json={"text": "first"})
    assert bindings.fetch("/notes/one").text == "first"
    assert bindings.fetch("/notes/two").status_code == 404
    assert bindings.fetch("/notes").json() == ["one"]
    assert bindings.fetch("/sales/tea", method="POST").status_code == 201
    assert bindings.fetch("/sales/tea", method="POST").status_code == 201
    assert bindings.fetch("/sales/tea").json()["count"] == 2


@served
def test_a_photo_is_stored_in_parts_and_handed_on_with_its_type(bindings):
    picture = b"\x89PNG" * 1000
    headers = {"content-type": "image/png"}
    assert bindings.fetch("/photos/a/b.png", method="PUT", body=picture, headers=headers).is_success
    found = bindings.fetch("/photos/a/b.png")
    assert (found.content, found.headers["content-type"]) == (picture, "image/png")
    again = bindings.fetch("/photos/a/b.png", headers={"if-none-match": found.headers["etag"]})
    assert again.status_code == 304
    assert bindings.fetch("/photos/none").status_code == 404


@served
def test_an_order_goes_through_the_queue(bindings):
    assert bindings.fetch("/orders", method="POST", json={"item": "tea"}).status_code == 202
    for _ in range(100):
        if stored := bindings.kv("NOTES").get("last-order"):
            break
        asyncio.run(asyncio.sleep(0.1))
    assert json.loads(stored or "{}")["text"] == "tea"


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    page = "durable-objects.md"
    yield from running(project(tmp_path_factory.mktemp("docs") / "objects", page))


@served
def test_a_room_remembers_tells_its_sockets_and_refuses_at_the_caller(objects):
    with objects.websocket("/rooms/hall/live") as socket:
        assert objects.fetch("/rooms/hall/ada", method="POST", body="hello").json() == 1
        assert json.loads(socket.recv()) == {"who": "ada", "what": "hello"}
        socket.send("and me")
        assert json.loads(socket.recv()) == {"who": "guest", "what": "and me"}
    assert objects.fetch("/rooms/hall").json() == ["ada: hello", "guest: and me"]
    assert objects.fetch("/rooms/hall/guest", method="DELETE").status_code == 204
    refused = objects.fetch("/rooms/hall/admin", method="DELETE")
    assert (refused.status_code, refused.text) == (403, "nobody removes the admin")


@served
def test_a_workflow_of_the_page_ends_with_its_output(objects):
    made = objects.fetch("/sign-up/Ada", method="POST").json()["id"]
    for _ in range(100):
        seen = objects.fetch(f"/sign-up/{made}").json()
        if seen["status"] == "complete":
            break
        asyncio.run(asyncio.sleep(0.1))
    assert seen == {"status": "complete", "output": "welcome, Ada"}


@served
def test_the_framework_of_the_page_keeps_an_item(tmp_path):
    folder = project(tmp_path / "frameworks", "frameworks.md", "fastapi")
    for worker in running(folder):
        item = {"name": "tea", "price": 2.5}
        assert worker.fetch("/items/1", method="PUT", json=item).json() == item
        assert worker.fetch("/items/1").json() == item
        assert worker.fetch("/items/1", method="PUT", json={"name": "tea"}).status_code == 422


@served
def test_the_tests_of_the_page_about_tests_pass(tmp_path):
    folder = project(tmp_path / "testing", "testing.md")
    (folder / "tests" / "test_main.py").write_text("\n".join(blocks("testing.md", "pytest")))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_the_code_of_every_page_is_clean_under_type_checking(tmp_path):
    # Not of frameworks.md: the framework is a dependency of its project, and not of ours.
    pages = [page for page in sorted(DOCS.glob("*.md")) if blocks(page.name, "python")]
    pages.remove(DOCS / "frameworks.md")
    assert len(pages) == 4
    for page in pages:
        code = "\n\n".join(blocks(page.name, "python"))
        name = page.stem.replace("-", "_")
        (tmp_path / f"{name}.py").write_text(f"# pyright: strict\n{code}", "utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"pythonVersion": "3.12"}')
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_code_has_its_line_with_what_it_means_and_what_to_do():
    rows = re.findall(
        r"^\| (WB\d+) \| (.+?) \| (.+) \|$", (DOCS / "errors.md").read_text(), re.MULTILINE
    )
    assert [(code, what) for code, what, _ in rows] == list(errors.CODES.items())


def test_every_setting_has_its_line_in_the_words_of_the_schema():
    text = (DOCS / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", text, re.MULTILINE)
    keys = json.loads(config.schema())["properties"]
    assert rows == [(key, each["description"]) for key, each in keys.items()]


def test_what_a_page_links_to_is_there():
    for page in DOCS.glob("*.md"):
        for link, part in re.findall(
            r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page.read_text("utf-8")
        ):
            target = (page.parent / link) if link else page
            assert target.exists(), (page.name, link)
            if part:
                assert part in headings(target), (page.name, part)


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}
