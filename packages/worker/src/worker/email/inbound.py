"""Email that arrives.

Source: workers-rs `email.rs`;
https://developers.cloudflare.com/email-routing/email-workers/runtime-api/
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, Self, cast, final

from worker_sys import calls, convert, js

from worker._handle import Handle
from worker.email.outbound import (
    EmailAddress,
    EmailAttachment,
    EmailMessage,
    EmailSendResult,
    built,
)
from worker.headers import Headers
from worker.streams import ByteStream

__all__ = ["ForwardableEmailMessage"]


@final
class ForwardableEmailMessage(Handle):
    """An email that arrived, given to `@event.email`.

    A handler that neither rejects nor forwards it lets it be dropped.

    Source: workers-rs `ForwardableEmailMessage`
    """

    __slots__ = ("_rejection",)

    _rejection: Any

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        message = super()._from_js(js)
        message._rejection = None
        return message

    async def _settled(self) -> None:
        """Wait until a rejection has arrived: the local runtime is told by a call of its own."""
        rejection: object = self._rejection
        if isinstance(rejection, Awaitable):
            await cast("Awaitable[None]", rejection)

    @property
    def from_(self) -> str:
        """The sender of the envelope.

        Source: workers-rs `ForwardableEmailMessage::from`
        """
        return str(getattr(self.js, "from"))

    @property
    def to(self) -> str:
        """The recipient of the envelope.

        Source: workers-rs `ForwardableEmailMessage::to`
        """
        return str(self.js.to)

    @property
    def headers(self) -> Headers:
        """The headers of the message.

        Source: workers-rs `ForwardableEmailMessage::headers`
        """
        return Headers._from_js(self.js.headers)

    @property
    def raw_size(self) -> int:
        """The size of the whole message in bytes.

        Source: workers-rs `ForwardableEmailMessage::raw_size`
        """
        return int(self.js.rawSize)

    @property
    def raw(self) -> ByteStream:
        """The whole message as a stream; it can be read once.

        Source: workers-rs `ForwardableEmailMessage::{raw, raw_byte_stream}`
        """
        return ByteStream._from_js(self.js.raw)

    async def raw_bytes(self) -> bytes:
        """The whole message; it can be read once.

        `email.message_from_bytes(data, policy=email.policy.default)` parses it.

        Source: workers-rs `ForwardableEmailMessage::raw_bytes`
        """
        return convert.to_py(await calls.acall(js.Response.new(self.js.raw), "arrayBuffer"))

    def set_reject(self, reason: str) -> None:
        """Refuse the message with a permanent error that the sending server sees.

        Source: workers-rs `ForwardableEmailMessage::set_reject`
        """
        self._rejection = calls.call(self.js, "setReject", reason)

    async def forward(
        self, to: str, *, headers: Headers | Mapping[str, str] | None = None
    ) -> EmailSendResult:
        """Send the message on.

        Args:
            to: a verified destination address of the account.
            headers: headers to add; only names that begin with `X-` are allowed.

        Raises:
            JsError: the address is not verified, or the message was rejected already.

        Source: workers-rs `ForwardableEmailMessage::{forward, forward_with_headers}`
        """
        more = () if headers is None else (_headers(headers),)
        return EmailSendResult._from_js(await calls.acall(self.js, "forward", to, *more))

    async def reply(self, message: EmailMessage) -> EmailSendResult:
        """Answer the sender with a whole message, once.

        Args:
            message: its sender must be this message's recipient and the other way round, and its
                `In-Reply-To` header must name this message's id.

        Raises:
            JsError: the platform refused the answer; its message says why.

        Source: workers-rs `ForwardableEmailMessage::reply`
        """
        sent = await message._platform()
        return EmailSendResult._from_js(await calls.acall(self.js, "reply", sent))

    async def reply_with(
        self,
        *,
        from_: str | EmailAddress,
        subject: str,
        reply_to: str | EmailAddress | None = None,
        headers: Mapping[str, str] | None = None,
        text: str | None = None,
        html: str | None = None,
        attachments: Iterable[EmailAttachment] | None = None,
    ) -> EmailSendResult:
        """Answer the sender with an email made of its parts; the platform adds the threading.

        Args:
            from_: the sender of the answer.
            subject: its subject.
            reply_to: where answers to it go.
            headers: more headers.
            text: the body as plain text.
            html: the body as HTML.
            attachments: files.

        Raises:
            JsError: the platform refused the answer; its message says why.

        Source: https://developers.cloudflare.com/email-routing/email-workers/reply-email-workers/
        """
        builder = built(
            from_=from_,
            subject=subject,
            reply_to=reply_to,
            headers=headers,
            text=text,
            html=html,
            attachments=attachments,
        )
        return EmailSendResult._from_js(await calls.acall(self.js, "reply", builder))


def _headers(headers: Headers | Mapping[str, str]) -> object:
    pairs = [[name, value] for name, value in Headers(headers).multi_items()]
    return js.Headers.new(convert.to_js(pairs))
