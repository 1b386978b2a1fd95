"""Requests: what they carry arrives as Python values."""


def test_a_request_knows_where_it_comes_from(miniflare):
    text = miniflare.fetch("/request").text
    assert text.startswith("req at: /request, located at: Some((")
    assert ", within: " in text


def test_coordinates_are_rounded_to_single_precision(miniflare):
    place = {"latitude": "-58.88108", "longitude": "173.83042", "region": "Sea"}
    text = miniflare.fetch("/request", cf=place).text
    assert text == "req at: /request, located at: Some((-58.88108, 173.83041)), within: Sea"


def test_a_coroutine_answers_the_same(miniflare):
    assert miniflare.fetch("/async-request").text.startswith(
        "[async] req at: /async-request, located at:"
    )


def test_request_headers_are_given_back(miniflare):
    response = miniflare.fetch("/headers", method="POST", headers={"x-one": "1", "hello": "x"})
    assert response.text == "returned your headers to you."
    assert response.headers["x-one"] == "1"
    assert response.headers["hello"] == "x, World!"
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_body_is_read_as_bytes(miniflare):
    assert (
        miniflare.fetch("/post-file-size", method="POST", body=b"\0" * 3000).text == "size = 3000"
    )


def test_a_body_is_read_as_text(miniflare):
    assert miniflare.fetch("/async-text-echo", method="POST", body="grüße").text == "grüße"


def test_a_header_that_cannot_be_given_back_is_a_failure(miniflare):
    headers = [("x-name", "日本".encode())]
    response = miniflare.fetch("/headers", method="POST", headers=headers)
    assert (response.status_code, response.text) == (
        500,
        "PanicError: invalid value of header 'x-name'",
    )
