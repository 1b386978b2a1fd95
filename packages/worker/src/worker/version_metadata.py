"""Which version of the worker is running.

Source: workers-rs `WorkerVersionMetadata`;
https://developers.cloudflare.com/workers/runtime-apis/bindings/version-metadata/
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from worker_sys import convert

__all__ = ["WorkerVersionMetadata"]


@dataclass(frozen=True, slots=True)
class WorkerVersionMetadata:
    """The running version: `env.version_metadata("VERSION")`.

    Attributes:
        id: the version's identifier, a UUID.
        tag: the tag it was uploaded with, empty without one.
        timestamp: when it was uploaded, as ISO 8601 text; empty in local development.

    Source: workers-rs `WorkerVersionMetadata`.
    """

    id: str
    tag: str
    timestamp: str

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        found = convert.to_py(js)
        return cls(
            id=found.get("id") or "",
            tag=found.get("tag") or "",
            timestamp=found.get("timestamp") or "",
        )

    @property
    def uploaded(self) -> datetime | None:
        """`timestamp` as a moment, None when there is none."""
        return datetime.fromisoformat(self.timestamp) if self.timestamp else None
