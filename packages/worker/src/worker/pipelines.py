"""Pipelines: records on their way into R2.

Source: https://developers.cloudflare.com/pipelines/streams/writing-to-streams/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, final

from worker_sys import calls

from worker._handle import Handle

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
            JsError: the pipeline refused them.
        """
        await calls.acall(self.js, "send", [dict(record) for record in records])
