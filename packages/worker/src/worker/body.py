"""What a message carries, and the ways to read it.

Source: workers-rs `ResponseBody`, the body readers of `Request` and `Response`;
https://developers.cloudflare.com/workers/runtime-apis/request/#body
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from worker_sys import calls, convert, js

from worker._hints import unfit
from worker._producer import to_bytes
from worker._typed import json_as
from worker.blob import Blob
from worker.errors import BodyUsedError, FormDataError, JsError, JsonError, StreamError
from worker.formdata import FormData
from worker.streams import ByteStream, broken

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["Body", "BodySource", "EncodeBody", "Message"]

T = TypeVar("T")

type BodySource = (
    str
    | bytes
    | bytearray
    | memoryview
    | Blob
    | FormData
    | ByteStream
    | Iterable[bytes | str]
    | AsyncIterable[bytes | str]
    | None
)
"""What every `body=` takes: text, bytes, a form, a file, a stream, or an iterable of chunks.

A binary file object is read in pieces; a JavaScript stream or blob is handed on untouched.
"""


type _Bytes = bytes  # inside the classes, `bytes` is a method


class EncodeBody(StrEnum):
    """Who applies `Content-Encoding`: the platform, or the worker already has."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Body:
    """The body of one message: data that is there, a JavaScript message that holds it, or a stream.

    Args:
        data: text or bytes.
        owner: the JavaScript Request or Response to read it from.
        stream: the stream to read it from.
        form: the form that `data` or `stream` encodes.
        kind: the content type that the source implies.
        once: whether even data may be read only once, as a request's.
    """

    __slots__ = ("data", "form", "kind", "once", "owner", "stream", "used")

    def __init__(
        self,
        data: str | _Bytes | None = None,
        *,
        owner: Any = None,
        stream: ByteStream | None = None,
        form: FormData | None = None,
        kind: str | None = None,
        once: bool = False,
    ) -> None:
        self.data = data
        self.owner = owner
        self.stream = stream
        self.form = form
        self.kind = kind
        self.once = once
        self.used = False

    @classmethod
    def of(cls, source: BodySource, *, once: bool = False) -> Body:
        """The body that a user's value means.

        Raises:
            TypeError: the value can be no body.
        """
        if source is None or isinstance(source, str | bytes):
            return cls(source, once=once)
        if isinstance(source, bytearray | memoryview):
            return cls(bytes(source), once=once)
        if isinstance(source, ByteStream):
            return cls(stream=source, once=once)
        if isinstance(source, FormData):
            return cls._of_form(source, once=once)
        if isinstance(source, Blob):
            kind = source.type or None
            if source._data is None:
                return cls(stream=source.stream(), kind=kind, once=once)
            return cls(source._data, kind=kind, once=once)
        return cls._of_chunks(source, once=once)

    @classmethod
    def _of_form(cls, form: FormData, *, once: bool) -> Body:
        content, kind = form._encode()
        if isinstance(content, bytes):
            return cls(content, form=form, kind=kind, once=once)
        return cls(stream=ByteStream(content), form=form, kind=kind, once=once)

    @classmethod
    def _of_chunks(cls, source: Any, *, once: bool) -> Body:
        if js.IN_WORKER and isinstance(source, js.ffi.JsProxy):
            return cls._of_js(source, once=once)
        if not isinstance(source, AsyncIterable | Iterable) or isinstance(source, Mapping):
            raise _no_body(cast("object", source))
        if isinstance(source, list | tuple):
            chunks = cast("Iterable[bytes | str]", source)
            return cls(b"".join(map(to_bytes, chunks)), once=once)
        return cls(stream=ByteStream(cast("Any", source)), once=once)

    @classmethod
    def _of_js(cls, value: Any, *, once: bool) -> Body:
        name = str(value.constructor.name)
        if name in {"Blob", "File"}:
            return cls.of(Blob._from_js(value), once=once)
        if hasattr(value, "getReader"):
            return cls(stream=ByteStream._from_js(value), once=once)
        return cls(convert.to_py(value), once=once)

    @property
    def empty(self) -> bool:
        """Whether there is no body at all."""
        if self.owner is not None:
            return convert.to_py(self.owner.body) is None
        return self.data is None and self.stream is None

    @property
    def nothing(self) -> bool:
        """Whether no byte comes of it: there is no body, or it is empty text."""
        return self.empty if self.data is None else not self.data

    def _use(self) -> None:
        if self.used:
            raise BodyUsedError
        if self.once or self.data is None:
            self.used = True

    async def text(self) -> str:
        """The body as UTF-8; what is not UTF-8 becomes U+FFFD."""
        self._use()
        if self.owner is not None:
            return await self._read("text")
        if isinstance(self.data, str):
            return self.data
        return (await self._rest()).decode("utf-8", "replace")

    async def bytes(self) -> _Bytes:
        """The body as it came."""
        self._use()
        return await self._rest()

    async def _rest(self) -> _Bytes:
        if self.owner is not None:
            return convert.to_py(await self._read("arrayBuffer"))
        if self.stream is not None:
            return await self.stream.bytes()
        return (
            self.data.encode("utf-8", "replace") if isinstance(self.data, str) else self.data or b""
        )

    async def _read(self, method: str) -> Any:
        try:
            return await calls.acall(self.owner, method)
        except JsError as error:
            raise broken(error) from error

    def refuse_used(self) -> None:
        """Raise when the body is gone."""
        if self.used:
            raise BodyUsedError

    def open(self) -> ByteStream | None:
        """The body as a stream; None when there is none."""
        self.refuse_used()
        if self.owner is not None:
            js_stream = convert.to_py(self.owner.body)
            if js_stream is None:
                return None
            self.used = True
            return ByteStream._from_js(js_stream)
        self._use()
        if self.stream is not None:
            return self.stream
        return None if self.data is None else ByteStream((self.data,))

    async def form_data(self, content_type: str | None) -> FormData:
        """The body as a form.

        Raises:
            FormDataError: it is none, or its content type does not say so.
        """
        self._use()
        if self.form is not None:
            return FormData(self.form)
        owner = self.owner
        try:
            if owner is None:
                headers = f"content-type\n{content_type or ''}"
                owner = calls.call(js.runtime, "respond", 200, headers, await self._rest())
            return FormData._from_js(await calls.acall(owner, "formData"))
        except js.JsException:
            raise
        except Exception as error:
            raise FormDataError("failed to get form data from request") from error

    async def blob(self, content_type: str | None) -> Blob:
        """The body as a blob of its content type."""
        self._use()
        if self.owner is not None:
            return Blob._from_js(await calls.acall(self.owner, "blob"))
        return Blob(await self._rest(), type=content_type or "")

    def take(self, *, to_client: bool = False) -> Any:
        """The body for a JavaScript message: `str`, `bytes`, a JavaScript stream, or None."""
        self._use()
        if self.owner is not None:
            return convert.to_py(self.owner.body)
        if self.stream is None:
            return self.data
        return self.stream._take_to_send() if to_client else self.stream._take()

    def copy(self) -> Body:
        """A second body with the same content; a stream is split in two."""
        self.refuse_used()
        if self.owner is not None:
            return Body(owner=calls.call(self.owner, "clone"), once=self.once)
        stream = self.stream
        if stream is not None:
            self.stream, stream = stream.tee()
        return Body(self.data, stream=stream, form=self.form, kind=self.kind, once=self.once)


