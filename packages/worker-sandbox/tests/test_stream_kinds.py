"""Streams under the real runtime (workers-rs `ByteStream`, `FixedLengthStream`)."""

import http.client
import time
from urllib.parse import urlsplit


def test_two_hundred_megabytes_pass_through_a_generator(miniflare):
    url = urlsplit(miniflare.url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.request("GET", "/streams/blocks/3200", headers={"accept-encoding": "identity"})
    answer = connection.getresponse()
    size = 0
    while piece := answer.read(1 << 20):
        size += len(piece)
    connection.close()
    assert size == 3200 * 65536
    assert miniflare.fetch("/streams/ended").json() == ["all"]


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
