"""AI Gateway: caching, limits and logs in front of models, Cloudflare's and other people's.

Source: https://developers.cloudflare.com/ai-gateway/integrations/worker-binding-methods/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self, final

from worker_sys import calls, convert

from worker._handle import Handle
from worker.response import Response

if TYPE_CHECKING:
    from worker.abort import AbortSignal

__all__ = ["AiGateway", "GatewayLog", "GatewayOptions", "GatewayRequest", "GatewayRetries"]

type Label = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRetries:
    """How a gateway tries again.

    Attributes:
        max_attempts: 1 to 5.
        retry_delay_ms: milliseconds between two attempts.
        backoff: how that grows.
    """

    max_attempts: int | None = None
    retry_delay_ms: int | None = None
    backoff: Literal["constant", "linear", "exponential"] | None = None

    def _to_options(self) -> Any:
        return convert.options(
            maxAttempts=self.max_attempts, retryDelayMs=self.retry_delay_ms, backoff=self.backoff
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOptions:
    """Which gateway a call takes, and how.

    Attributes:
        id: the gateway's name; only `AiGateway.run` knows it already.
        cache_key: what the cached answer is filed under.
        cache_ttl: seconds that it is kept.
        skip_cache: whether the cache is passed by.
        metadata: labels for the log, at most five.
        collect_log: whether the call is logged.
        event_id: ties calls together in the log.
        request_timeout_ms: milliseconds that the model may take.
        retries: how to try again.

    Source: https://developers.cloudflare.com/ai-gateway/integrations/worker-binding-methods/
    """

    id: str | None = None
    cache_key: str | None = None
    cache_ttl: int | None = None
    skip_cache: bool | None = None
    metadata: Mapping[str, Label] | None = None
    collect_log: bool | None = None
    event_id: str | None = None
    request_timeout_ms: int | None = None
    retries: GatewayRetries | None = None

    def _to_options(self) -> Any:
        return convert.options(
            id=self.id,
            cacheKey=self.cache_key,
            cacheTtl=self.cache_ttl,
            skipCache=self.skip_cache,
            metadata=None if self.metadata is None else dict(self.metadata),
            collectLog=self.collect_log,
            eventId=self.event_id,
            requestTimeoutMs=self.request_timeout_ms,
            retries=None if self.retries is None else self.retries._to_options(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayLog:
    """What a gateway wrote down about one call. What it does not know is None.

    Attributes:
        id: identifies the entry.
        provider: whose model it was.
        model: its name.
        model_type: the kind of model.
        path: the path of the provider's API.
        duration: milliseconds.
        request_type: what was asked for.
        request_content_type: the request's media type.
        status_code: the HTTP status of the answer.
        response_content_type: the answer's media type.
        success: whether there was one.
        cached: whether it came from the gateway's cache.
        tokens_in: tokens that went in.
        tokens_out: tokens that came out.
        metadata: the labels of the call.
        step: which of the requests of the call it was.
        cost: in dollars.
        custom_cost: whether the cost is one that the call gave.
        request_size: bytes.
        request_head: the beginning of the request.
        request_head_complete: whether that is all of it.
        response_size: bytes.
        response_head: the beginning of the answer.
        response_head_complete: whether that is all of it.
        created_at: when, in UTC.

    Source: https://developers.cloudflare.com/ai-gateway/integrations/worker-binding-methods/
    """

    id: str
    provider: str | None = None
    model: str | None = None
    model_type: str | None = None
    path: str | None = None
    duration: float | None = None
    request_type: str | None = None
    request_content_type: str | None = None
    status_code: int | None = None
    response_content_type: str | None = None
    success: bool | None = None
    cached: bool | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    metadata: Mapping[str, Label] | None = None
    step: int | None = None
    cost: float | None = None
    custom_cost: bool | None = None
    request_size: int | None = None
    request_head: str | None = None
    request_head_complete: bool | None = None
    response_size: int | None = None
    response_head: str | None = None
    response_head_complete: bool | None = None
    created_at: datetime | None = None

    @classmethod
    def _of(cls, found: Mapping[str, Any]) -> Self:
        return cls(**{name: found[name] for name in cls.__dataclass_fields__ if name in found})


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRequest:
    """One request in a provider's own words.

    Attributes:
        provider: `openai`, `anthropic`, `workers-ai` …
        endpoint: the path of the provider's API.
        query: the body, as the provider takes it.
        headers: with the provider's key, unless the gateway holds it; `cf-aig-…` for the gateway.
    """

    provider: str
    endpoint: str
    query: Any
    headers: Mapping[str, Any] | None = None

    def _to_plain(self) -> dict[str, Any]:
        return {
            "provider": self.provider,
            "endpoint": self.endpoint,
            "headers": dict(self.headers or {}),
            "query": self.query,
        }


@final
class AiGateway(Handle):
    """One gateway: `env.ai("AI").gateway("my-gateway")`.

    Source: https://developers.cloudflare.com/ai-gateway/integrations/worker-binding-methods/
    """

    __slots__ = ()

    async def run(
        self,
        request: GatewayRequest | Iterable[GatewayRequest],
        *,
        gateway: GatewayOptions | None = None,
        extra_headers: Mapping[str, str] | None = None,
        signal: AbortSignal | None = None,
    ) -> Response:
        """Send a request to a provider; of several, the first that succeeds.

        Args:
            request: one, or some to be tried in order.
            gateway: how the gateway treats it.
            extra_headers: for the gateway.
            signal: gives the call up when it is aborted.

        Returns:
            The provider's own answer.

        Raises:
            JsError: the gateway refused.
        """
        single = isinstance(request, GatewayRequest)
        data = request._to_plain() if single else [each._to_plain() for each in request]
        options = convert.options(
            gateway=None if gateway is None else gateway._to_options(),
            extraHeaders=None if extra_headers is None else dict(extra_headers),
            signal=None if signal is None else signal.js,
        )
        return Response._from_js(await calls.acall(self.js, "run", data, options))

    async def patch_log(
        self,
        log_id: str,
        *,
        score: float | None = None,
        feedback: Literal[-1, 1] | None = None,
        metadata: Mapping[str, Label] | None = None,
    ) -> None:
        """Say how good an answer was.

        Args:
            log_id: `Ai.log_id` after the call.
            score: 0 to 100.
            feedback: 1 for good, -1 for bad.
            metadata: labels.
        """
        data = convert.options(
            score=score, feedback=feedback, metadata=None if metadata is None else dict(metadata)
        )
        await calls.acall(self.js, "patchLog", log_id, data)

    async def get_log(self, log_id: str) -> GatewayLog:
        """What the gateway wrote down about a call.

        Args:
            log_id: `Ai.log_id` after the call.

        Raises:
            JsError: there is no such entry.
        """
        return GatewayLog._of(convert.to_py(await calls.acall(self.js, "getLog", log_id)))

    async def get_url(self, provider: str | None = None) -> str:
        """The gateway's address, for a provider's own client library.

        Args:
            provider: `openai`, `anthropic` …; the gateway itself when not given.
        """
        arguments = () if provider is None else (provider,)
        return await calls.acall(self.js, "getUrl", *arguments)
