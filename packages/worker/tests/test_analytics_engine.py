"""Data points that the platform would drop without a word are refused."""

import pytest
from worker.analytics_engine import AnalyticsEngineDataPoint
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
