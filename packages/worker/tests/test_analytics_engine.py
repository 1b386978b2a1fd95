"""Data points that the platform would drop without a word are refused."""

import pytest
from worker.analytics_engine import AnalyticsEngineDataPoint, AnalyticsEngineDataset
from worker.errors import LimitError


def test_a_point_within_the_limits_is_made():
    point = AnalyticsEngineDataPoint(["x" * 96], [1.0] * 20, ["a", b"b", None])
    assert len(point.doubles) == 20


@pytest.mark.parametrize(
    "parts",
    [
        {"indexes": ["a", "b"]},
        {"indexes": ["x" * 97]},
        {"doubles": [0] * 21},
        {"blobs": [""] * 21},
        {"blobs": [b"x" * 16_385]},
    ],
)
def test_too_much_of_anything_is_refused(parts):
    with pytest.raises(LimitError):
        AnalyticsEngineDataPoint(**parts)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"indexes": "key"}, "indexes is a list, not one str"),
        ({"blobs": b"bytes"}, "blobs is a list, not one bytes"),
        ({"blobs": [1]}, "blobs are str or bytes, not int"),
        ({"doubles": ["1"]}, "doubles are int or float, not str"),
    ],
)
def test_what_is_of_another_kind_is_refused(parts, told: str):
    with pytest.raises(TypeError, match=told):
        AnalyticsEngineDataPoint(**parts)
    with pytest.raises(TypeError, match=told):
        AnalyticsEngineDataset._from_js(None).write_data_point(**parts)
