"""The chat room and the sandbox's index, in a real browser."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from support.browser import Browser, Page, browser
from worker_build import pipeline
from worker_build.miniflare import Miniflare

pytestmark = pytest.mark.miniflare

ROOT = Path(__file__).parents[1]

SAID = "[...document.querySelectorAll('article')].map(said => said.lastChild.textContent)"
MINE = "[...document.querySelectorAll('article.mine')].map(said => said.lastChild.textContent)"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Generator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def chat(opened: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Miniflare]:
    out = tmp_path_factory.mktemp("chat") / "build"
    pipeline.build(ROOT / "examples" / "chat", out_dir=out)
    with Miniflare.from_project(ROOT / "examples" / "chat", build=out, outbound={}) as running:
        yield running


def enter(opened: Browser, chat: Miniflare, room: str, name: str) -> Page:
    page = opened.open(f"{chat.url}{room}")
    page.run(f"document.forms.join.name.value = '{name}'; document.forms.join.requestSubmit()")
    wanted = f"You are here as {name}."
    assert page.until("document.querySelector('#state').textContent", wanted) == wanted
    return page


def say(page: Page, text: str) -> None:
    page.run(f"document.forms.say.text.value = '{text}'; document.forms.say.requestSubmit()")


def test_guests_talk_while_the_room_sleeps_and_a_newcomer_reads_the_history(opened, chat):
    ann, bob = enter(opened, chat, "tea", "ann"), enter(opened, chat, "tea", "bob")
    say(ann, "hello")
    assert bob.until(SAID, ["hello"]) == ["hello"]
    chat.durable_objects("ROOM").evict(name="tea", websockets="hibernate")
    say(bob, "<b>hi</b>")
    both = ["hello", "<b>hi</b>"]
    assert ann.until(SAID, both) == both
    assert ann.run(MINE) == ["hello"]
    eve = enter(opened, chat, "tea", "eve")
    assert eve.until(SAID, both) == both
    assert chat.fetch("/rooms/tea").json() == {"guests": 3}


def test_rooms_do_not_hear_each_other(opened, chat):
    alone = enter(opened, chat, "quiet%20room", "ann")
    assert alone.run("document.title") == "quiet room"
    assert alone.run(SAID) == []


@pytest.fixture(scope="module")
def sandbox(opened: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Miniflare]:
    project = ROOT / "packages" / "worker-sandbox"
    out = tmp_path_factory.mktemp("sandbox") / "build"
    pipeline.build(project, out_dir=out)
    with Miniflare.from_project(project, build=out, outbound={}) as running:
        yield running


@pytest.mark.parametrize("width", [1200, 360])
def test_the_index_of_the_sandbox_fits_its_window_and_leads_everywhere(opened, sandbox, width):
    page = opened.open(f"{sandbox.url}index")
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=width, height=800, deviceScaleFactor=1, mobile=False,
    )  # fmt: skip
    assert page.until("innerWidth", width) == width
    assert page.run("document.documentElement.scrollWidth") <= width
    narrow: Any = page.run(
        "Math.min(...[...document.querySelectorAll('td:nth-child(3)')].map(td => td.clientWidth))"
    )
    assert narrow > 200
    broken = "[...document.querySelectorAll('nav a')].filter(a => !document.querySelector(a.hash))"
    assert page.run(f"{broken}.length") == 0
    assert page.run("document.querySelectorAll('nav a').length") > 40
