"""Rate limiting: how often a key has been seen lately.

Source: workers-rs `RateLimiter`;
https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from worker_sys import calls, convert

from worker._handle import Handle
from worker._limits import expect_text

__all__ = ["RateLimitOutcome", "RateLimiter"]


@dataclass(frozen=True, slots=True)
class RateLimitOutcome:
    """Whether a key is still within its limit.

    Attributes:
        success: False when the key has used up what the wrangler file allows it in the period.
    """

    success: bool


@final
class RateLimiter(Handle):
    """One limit: `env.rate_limiter("LIMITER")`. Counts are kept a location, and are not exact.

    Source: workers-rs `RateLimiter`;
    https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
    """

    __slots__ = ()

    async def limit(self, key: str) -> RateLimitOutcome:
        """Count one use of a key.

        Args:
            key: whom or what to limit: a user id, a path.

        Raises:
            TypeError: the key is no text.

        Source: workers-rs `RateLimiter::limit`
        """
        expect_text("a key", key)
        outcome = await calls.acall(self.js, "limit", convert.options(key=key))
        return RateLimitOutcome(success=bool(outcome.success))
