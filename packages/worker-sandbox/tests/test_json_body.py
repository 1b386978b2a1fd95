"""JSON bodies as the type that is expected."""

import pytest


def post(miniflare, body: str):
    return miniflare.fetch("/api-data", method="POST", body=body)


def test_a_record_is_read_changed_and_written(miniflare):
    response = post(miniflare, '{"userId": 1, "title": "abc", "completed": false, "more": 1}')
    assert response.text == '{"userId":1,"title":"cba","completed":false}'
    assert response.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("abc", "expected value at line 1 column 1"),
        ("{}", "missing field `userId` at line 1 column 2"),
        (
            '{"userId":"x","title":"t","completed":true}',
            'invalid type: string "x", expected i32 at line 1 column 13',
        ),
        (
            '{"userId":3000000000,"title":"t","completed":true}',
            "invalid value: integer `3000000000`, expected i32 at line 1 column 20",
        ),
        (
            '{"userId": 1, "title":"t","completed":true, "title" : "u"}',
            "duplicate field `title` at line 1 column 57",
        ),
        (
            '{"a":{"userId":1},"user\\u0049d":null,"title":"t","completed":true}',
            "invalid type: null, expected i32 at line 1 column 36",
        ),
        ("null", "invalid type: null, expected struct ApiData at line 1 column 4"),
        ("1", "invalid type: integer `1`, expected struct ApiData at line 1 column 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(miniflare, body, text):
    response = post(miniflare, body)
    assert (response.status_code, response.text) == (200, text)


def test_what_is_no_text_is_a_problem_too(miniflare):
    body = b'{"userId":1,"title":"\xff","completed":true}'
    response = miniflare.fetch("/api-data", method="POST", body=body)
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "text/plain; charset=utf-8",
    )


def test_a_field_that_nobody_reads_may_be_there_twice(miniflare):
    response = post(miniflare, '{"x":1,"x":[2,{}], "userId":1,"title":"ab","completed":true}')
    assert response.text == '{"userId":1,"title":"ba","completed":true}'
