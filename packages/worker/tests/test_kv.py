"""What KV refuses before anything is sent, and how values become text."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from worker import _limits
from worker._body import is_raw, length_of
from worker._jsontext import from_json, to_json
from worker.errors import JsonError, LimitError
from worker.kv import _reading
from worker.kv.store import KvStore
from worker.streams import ByteStream


@pytest.mark.parametrize("key", ["", ".", "..", "x" * 513, "é" * 257])
def test_keys_outside_the_limits_are_refused(key: str):
    with pytest.raises(LimitError):
        _reading.check_key(key)


@pytest.mark.parametrize("key", [None, 5, b"key"])
def test_a_key_is_text(key):
    with pytest.raises(TypeError, match="a key is text"):
        _reading.check_key(key)


def test_a_word_is_no_type_to_read_as():
    with pytest.raises(TypeError, match="'json' is no type"):
        KvStore._from_js(None).get("key", "json").send(None)


@pytest.mark.parametrize("given", [{"expiration": 1_900_000_000_000}, {"expiration_ttl": 2**31}])
def test_milliseconds_for_seconds_are_refused(given):
    error = refusal(KvStore._from_js(None).put("key", "value", **given))
    assert error.limit == 2**31 - 1


def test_a_key_may_have_512_bytes():
    _reading.check_key("é" * 256)


def refusal(coroutine) -> LimitError:
    """What a call raises before it touches JavaScript."""
    with pytest.raises(LimitError) as caught:
        coroutine.send(None)
    return caught.value


@pytest.mark.parametrize("ttl", [59, 0, timedelta(seconds=59)])
def test_a_value_lives_at_least_a_minute(ttl):
    error = refusal(KvStore._from_js(None).put("key", "value", expiration_ttl=ttl))
    assert error.limit == 60


def test_metadata_may_have_1024_bytes():
    error = refusal(KvStore._from_js(None).put("key", "value", metadata="x" * 1023))
    assert (error.actual, error.limit) == (1025, 1024)


def test_a_value_may_have_25_mebibytes():
    error = refusal(KvStore._from_js(None).put("key", bytes(25 * 1024 * 1024 + 1)))
    assert error.limit == 25 * 1024 * 1024


@pytest.mark.parametrize("ttl", [29, timedelta(seconds=29)])
def test_a_cache_keeps_a_value_for_at_least_30_seconds(ttl):
    error = refusal(KvStore._from_js(None).get("key", cache_ttl=ttl))
    assert error.limit == 30


def test_a_bulk_read_may_have_100_keys():
    error = refusal(KvStore._from_js(None).get_many(f"key_{n}" for n in range(101)))
    assert str(error) == "bulk read: 101 keys, at most 100"
    assert isinstance(error, ValueError)


def test_a_bulk_read_of_no_keys_asks_nobody():
    with pytest.raises(StopIteration) as stopped:
        KvStore._from_js(None).get_many([]).send(None)
    assert stopped.value.value == {}


def test_a_bulk_read_gives_no_bytes():
    with pytest.raises(TypeError, match="key by key"):
        KvStore._from_js(None).get_many(["a"], bytes).send(None)


def test_a_limit_is_a_number():
    with pytest.raises(TypeError, match="limit is a number of keys, not str"):
        KvStore._from_js(None).list(limit="5").send(None)


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_page_has_1_to_1000_keys(limit: int):
    refusal(KvStore._from_js(None).list(limit=limit))


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (None, None),
        (2_000_000_000, 2_000_000_000),
        (datetime(2033, 5, 18, 3, 33, 20, tzinfo=UTC), 2_000_000_000),
        (datetime(2033, 5, 18, 3, 33, 20), 2_000_000_000),  # noqa: DTZ001  naive is UTC
    ],
)
def test_an_expiration_is_seconds_or_a_moment(moment, seconds):
    assert _limits.unix_seconds(moment) == seconds


@dataclass
class Point:
    x: int
    y: int


def test_values_that_are_no_text_or_bytes_are_json():
    assert to_json(Point(1, 2)) == '{"x":1,"y":2}'
    assert to_json({"when": datetime(2026, 1, 2, tzinfo=UTC)}) == (
        '{"when":"2026-01-02T00:00:00+00:00"}'
    )
    assert not is_raw(Point(1, 2))
    assert not is_raw(["text"])


def test_text_bytes_and_streams_are_stored_as_they_are():
    for value in ("text", b"bytes", bytearray(1), memoryview(b"x"), ByteStream([b"x"])):
        assert is_raw(value)
    assert length_of("é") == 2
    assert length_of(memoryview(b"abc")) == 3
    assert length_of(ByteStream([b"x"])) is None


def test_a_large_integer_keeps_its_digits():
    assert from_json(to_json({"id": 2**60 + 1})) == {"id": 2**60 + 1}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_has_no_json_form_is_refused(value):
    with pytest.raises(JsonError, match="no JSON form"):
        to_json(value)


def test_text_that_is_not_json_is_refused():
    with pytest.raises(JsonError, match="not JSON"):
        from_json("{")


def test_numbers_and_booleans_are_stored_as_their_text():
    assert [to_json(value) for value in (1, 1.5, True, None, "a")] == [
        "1",
        "1.5",
        "true",
        "null",
        '"a"',
    ]
