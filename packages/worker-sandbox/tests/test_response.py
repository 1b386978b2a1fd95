"""Responses: status, headers and bodies leave as they were made."""

import http.client
import re
import time
from urllib.parse import urlsplit

import pytest

PLAIN = "text/plain; charset=utf-8"


def test_text_has_its_content_type(miniflare):
    response = miniflare.fetch("/user/7/test")
    assert (response.status_code, response.text) == (200, "TEST user id: 7")
    assert response.headers["content-type"] == PLAIN


def test_json_keeps_the_order_of_its_fields(miniflare):
    before = int(time.time() * 1000) - 1000
    response = miniflare.fetch("/user/abc")
    found = response.json()
    assert response.headers["content-type"] == "application/json"
    assert list(found) == ["id", "timestamp", "date_from_int", "date_from_str"]
    assert found["id"] == "abc"
    assert before < found["timestamp"] < before + 60_000
    assert (
        found["date_from_int"] == "Thu Jan 15 1970 06:56:07 GMT+0000 (Coordinated Universal Time)"
    )
    assert (
        found["date_from_str"] == "Tue Jan 15 1980 06:56:07 GMT+0000 (Coordinated Universal Time)"
    )


def test_one_path_under_two_methods(miniflare):
    assert (
        miniflare.fetch("/account/1/zones", method="POST").text == "Create new zone for Account: 1"
    )
    assert (
        miniflare.fetch("/account/1/zones").text
        == "Account id: 1..... You get a zone, you get a zone!"
    )


def test_bytes_have_their_content_type(miniflare):
    response = miniflare.fetch("/bytes")
    assert response.content == bytes([1, 2, 3, 4, 5, 6, 7])
    assert response.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("code", [200, 404, 418, 599])
def test_any_status(miniflare, code):
    response = miniflare.fetch(f"/status/{code}")
    assert (response.status_code, response.text) == (code, "You set the status code!")


@pytest.mark.parametrize(
    "code", ["abc", "-1", "65536", "4_04", "404%20", "%D9%A4%D9%A0%D9%A4", "-0"]
)
def test_a_status_that_is_none_is_refused(miniflare, code):
    response = miniflare.fetch(f"/status/{code}")
    assert (response.status_code, response.text) == (400, "Failed to parse your status code.")


@pytest.mark.parametrize("code", [0, 101, 199, 204, 205, 304, 600, 65535])
def test_a_status_that_no_response_with_a_body_has_is_a_failure(miniflare, code):
    response = miniflare.fetch(f"/status/{code}")
    assert response.status_code == 500
    assert response.text.startswith("PanicError: a response ")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(("path", "text"), [("/", "Ok: "), ("/async", "Ok (async): ")])
def test_each_method_has_its_route(miniflare, method, path, text):
    response = miniflare.fetch(path, method=method)
    assert response.text == text + method
    assert response.headers["x-testing"] == "123"


def test_head_has_headers_and_no_body(miniflare):
    response = miniflare.fetch("/", method="HEAD")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["x-testing"] == "123"


def test_options_matches_a_wildcard(miniflare):
    assert miniflare.fetch("/hello-world", method="OPTIONS").text == "/hello-world"


@pytest.mark.parametrize(("path", "status"), [("/redirect-default", 302), ("/redirect-307", 307)])
def test_redirects(miniflare, path, status):
    response = miniflare.fetch(path)
    assert response.status_code == status
    assert response.headers["location"] == "https://example.com/"


def test_the_time_is_told(miniflare):
    pattern = r"\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT\+0000 \(Coordinated Universal Time\)"
    assert re.fullmatch(pattern, miniflare.fetch("/now").text)


@pytest.mark.parametrize("path", ["/cloned", "/cloned-stream", "/cloned-response"])
def test_a_copy_of_a_response_equals_it(miniflare, path):
    assert miniflare.fetch(path).text == "true"


def test_a_number_may_have_a_sign_and_zeros_before_it(miniflare):
    assert miniflare.fetch("/wait/+1").text == miniflare.fetch("/wait/01").text == "Waited!\n"
    assert miniflare.fetch("/status/+0404").status_code == 404
    assert miniflare.fetch("/xor/+01", method="POST", body=b"a").content == b"`"


def test_a_handler_may_wait(miniflare):
    begun = time.monotonic()
    assert miniflare.fetch("/wait/100").text == "Waited!\n"
    assert time.monotonic() - begun > 0.1


@pytest.mark.parametrize("text", ["soon", "-1", "1.5", "1_0", "99999999999999999999"])
def test_a_wait_that_is_no_number_is_refused(miniflare, text):
    response = miniflare.fetch(f"/wait/{text}")
    assert (response.status_code, response.text) == (400, "invalid delay")


def test_a_body_without_a_content_type(miniflare):
    response = miniflare.fetch("/custom-response-body")
    assert response.content == b"hello"
    assert "content-type" not in response.headers


def test_the_wrong_method_is_405_and_says_which_are_right(miniflare):
    response = miniflare.fetch("/async", method="GET")
    assert (response.status_code, response.text) == (405, "Method Not Allowed")
    assert set(response.headers["allow"].split(", ")) >= {"PUT", "PATCH", "DELETE"}


def test_a_stream_is_changed_while_it_passes(miniflare):
    body = bytes(range(256)) * 40
    response = miniflare.fetch("/xor/10", method="POST", body=body)
    assert response.content == bytes(byte ^ 10 for byte in body)


def test_a_request_without_a_body_has_no_stream(miniflare):
    # No body is not an empty body: neither a length nor an encoding is sent.
    host = urlsplit(miniflare.url)
    connection = http.client.HTTPConnection(host.hostname, host.port)
    connection.putrequest("POST", "/xor/1")
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, response.read()) == (500, b"no body for request")
    connection.close()


@pytest.mark.parametrize("number", ["256", "-1", "x"])
def test_a_number_that_is_no_byte_is_refused(miniflare, number):
    response = miniflare.fetch(f"/xor/{number}", method="POST", body=b"a")
    assert (response.status_code, response.text) == (400, "invalid byte")