def _no_body(value: Any) -> TypeError:
    hint = "Call it: a body is what the generator function returns." if callable(value) else None
    if isinstance(value, Mapping | int | float):
        hint = "JSON is made by Response.from_json(value), or sent with json=value."
    return unfit(
        "a body is text, bytes, a form, or chunks of them", cast("object", value), hint=hint
    )


class Message:
    """The body readers that requests and responses share."""

    __slots__ = ()

    _WITHOUT_BODY = "body is not streamable"
    _STATUS: int | None = None

    @property
    def _content(self) -> Body:
        raise NotImplementedError

    def _content_type(self) -> str | None:
        raise NotImplementedError

    @property
    def body_used(self) -> bool:
        """Whether the body has been read, or handed to somebody who reads it."""
        body = self._content
        return body.used or (body.owner is not None and bool(body.owner.bodyUsed))

    async def text(self) -> str:
        """The whole body as UTF-8; what is not UTF-8 becomes U+FFFD.

        Raises:
            BodyUsedError: the body has already been read.
        """
        return await self._content.text()

    async def bytes(self) -> _Bytes:
        """The whole body.

        Raises:
            BodyUsedError: the body has already been read.
            FetchError: the connection broke while the body was on its way; so do all readers.
        """
        return await self._content.bytes()

    @overload
    async def json(self, /) -> Any: ...
    @overload
    async def json(self, type: TypeForm[T], /) -> T: ...
    async def json(self, type: Any = None, /) -> Any:
        """The whole body, parsed as JSON.

        Args:
            type: what it should be (a pydantic model, a dataclass, `list[int]`, …); plain Python
                values when not given.

        Raises:
            BodyUsedError: the body has already been read.
            JsonError: it is not JSON.
            ValidationError: it is JSON of another type; every problem is listed.
        """
        return parse_json(await self._content.text(), type, status=self._STATUS)

    async def form_data(self) -> FormData:
        """The whole body as a form: `multipart/form-data` or `application/x-www-form-urlencoded`.

        Raises:
            BodyUsedError: the body has already been read.
            FormDataError: it is not a form.
        """
        try:
            return await self._content.form_data(self._content_type())
        except FormDataError as error:
            error.status = self._STATUS
            raise

    async def blob(self) -> Blob:
        """The whole body as a blob of its content type.

        Raises:
            BodyUsedError: the body has already been read.
        """
        return await self._content.blob(self._content_type())

    def stream(self) -> ByteStream:
        """The body in chunks, as they arrive.

        Raises:
            BodyUsedError: the body has already been read.
            StreamError: there is no body.
        """
        stream = self._content.open()
        if stream is None:
            raise StreamError(self._WITHOUT_BODY)
        return stream


def parse_json(text: str, type: Any, *, status: int | None) -> Any:
    """JSON text as plain Python, or as `type`."""
    if type is not None:
        return json_as(text, type, status=status)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JsonError(f"the body is not JSON: {error}", status=status) from error
