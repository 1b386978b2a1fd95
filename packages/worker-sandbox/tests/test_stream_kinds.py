"""Streams under the real runtime (workers-rs `ByteStream`, `FixedLengthStream`)."""

import http.client
import re
import time
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest


def test_two_hundred_megabytes_pass_through_a_generator(miniflare):
    url = urlsplit(miniflare.url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.request("GET", "/streams/blocks/3200", headers={"accept-encoding": "identity"})
    answer = connection.getresponse()
    size, held = 0, []
    while piece := answer.read(1 << 20):
        size += len(piece)
        if size % (20 << 20) < 1 << 20:
            held.append(memory(miniflare))
    connection.close()
    assert size == 3200 * 65536
    assert max(held) - held[1] < 64 << 10
    assert miniflare.fetch("/streams/ended").json() == ["all"]


def memory(miniflare) -> int:
    """KiB of memory that the runtime's process holds."""
    helper = miniflare._helper._process.pid
    for children in Path(f"/proc/{helper}/task").glob("*/children"):
        for child in children.read_text().split():
            process = Path(f"/proc/{child}")
            if process.joinpath("comm").read_text().strip() == "workerd":
                status = process.joinpath("status").read_text()
                return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
    raise AssertionError("there is no process of the runtime")


def test_a_generator_is_asked_for_no_more_than_its_reader_takes(miniflare):
    url = urlsplit(miniflare.url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.request("GET", "/streams/counted/20000", headers={"accept-encoding": "identity"})
    answer = connection.getresponse()
    answer.read(65536)
    before = None
    while before != (before := miniflare.fetch("/streams/made").json()):
        time.sleep(0.3)
    # What the sockets on the way hold is a few MB; the whole would be 1,250.
    assert before < 1000
    answer.read(100 << 20)
    assert miniflare.fetch("/streams/made").json() > 1600
    connection.close()


def test_a_client_that_leaves_reaches_the_generators_finally(miniflare):
    miniflare.fetch("/streams/ended")
    url = urlsplit(miniflare.url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.request("GET", "/streams/blocks/100000", headers={"accept-encoding": "identity"})
    connection.getresponse().read(65536)
    connection.close()
    deadline = time.monotonic() + 10
    while (ended := miniflare.fetch("/streams/ended").json()) != ["early"]:
        assert not ended
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_stream_of_known_length_says_it(miniflare):
    answer = miniflare.fetch("/streams/fixed/10", headers={"accept-encoding": "identity"})
    assert (answer.content, answer.headers["content-length"]) == (bytes(10), "10")


def test_compression_happens_inside_the_platform(miniflare):
    body = b"compress me " * 10_000
    assert miniflare.fetch("/streams/packed", method="POST", body=body).content == body
    assert miniflare.fetch("/streams/compressed").content == b"hello " * 100


@pytest.mark.parametrize("length", [1, 5])
def test_another_length_than_announced_is_an_error(miniflare, length):
    assert miniflare.fetch(f"/streams/lengths/{length}/{length}").content == bytes(length)
    told = miniflare.fetch(f"/streams/lengths/{length}/{length + 1}")
    got = f"(expected {length}, got {length + 1})"
    assert told.text == f"fixed length stream had different length than expected {got}"


@pytest.mark.parametrize(("name", "window"), [("gzip", 31), ("deflate", 15), ("deflate-raw", -15)])
def test_each_format_is_that_of_zlib_both_ways(miniflare, name, window):
    body = b"compress me " * 1000
    packed = miniflare.fetch(f"/streams/compress/{name}", method="POST", body=body).content
    assert zlib.decompress(packed, window) == body
    maker = zlib.compressobj(wbits=window)
    data = maker.compress(body) + maker.flush()
    assert miniflare.fetch(f"/streams/decompress/{name}", method="POST", body=data).content == body
    broken = miniflare.fetch(f"/streams/decompress/{name}", method="POST", body=data[:-9] + b"x")
    assert broken.status_code == 400


def test_a_format_that_is_none_is_the_clients_mistake(miniflare):
    told = miniflare.fetch("/streams/compress/zip", method="POST", body=b"x")
    assert (told.status_code, told.json()["problems"]) == (
        422,
        [{"in": "path", "at": "format", "message": "expected one of gzip, deflate, deflate-raw"}],
    )
