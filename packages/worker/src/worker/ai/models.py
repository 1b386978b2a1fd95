"""Workers AI: models that run at Cloudflare.

Source: workers-rs `Ai`; https://developers.cloudflare.com/workers-ai/configuration/bindings/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, final, overload

from worker_sys import calls, convert

from worker._handle import Handle
from worker.ai.documents import (
    ConversionOptions,
    Document,
    MarkdownConversion,
    conversion_options,
    plain,
)
from worker.ai.events import json_events
from worker.ai.gateway import AiGateway, GatewayOptions
from worker.errors import ConversionError
from worker.response import Response
from worker.rpc import RpcStub
from worker.streams import ByteStream

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from worker.abort import AbortSignal
    from worker.websocket import WebSocket

__all__ = ["Ai", "AiModel", "AiOptions"]

_NOT_BINARY = "AI model did not return binary data. Use run() for non-binary responses."


class AiOptions(TypedDict, total=False):
    """What every call of a model takes."""

    gateway: GatewayOptions
    """The gateway that the call takes."""
    tags: list[str]
    """Labels, at most five of 50 characters."""
    prefix: str
    """The path of the API, where it is not the usual one."""
    extra_headers: Mapping[str, str]
    """More headers for the call."""
    signal: AbortSignal
    """Gives the call up when it is aborted."""


@dataclass(frozen=True, slots=True)
class AiModel:
    """One model of the catalogue.

    Attributes:
        id: the catalogue's own identifier.
        name: what to pass to `run`: `@cf/…`.
        description: what it is for.
        task: the kind of model, such as `Text Generation`.
        tags: labels.
        properties: such as `context_window`, by name.
        source: where it comes from, as the catalogue numbers it.
    """

    id: str
    name: str
    description: str
    task: str
    tags: tuple[str, ...]
    properties: Mapping[str, Any]
    source: int | None = None

    @classmethod
    def _of(cls, found: Mapping[str, Any]) -> AiModel:
        return cls(
            id=found["id"],
            name=found["name"],
            description=found.get("description") or "",
            task=_name_of(found.get("task")),
            tags=tuple(found.get("tags") or ()),
            properties={p["property_id"]: p["value"] for p in found.get("properties") or ()},
            source=found.get("source"),
        )


@final
class Ai(Handle):
    """The models: `env.ai("AI")`.

    Source: workers-rs `Ai`; https://developers.cloudflare.com/workers-ai/configuration/bindings/
    """

    __slots__ = ()

    @overload
    async def run(
        self, model: str, inputs: Mapping[str, Any], **options: Unpack[AiOptions]
    ) -> Any: ...
    @overload
    async def run[T](
        self,
        model: str,
        inputs: Mapping[str, Any],
        type: TypeForm[T],
        **options: Unpack[AiOptions],
    ) -> T: ...
    async def run(
        self,
        model: str,
        inputs: Mapping[str, Any],
        type: Any = None,
        **options: Unpack[AiOptions],
    ) -> Any:
        """Run a model and wait for its whole answer.

        Args:
            model: its name, `@cf/…`.
            inputs: what the model takes, by the names in its documentation. `{"request_id": …}`
                asks for the answers of `enqueue`.
            type: what the answer is; plain Python values when not given.
            **options: see `AiOptions`.

        Returns:
            The answer; a `ByteStream` from models that answer with bytes, such as images.

        Raises:
            DecodeError: the answer is not of that type.
            JsError: there is no such model, or it refused the inputs.

        Source: workers-rs `Ai::run`
        """
        answer = await self._run(model, inputs, options)
        if _is_stream(answer):
            return ByteStream._from_js(answer)
        value = convert.to_py(answer)
        return value if type is None else convert.decode(value, type)

    async def run_bytes(
        self, model: str, inputs: Mapping[str, Any], **options: Unpack[AiOptions]
    ) -> ByteStream:
        """Run a model that answers with bytes: an image, speech.

        Raises:
            ConversionError: its answer is something else.
            JsError: as `run`.

        Source: workers-rs `Ai::run_bytes`
        """
        answer = await self._run(model, inputs, options)
        if not _is_stream(answer):
            raise ConversionError(_NOT_BINARY)
        return ByteStream._from_js(answer)

    @overload
    def run_stream(
        self, model: str, inputs: Mapping[str, Any], **options: Unpack[AiOptions]
    ) -> AsyncIterator[Any]: ...
    @overload
    def run_stream[T](
        self,
        model: str,
        inputs: Mapping[str, Any],
        type: TypeForm[T],
        **options: Unpack[AiOptions],
    ) -> AsyncIterator[T]: ...
    async def run_stream(
        self,
        model: str,
        inputs: Mapping[str, Any],
        type: Any = None,
        **options: Unpack[AiOptions],
    ) -> AsyncIterator[Any]:
        """Run a text model and get its answer as it is made: `async for piece in ai.run_stream(…)`.

        To pass the stream on unread, use `run_bytes` with `"stream": True` among the inputs.

        Args:
            model: its name.
            inputs: as in `run`; `stream` is added.
            type: what each piece is; plain Python values when not given.
            **options: see `AiOptions`.

        Raises:
            DecodeError: a piece is not of that type.
            ConversionError: the model does not stream.
            JsError: as `run`.
        """
        stream = await self.run_bytes(model, {**inputs, "stream": True}, **options)
        async with stream:
            async for piece in json_events(stream, type):
                yield piece

    async def run_response(
        self, model: str, inputs: Mapping[str, Any], **options: Unpack[AiOptions]
    ) -> Response:
        """Run a model and get the answer as the API gave it, headers included.

        Raises:
            JsError: as `run`.
        """
        return Response._from_js(await self._run(model, inputs, options, returnRawResponse=True))

    async def connect(
        self, model: str, inputs: Mapping[str, Any], **options: Unpack[AiOptions]
    ) -> WebSocket:
        """Talk to a model over a WebSocket, as speech recognition does.

        Raises:
            ConversionError: the model does not take one.
            JsError: as `run`.
        """
        answer = await self._run(model, inputs, options, websocket=True)
        socket = Response._from_js(answer).websocket
        if socket is None:
            raise ConversionError("the AI model did not open a WebSocket")
        return socket

    async def enqueue(
        self, model: str, requests: Iterable[Mapping[str, Any]], **options: Unpack[AiOptions]
    ) -> str:
        """Have several inputs answered when there is room.

        Args:
            model: its name; not every model takes batches.
            requests: one set of inputs for each answer.
            **options: see `AiOptions`.

        Returns:
            What to ask for the answers with: `run(model, {"request_id": …})`.
        """
        inputs = {"requests": [dict(request) for request in requests]}
        answer = convert.to_py(await self._run(model, inputs, options, queueRequest=True))
        return answer["request_id"]

    async def models(
        self,
        *,
        author: str | None = None,
        hide_experimental: bool | None = None,
        page: int | None = None,
        per_page: int | None = None,
        search: str | None = None,
        source: int | None = None,
        task: str | None = None,
    ) -> list[AiModel]:
        """The catalogue, or a part of it.

        Args:
            author: only those of one author.
            hide_experimental: leave the experimental ones out.
            page: which page, from 1.
            per_page: models a page.
            search: words to look for.
            source: where they come from, as the catalogue numbers it.
            task: the kind of model.
        """
        options = convert.options(
            author=author,
            hide_experimental=hide_experimental,
            page=page,
            per_page=per_page,
            search=search,
            source=source,
            task=task,
        )
        found = convert.to_py(await calls.acall(self.js, "models", options))
        return [AiModel._of(model) for model in found]

    async def to_markdown(
        self,
        documents: Document | Iterable[Document],
        *,
        gateway: GatewayOptions | None = None,
        extra_headers: Mapping[str, str] | None = None,
        conversion: ConversionOptions | None = None,
    ) -> list[MarkdownConversion]:
        """Convert documents (PDF, HTML, Office, images …) to Markdown.

        Args:
            documents: one, or some.
            gateway: the gateway that the call takes.
            extra_headers: more headers for the call.
            conversion: how to convert each kind.

        Returns:
            One entry for each document; one that could not be converted says why.

        Source: https://developers.cloudflare.com/workers-ai/features/markdown-conversion/
        """
        options = conversion_options(gateway, extra_headers, conversion)
        answer = await calls.acall(self.js, "toMarkdown", plain(documents), options)
        return [MarkdownConversion._of(found) for found in convert.to_py(answer)]

    async def markdown_formats(self) -> dict[str, str]:
        """The media types that `to_markdown` takes, by file ending."""
        service = calls.call(self.js, "toMarkdown")
        found = convert.to_py(await calls.acall(service, "supported"))
        return {each["extension"]: each["mimeType"] for each in found}

    def gateway(self, gateway_id: str) -> AiGateway:
        """An AI gateway of the account."""
        return AiGateway._from_js(calls.call(self.js, "gateway", gateway_id))

    def ai_search(self) -> RpcStub:
        """AI Search, whose methods have the platform's own names."""
        return RpcStub._from_js(calls.call(self.js, "aiSearch"))

    def autorag(self, autorag_id: str) -> RpcStub:
        """An AutoRAG instance, whose methods have the platform's own names."""
        return RpcStub._from_js(calls.call(self.js, "autorag", autorag_id))

    @property
    def log_id(self) -> str | None:
        """The gateway's log entry of the last call, for `AiGateway.patch_log`."""
        return convert.to_py(getattr(self.js, "aiGatewayLogId", None))

    async def _run(
        self, model: str, inputs: Mapping[str, Any], options: AiOptions, **mode: bool
    ) -> Any:
        gateway, signal = options.get("gateway"), options.get("signal")
        headers = options.get("extra_headers")
        sent = convert.options(
            gateway=None if gateway is None else gateway._to_options(),
            tags=options.get("tags"),
            prefix=options.get("prefix"),
            extraHeaders=None if headers is None else dict(headers),
            signal=None if signal is None else signal.js,
            **mode,
        )
        return await calls.acall(self.js, "run", model, dict(inputs), sent)


def _name_of(task: Mapping[str, Any] | None) -> str:
    return "" if task is None else task.get("name", "")


def _is_stream(answer: Any) -> bool:
    return hasattr(answer, "getReader")
