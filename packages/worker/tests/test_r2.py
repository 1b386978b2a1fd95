"""Ranges, conditions, metadata, and the cutting of uploads into parts."""

import asyncio
from datetime import UTC, datetime

import pytest
from worker._body import to_body
from worker.errors import LimitError
from worker.r2 import Bucket, Conditional, HttpMetadata, MultipartUpload, Range
from worker.r2.multipart import parts_of


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        (Range(offset=1, length=2), {"offset": 1, "length": 2, "suffix": None}),
        (Range(offset=1), {"offset": 1, "length": None, "suffix": None}),
        (Range(length=2), {"offset": None, "length": 2, "suffix": None}),
        (Range(suffix=3), {"offset": None, "length": None, "suffix": 3}),
        (Range.of(slice(2, 5)), {"offset": 2, "length": 3, "suffix": None}),
        (Range.of(slice(2, None)), {"offset": 2, "length": None, "suffix": None}),
        (Range.of(slice(-4, None)), {"offset": None, "length": None, "suffix": 4}),
        (Range.of(range(10, 20)), {"offset": 10, "length": 10, "suffix": None}),
    ],
)
def test_a_range_is_an_offset_a_length_or_a_suffix(part: Range, fields):
    assert part._fields() == fields


@pytest.mark.parametrize(
    "given", [{}, {"suffix": 1, "offset": 1}, {"offset": -1}, {"suffix": 1, "length": 1}]
)
def test_a_range_that_means_nothing_is_refused(given):
    with pytest.raises(ValueError, match=r"range|suffix"):
        Range(**given)


@pytest.mark.parametrize("part", [slice(0, 10, 2), slice(-5, -1), slice(5, 2)])
def test_a_slice_that_is_no_range_of_bytes_is_refused(part: slice):
    with pytest.raises(ValueError, match=r"range|step"):
        Range.of(part)


def test_a_condition_takes_naive_moments_as_utc():
    fields = Conditional(etag_matches="a", uploaded_after=datetime(2026, 1, 1))._fields()  # noqa: DTZ001
    assert fields["etagMatches"] == "a"
    assert fields["uploadedAfter"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert fields["etagDoesNotMatch"] is None


def test_http_metadata_survives_the_way_there_and_back():
    metadata = HttpMetadata(content_type="text/plain", cache_control="immutable")
    sent = {name: value for name, value in metadata._fields().items() if value is not None}
    assert sent == {"contentType": "text/plain", "cacheControl": "immutable"}
    assert HttpMetadata._of(sent) == metadata


def gathered(chunks, size: int) -> list[bytes]:
    async def run() -> list[bytes]:
        return [part async for part in parts_of(chunks, size)]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("chunks", "parts"),
    [
        ([], [b""]),
        ([b"abc"], [b"abc"]),
        ([b"ab", b"cd", b"e"], [b"abc", b"de"]),
        ([b"abcdef"], [b"abc", b"def"]),
        (["äb", b"c"], ["ä".encode() + b"b", b"c"]),
    ],
)
def test_chunks_of_any_size_become_parts_of_one_size(chunks, parts):
    assert gathered(chunks, 3) == parts


def test_limits_are_checked_before_anything_is_sent():
    bucket, upload = Bucket._from_js(None), MultipartUpload._from_js(None)
    for refused in (
        bucket.delete_multiple(["key"] * 1001),
        bucket.list(limit=1001),
        bucket.put("", b""),
        bucket.get("é" * 513),
        bucket.upload("key", [b""], part_size=1),
        upload.upload_part(0, b""),
        upload.upload_part(10_001, b""),
    ):
        with pytest.raises(LimitError):
            refused.send(None)


@pytest.mark.parametrize(
    "call",
    [
        lambda bucket: bucket.head(None),
        lambda bucket: bucket.get(5),
        lambda bucket: bucket.delete(["a", "b"]),
        lambda bucket: bucket.delete_multiple(["a", None]),
    ],
)
def test_a_key_is_text(call):
    with pytest.raises(TypeError, match="a key is text"):
        call(Bucket._from_js(None)).send(None)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"only_if": {"etagMatches": "a"}}, "a condition is a Conditional, or the headers"),
        ({"range": (1, 2)}, "a range is a Range, a slice, or the headers of a request, not tuple"),
        ({"range": "bytes=0-1"}, "not str"),
    ],
)
def test_a_condition_or_a_range_that_r2_would_not_see_is_refused(given, told: str):
    with pytest.raises(TypeError, match=told):
        Bucket._from_js(None).get("key", **given).send(None)


def test_metadata_that_r2_would_not_see_are_refused():
    with pytest.raises(TypeError, match="http_metadata is a HttpMetadata, or the headers"):
        Bucket._from_js(None).put("key", b"", http_metadata={"contentType": "a/b"}).send(None)


@pytest.mark.parametrize("value", [5, {"a": 1}, True])
def test_a_value_that_is_no_body_is_refused(value):
    with pytest.raises(TypeError, match="what is stored is text, bytes, a file or a stream"):
        to_body(value)
