"""attrs: converted, checked, given back."""

import pytest

pytestmark = pytest.mark.miniflare


def test_a_parcel_has_a_price(example):
    parcel = {"to": "Ada", "size": {"width": "20", "height": 10}, "service": "fast"}
    assert example.fetch("/", method="POST", json=parcel).json() == {
        "to": "Ada",
        "size": {"width": 20, "height": 10},
        "service": "fast",
        "price": 600,
    }


@pytest.mark.parametrize(
    ("parcel", "said"),
    [
        ({"to": "", "size": {"width": 1, "height": 1}}, "Length of 'to' must be >= 1: 0"),
        ({"to": "Ada", "size": {"width": 0, "height": 1}}, "'width' must be > 0: 0"),
        ({"to": "Ada", "size": {"width": 1, "height": 1}, "service": "no"}, "'service' must be in"),
        ({"to": "Ada"}, "'size'"),
    ],
)
def test_what_is_wrong_is_told(example, parcel, said):
    answer = example.fetch("/", method="POST", json=parcel)
    assert answer.status_code == 422
    assert said in answer.text
