"""The cache of the data centre that the worker runs in.

Source: workers-rs `Cache`; https://developers.cloudflare.com/workers/runtime-apis/cache/
"""

from __future__ import annotations

from enum import Enum
from typing import Any, final

from worker_sys import calls, convert, js

from worker._handle import Handle
from worker.request import Request
from worker.response import Response

__all__ = ["Cache", "CacheDeletionOutcome"]

type CacheKey = str | Request
"""An absolute URL, or a GET request."""


class CacheDeletionOutcome(Enum):
    """What `delete` found. True in conditions when something was deleted."""

    SUCCESS = "Success"
    RESPONSE_NOT_FOUND = "ResponseNotFound"

    def __bool__(self) -> bool:
        return self is CacheDeletionOutcome.SUCCESS


@final
class Cache(Handle):
    """Stored responses by URL. Each data centre has its own, and may forget at any time.

    Source: workers-rs `Cache`.
    """

    __slots__ = ()

    @classmethod
    def default(cls) -> Cache:
        """The cache that `fetch` uses too."""
        return cls._from_js(js.caches.default)

    @classmethod
    async def open(cls, name: str) -> Cache:
        """A cache of its own name."""
        return cls._from_js(await calls.acall(js.caches, "open", name))

    async def put(self, key: CacheKey, response: Response) -> None:
        """Store a response, and read its body to the end: store a `cloned()` one to go on using it.

        `cache-control` says for how long. A response with `Set-Cookie` is not stored unless
        that is `private`; one with `Vary: *`, status 206 or a request that is no GET is refused.

        Raises:
            BodyUsedError: the body has already been read.
            JsError: the platform refuses the response.
        """
        response._content.refuse_used()
        await calls.acall(self.js, "put", _key(key), response._to_js())

    async def get(self, key: CacheKey, *, ignore_method: bool | None = None) -> Response | None:
        """The stored response; None when there is none, or it is too old.

        Args:
            key: as given to `put`.
            ignore_method: treat a request of any method as a GET.
        """
        options = convert.options(ignoreMethod=ignore_method)
        found = await calls.acall(self.js, "match", _key(key), options)
        return None if convert.to_py(found) is None else Response._from_js(found)

    async def delete(
        self, key: CacheKey, *, ignore_method: bool | None = None
    ) -> CacheDeletionOutcome:
        """Forget a response, in this data centre only."""
        options = convert.options(ignoreMethod=ignore_method)
        if await calls.acall(self.js, "delete", _key(key), options):
            return CacheDeletionOutcome.SUCCESS
        return CacheDeletionOutcome.RESPONSE_NOT_FOUND


def _key(key: CacheKey) -> Any:
    return key.js if isinstance(key, Request) else key
