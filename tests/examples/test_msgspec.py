"""msgspec: JSON and MessagePack, from the image."""

import pytest

pytestmark = pytest.mark.miniflare

TRACK = {"name": "home", "points": [{"x": 0, "y": 0}, {"x": 3, "y": 4}]}


def test_json(example):
    answer = example.fetch("/", method="POST", json=TRACK)
    assert answer.json() == {"name": "home", "length": 5.0}


def test_msgpack_in_and_out(example):
    # {"name": "a", "points": []}, by hand
    packed = b"\x82\xa4name\xa1a\xa6points\x90"
    kind = "application/msgpack"
    answer = example.fetch(
        "/", method="POST", body=packed, headers={"content-type": kind, "accept": kind}
    )
    assert answer.headers["content-type"] == kind
    assert answer.content == b"\x82\xa4name\xa1a\xa6length\x00"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "Input data was truncated"),
        (b'{"name": "", "points": []}', "length >= 1"),
        (b'{"name": "a", "points": [{"x": "1"}]}', "$.points[0].x"),
        (b'{"name": "a", "points": [], "z": 1}', "unknown field `z`"),
    ],
)
def test_what_is_wrong_is_told(example, body, said):
    answer = example.fetch("/", method="POST", body=body)
    assert answer.status_code == 422
    assert said in answer.text
