"""Durable Objects, by the routes of the contract."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.miniflare

COUNTER = re.compile(
    r"\[durable_object\]: self\.count: (\d+), self\.unstored_count: (\d+), secret value: secret!"
)


def count(miniflare) -> tuple[int, int]:
    """The stored and the unstored count of the one Counter, after counting once more."""
    response = miniflare.fetch("/durable/anything")
    assert response.status_code == 200
    found = COUNTER.fullmatch(response.text)
    assert found is not None, response.text
    return int(found[1]), int(found[2])


def test_a_counter_keeps_one_count_in_storage_and_one_in_memory(miniflare):
    stored, unstored = count(miniflare)
    assert count(miniflare) == (stored + 10, unstored + 1)


def test_every_id_of_a_counter_is_the_same_object(miniflare):
    stored, unstored = count(miniflare)
    response = miniflare.fetch("/durable/other%20id")
    assert f"self.count: {stored + 10}, self.unstored_count: {unstored + 1}," in response.text
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_counter_without_a_binding_is_a_failure(miniflare):
    response = miniflare.fetch("/durable/shared")
    assert response.status_code == 500
    expected = 'PanicError: DAWJKHDAD: RustError("Binding `SHARED_COUNTER` is undefined.")'
    assert response.text == expected


def test_parallel_increments_lose_none(miniflare):
    before, unstored = count(miniflare)
    with ThreadPoolExecutor(25) as pool:
        done = list(pool.map(lambda _: miniflare.fetch("/durable/x").status_code, range(50)))
    assert done == [200] * 50
    assert count(miniflare) == (before + 510, unstored + 51)


def test_an_evicted_counter_goes_on_from_its_storage(miniflare):
    before, _ = count(miniflare)
    miniflare.evict_durable_object("COUNTER", name="A")
    assert count(miniflare) == (before + 10, 1)


def test_an_alarm_rings(miniflare):
    assert miniflare.fetch("/durable/alarm").text == "false"
    deadline = time.monotonic() + 10
    while miniflare.fetch("/durable/alarm").text != "true":
        assert time.monotonic() < deadline
        time.sleep(0.15)
    miniflare.logs.wait_for("Alarm has been triggered!")


def test_a_socket_to_an_object_is_relayed(miniflare):
    stored, _ = count(miniflare)
    with miniflare.websocket("/durable/websocket") as socket:
        for times in (1, 2, 3):
            socket.send("anything")
            assert socket.recv(timeout=5) == str(stored + 10 * times)


def test_a_socket_survives_the_sleep_of_its_object(miniflare):
    with miniflare.websocket("/durable/websocket") as socket:
        socket.send("before")
        before = int(socket.recv(timeout=5))
        miniflare.durable_objects("COUNTER").evict(name="A", websockets="hibernate")
        socket.send("after")
        assert int(socket.recv(timeout=5)) == before + 10


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("put-raw", "ok"),
        ("auto-response", "ping:pong"),
        ("hello", "Hello from my-durable-object!"),
        ("ctor-name", "Hello from my-durable-object!"),
        ("hello-unique", "Hello from unknown!"),
        ("get-by-name", "Hello from my-durable-object!"),
        ("get-by-name-with-location-hint", "Hello from my-durable-object!"),
    ],
)
def test_what_an_object_answers(miniflare, route, expected):
    response = miniflare.fetch(f"/durable/{route}")
    assert (response.status_code, response.text) == (200, expected)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_an_object_stores_values_of_all_kinds(miniflare):
    assert [miniflare.fetch("/durable/storage").text for _ in range(3)] == ["1", "2", "3"]


def test_an_object_may_refuse(miniflare):
    response = miniflare.fetch("/durable/handle-basic-test")
    assert response.status_code == 500
    assert response.text == (
        "Durable Object responded wrong to 'transaction': "
        "transactional storage API is still unstable"
    )
