"""Workers Analytics Engine: data points to be counted and summed later, with SQL.

Source: workers-rs `AnalyticsEngineDataset`;
https://developers.cloudflare.com/analytics/analytics-engine/
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Final, final

from worker_sys import calls, convert

from worker import _limits
from worker._handle import Handle

__all__ = ["AnalyticsEngineDataPoint", "AnalyticsEngineDataset"]

_MAX: Final = 20
_INDEX_BYTES: Final = 96
_BLOBS_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class AnalyticsEngineDataPoint:
    """One data point.

    Attributes:
        indexes: the sampling key: at most one, of at most 96 bytes.
        doubles: at most 20 numbers: `double1` … `double20`.
        blobs: at most 20 texts or byte strings, 16 KiB together: `blob1` … `blob20`; None leaves
            one empty.

    Source: workers-rs `AnalyticsEngineDataPoint`.
    """

    indexes: Sequence[str | bytes | None] = field(default_factory=tuple)
    doubles: Sequence[float] = field(default_factory=tuple)
    blobs: Sequence[str | bytes | None] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Check the limits of the platform, which drops what breaks them without a word.

        Raises:
            LimitError: there is too much of something.
            TypeError: there is something that is neither text nor bytes, or no number.
        """
        _check("indexes", self.indexes, (str, bytes, NoneType))
        _check("doubles", self.doubles, (int, float))
        _check("blobs", self.blobs, (str, bytes, NoneType))
        _limits.at_most("indexes", len(self.indexes), 1, "items")
        _limits.at_most("doubles", len(self.doubles), _MAX, "items")
        _limits.at_most("blobs", len(self.blobs), _MAX, "items")
        _limits.at_most("index", _size(self.indexes), _INDEX_BYTES, "bytes")
        _limits.at_most("blobs", _size(self.blobs), _BLOBS_BYTES, "bytes")


@final
class AnalyticsEngineDataset(Handle):
    """One dataset: `env.analytics_engine("HTTP")`.

    Source: workers-rs `AnalyticsEngineDataset`;
    https://developers.cloudflare.com/analytics/analytics-engine/get-started/
    """

    __slots__ = ()

    def write_data_point(
        self,
        point: AnalyticsEngineDataPoint | None = None,
        *,
        indexes: Iterable[str | bytes | None] = (),
        doubles: Iterable[float] = (),
        blobs: Iterable[str | bytes | None] = (),
    ) -> None:
        """Write one data point; it is sent in the background.

        Args:
            point: the point, or its parts as below.
            indexes: see `AnalyticsEngineDataPoint`.
            doubles: see `AnalyticsEngineDataPoint`.
            blobs: see `AnalyticsEngineDataPoint`.

        Raises:
            LimitError, TypeError: as `AnalyticsEngineDataPoint`.

        Source: workers-rs `AnalyticsEngineDataset::write_data_point`
        """
        if point is None:
            point = AnalyticsEngineDataPoint(_listed(indexes), _listed(doubles), _listed(blobs))
        event = convert.options(
            indexes=list(point.indexes) or None,
            doubles=list(point.doubles) or None,
            blobs=list(point.blobs) or None,
        )
        calls.call(self.js, "writeDataPoint", event)


def _listed(values: Any) -> Any:
    return values if isinstance(values, str | bytes) else tuple(values)


def _check(what: str, values: Any, types: tuple[type, ...]) -> None:
    if isinstance(values, str | bytes):
        raise TypeError(f"{what} is a list, not one {type(values).__name__}")
    for value in values:
        if not isinstance(value, types):
            names = " or ".join(each.__name__ for each in types if each is not NoneType)
            raise TypeError(f"{what} are {names}, not {type(value).__name__}")


def _size(values: Sequence[str | bytes | None]) -> int:
    return sum(
        _limits.utf8_length(value) if isinstance(value, str) else len(value or b"")
        for value in values
    )
