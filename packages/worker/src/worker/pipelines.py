"""Pipelines: records on their way into R2.

Source: https://developers.cloudflare.com/pipelines/streams/writing-to-streams/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast, final

from worker_sys import calls

from worker._handle import Handle
from worker._limits import expect

__all__ = ["Pipeline"]


@final
class Pipeline(Handle):
    """One stream of records: `env.pipeline("EVENTS")`.

    Source: https://developers.cloudflare.com/pipelines/streams/writing-to-streams/
    """

    __slots__ = ()

    async def send(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Send records; all are accepted or none.

        Args:
            records: mappings from field to JSON value, at most 1 MB together.

        Raises:
            TypeError: they are no records, or only one.
            ConversionError: a value of a record cannot cross.
            JsError: the pipeline refused them.
        """
        await calls.acall(self.js, "send", _listed(records))


def _listed(records: Any) -> list[dict[str, Any]]:
    if isinstance(records, Mapping | str | bytes):
        given = type(cast("object", records)).__name__
        raise TypeError(f"records are a list of mappings, not one {given}")
    return [_record(record) for record in records]


def _record(record: Mapping[str, Any]) -> dict[str, Any]:
    expect("a record is a mapping", record, Mapping)
    return dict(record)
