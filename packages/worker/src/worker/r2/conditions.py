"""What part of an object is wanted, and when: ranges and conditions.

Source: workers-rs `Range`, `Conditional`;
https://developers.cloudflare.com/r2/api/workers/workers-api-reference/
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from worker_sys import convert

from worker._js_headers import to_js_headers
from worker._limits import expect

if TYPE_CHECKING:
    from worker.headers import Headers

__all__ = ["Conditional", "Range", "moment", "of_message", "to_conditional", "to_range"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A part of an object: `Range(offset=100, length=50)`, or `Range(suffix=50)` for its end.

    Attributes:
        offset: the first byte, from 0; the start of the object when only a length is given.
        length: how many bytes; to the end when only an offset is given.
        suffix: or the last so many bytes.

    Raises:
        ValueError: none is given, or `suffix` beside another, or one is negative.

    Source: workers-rs `Range::{OffsetWithLength, OffsetToEnd, Prefix, Suffix}`.
    """

    offset: int | None = None
    length: int | None = None
    suffix: int | None = None

    def __post_init__(self) -> None:
        """Check that the range means something."""
        given = [part for part in (self.offset, self.length, self.suffix) if part is not None]
        if not given:
            raise ValueError("a range needs an offset, a length or a suffix")
        if self.suffix is not None and len(given) > 1:
            raise ValueError("a suffix stands alone: it has neither offset nor length")
        if min(given) < 0:
            raise ValueError("a range has no negative parts")

    @classmethod
    def of(cls, part: slice | range) -> Range:
        """The range that a slice means: `Range.of(slice(100, 150))`, `Range.of(slice(-50, None))`.

        Raises:
            ValueError: the slice has a step, or counts from the end in a way no range can say.
        """
        start, stop = part.start or 0, part.stop
        if part.step not in {None, 1}:
            raise ValueError("a range has no step")
        if start < 0 and stop is None:
            return cls(suffix=-start)
        if start < 0 or (stop is not None and stop < start):
            raise ValueError(f"{part} is not a range of bytes")
        return cls(offset=start, length=None if stop is None else stop - start)

    def _fields(self) -> dict[str, Any]:
        return {"offset": self.offset, "length": self.length, "suffix": self.suffix}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """When an operation is to happen; all that is given must hold.

    Attributes:
        etag_matches: the object has this etag (`*` for any).
        etag_does_not_match: it has another one (`*`: there is no object).
        uploaded_before: it was uploaded before this moment.
        uploaded_after: it was uploaded after this moment.
        seconds_granularity: compare moments by whole seconds, as HTTP does.

    Source: workers-rs `Conditional`.
    """

    etag_matches: str | None = None
    etag_does_not_match: str | None = None
    uploaded_before: datetime | None = None
    uploaded_after: datetime | None = None
    seconds_granularity: bool | None = None

    def _fields(self) -> dict[str, Any]:
        return {
            "etagMatches": self.etag_matches,
            "etagDoesNotMatch": self.etag_does_not_match,
            "uploadedBefore": moment(self.uploaded_before),
            "uploadedAfter": moment(self.uploaded_after),
            "secondsGranularity": self.seconds_granularity,
        }


def moment(when: datetime | None) -> datetime | None:
    """An aware moment; a naive one is taken as UTC."""
    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when


def to_range(part: Range | slice | range | Headers | None) -> Any:
    """A range as R2 takes it; `Range:` headers are passed on for R2 to read."""
    if part is None:
        return None
    if isinstance(part, slice | range):
        part = Range.of(part)
    if isinstance(part, Range):
        return convert.options(**part._fields())
    return of_message(part, "a range", "Range, a slice")


def to_conditional(condition: Conditional | Headers | None) -> Any:
    """A condition as R2 takes it; `If-Match:` and such headers are passed on for R2 to read."""
    if condition is None:
        return None
    if isinstance(condition, Conditional):
        return convert.options(**condition._fields())
    return of_message(condition, "a condition", "Conditional")


def of_message(headers: Headers, what: str, otherwise: str) -> Any:
    """The headers of a message, for R2 to read itself what it looks for.

    Raises:
        TypeError: it is something else, a dict say, in which R2 would find nothing.
    """
    from worker.headers import Headers

    expect(f"{what} is a {otherwise}, or the headers of a request", headers, Headers)
    return to_js_headers(headers)
