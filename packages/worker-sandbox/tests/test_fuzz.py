"""Raw bytes to a live worker: every request is answered, by a 4xx or by what was asked for."""

import socket
from contextlib import suppress
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.miniflare

BOUNDED = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    # What hangs would hang again at each step of shrinking.
    phases=[Phase.explicit, Phase.generate],
    # The fixture looks at the worker after all examples, and may.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PRESCRIBED = {
    "/cache-api/get/x%": b"TypeError: Invalid URL",
    "/formdata-name": b"failed to get form data from request",
    "/formdata-file-size": b"failed to get form data from request",
    "/headers": b"PanicError: ",
    "/proxy_request/": b"invalid URL",
    "/xor/10": b"no body for request",
}
"""The answers with a status of 500 that the contract has for what a client sent, by their path."""

ESCAPES = [b"%", b"%z", b"%00", b"%ff", b"%C3", b"%u1234", b"%2F", b"//", b"..", b"?", b"?day=%&=",
           b"#", b"\\", b":", b"[", b"\xc3\xa9", b"\xff"]  # fmt: skip
TAILS = st.lists(st.sampled_from(ESCAPES) | st.binary(max_size=4), max_size=5).map(b"".join)
# The escape before the tail keeps a number from growing into a wait of days.
PATHS = ["/request", "/user/x", "/user/", "/status/2%", "/wait/1%", "/cache-api/get/x%", "/asset/",
         "/proxy_request/", "/typed/", "/asgi/", "/wsgi/", "/kv/", "/durable/", "/"]  # fmt: skip
HEADERS = {
    "/cookies": [b"cookie"],
    "/request": [b"accept", b"cf-connecting-ip", b"x-\xff", b"x y", b"upgrade"],
    "/asset/test.txt": [b"if-none-match", b"if-modified-since", b"range"],
    "/cors/shop/basket": [b"origin", b"access-control-request-method"],
    "/asgi/x": [b"content-type", b"cookie", b"x-\xff"],
    "/wsgi/env": [b"content-type", b"cookie", b"x-\xff"],
}
VALUES = st.lists(
    st.sampled_from([b"visitor=", b"=", b";", b",", b'"', b"a=%zz", b"bytes=9-1", b"\xff", b"\x00"])
    | st.binary(max_size=12),
    max_size=6,
).map(lambda parts: b"".join(parts).replace(b"\r", b"").replace(b"\n", b""))
FORM = b"multipart/form-data; boundary="
KINDS = [b"application/json", b"application/json; charset=utf-16", b"text/plain; charset=nonsense",
         b"application/x-www-form-urlencoded", FORM + b"b", FORM + b'"', FORM, b"\xff/\xfe", b"",
         b"/"]  # fmt: skip
PIECES = [b"--b\r\n", b"--b--\r\n", b"\r\n", b"content-type: x\r\n", b"name=%zz&name=%ff", b"\x00",
          b'content-disposition: form-data; name="name"\r\n',
          b'content-disposition: form-data; name="file"; filename="\xff"\r\n',
          b'{"userId": 1, ', b'"title": "', b'{"name": "x", "seats": ', b"}", b"[" * 3000, b"1e999",
          b"9" * 5000, b"NaN", b'"\\ud800"', b"\xff\xfe", b"\xef\xbb\xbf"]  # fmt: skip
BODIES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=8).map(b"".join)
READERS = ["/api-data", "/formdata-name", "/formdata-file-size", "/async-text-echo", "/xor/10",
           "/headers", "/typed/1", "/queue/send_batch", "/post-file-size", "/asgi/echo",
           "/wsgi/echo"]  # fmt: skip


@pytest.fixture(autouse=True)
def unharmed(miniflare):
    """The worker goes on, and has told of no exception but those of the API."""
    before = len(miniflare.logs.at("error"))
    yield
    assert miniflare.fetch("/bytes").content == bytes(range(1, 8))
    told = "\n".join(line.message for line in miniflare.logs.at("error")[before:])
    for trace in told.split("Traceback (most recent call last):\n")[1:]:
        raised = next((line for line in trace.splitlines() if not line.startswith(" ")), "")
        if "direct cause of the following" not in trace and "During handling of" not in trace:
            assert raised.startswith(("worker.", "worker_sys.")), told


def exchanged(miniflare, message: bytes) -> tuple[int, bytes]:
    """The status and the body that come back for a message."""
    url = urlsplit(miniflare.url)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        # Who refuses the head closes before the body is sent, and has answered all the same.
        with suppress(ConnectionError):
            connection.sendall(message)
        answer = HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


def is_answered(miniflare, path: str, head: bytes, body: bytes | None = None) -> None:
    if body is not None:
        head += b"content-length: %d\r\n" % len(body)
    message = head + b"host: sandbox\r\n\r\n" + (body or b"")
    status, said = exchanged(miniflare, message)
    assert status < 500 or PRESCRIBED.get(path, b"\n") in said, (message[:500], status, said)
    assert b"Traceback" not in said


@BOUNDED
@given(path=st.sampled_from(PATHS), tail=TAILS)
@example(path="/wait/1", tail=b"%ff")
@example(path="/typed/1", tail=b"?day=%ff")
def test_a_malformed_url_is_answered(miniflare, path, tail):
    target = path.encode() + bytes(byte for byte in tail if byte > 32)
    is_answered(miniflare, path, b"GET " + target + b" HTTP/1.1\r\n")


@BOUNDED
@given(
    header=st.sampled_from([(path, name) for path, names in HEADERS.items() for name in names]),
    value=VALUES,
)
def test_a_malformed_header_is_answered(miniflare, header, value):
    path, name = header
    head = f"GET {path} HTTP/1.1\r\n".encode() + name + b": " + value + b"\r\n"
    is_answered(miniflare, path, head)


def test_a_header_that_is_not_ascii_reaches_an_application_below_the_worker(miniflare):
    is_answered(miniflare, "/asgi/x", "GET /asgi/x HTTP/1.1\r\nx-name: Ж\r\n".encode())


@BOUNDED
@given(path=st.sampled_from(READERS), kind=st.sampled_from(KINDS), body=st.none() | BODIES)
@example(path="/typed/1", kind=b"application/json", body=b"{")
@example(path="/typed/1", kind=b"application/json", body=b"[" * 100_000)
@example(path="/formdata-name", kind=FORM + b"b", body=b"--b\r\n")
def test_a_malformed_body_is_answered(miniflare, path, kind, body):
    head = f"POST {path} HTTP/1.1\r\n".encode() + b"content-type: " + kind + b"\r\n"
    is_answered(miniflare, path, head, body)


def test_a_client_that_leaves_in_the_middle_of_its_body_leaves_the_worker_as_it_was(miniflare):
    url = urlsplit(miniflare.url)
    for path in READERS:
        head = f"POST {path} HTTP/1.1\r\nhost: sandbox\r\ncontent-length: 1000\r\n\r\n".encode()
        with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
            connection.sendall(head + b"--b\r\n")
