"""Sending email through a binding.

Source: workers-rs `send_email.rs`;
https://developers.cloudflare.com/email-routing/email-workers/send-email-workers/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, final

from worker_sys import calls, convert, js

from worker._body import to_body
from worker._handle import Handle
from worker._limits import expect
from worker.errors import JsError
from worker.streams import ByteStream

__all__ = ["EmailAddress", "EmailAttachment", "EmailMessage", "EmailSendResult", "SendEmail"]


@final
@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An address with the name that is shown for it.

    Source: workers-rs `EmailAddress`
    """

    name: str
    email: str

    def _to_options(self) -> Any:
        return convert.options(name=self.name, email=self.email)


type Recipients = str | EmailAddress | Iterable[str | EmailAddress]
"""One address, or several."""


@final
@dataclass(frozen=True, slots=True)
class EmailAttachment:
    """A file in an email.

    Attributes:
        filename: as the reader sees it.
        type: its media type, such as `text/plain`.
        content: the bytes, or Base64 text.
        content_id: makes it an inline part, which HTML shows with `cid:…`.

    Raises:
        TypeError: the content is neither bytes nor text.

    Source: workers-rs `EmailAttachment`
    """

    filename: str
    type: str
    content: bytes | str
    content_id: str | None = None

    def __post_init__(self) -> None:
        """Check the content, which nobody looks at before the reader does."""
        expect("an attachment is bytes, or Base64 text", self.content, bytes, str)

    def _to_options(self) -> Any:
        return convert.options(
            disposition="attachment" if self.content_id is None else "inline",
            contentId=self.content_id,
            filename=self.filename,
            type=self.type,
            content=self.content,
        )


@final
@dataclass(frozen=True, slots=True)
class EmailSendResult:
    """What became of an email: the id it was sent under.

    Source: workers-rs `EmailSendResult`
    """

    message_id: str

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        return cls(str(convert.to_py(getattr(js, "messageId", None)) or ""))


@final
@dataclass(frozen=True, slots=True)
class EmailMessage:
    """A whole email as text, with its envelope.

    Attributes:
        from_: the sender of the envelope; the binding may restrict it.
        to: the recipient of the envelope.
        raw: the MIME text, with headers, `Message-ID` among them (`email.utils.make_msgid()` makes
            one). `email.message.EmailMessage.as_bytes()` makes it. A stream must know its length.

    Source: workers-rs `EmailMessage`
    """

    from_: str
    to: str
    raw: str | bytes | ByteStream

    async def _platform(self) -> Any:
        """The platform's object. It takes text or a stream; bytes are sent as a stream."""
        raw = _stream(self.raw) if isinstance(self.raw, bytes) else convert.to_js(to_body(self.raw))
        return await calls.acall(js.runtime, "emailMessage", self.from_, self.to, raw)


def _stream(data: bytes) -> Any:
    return js.Response.new(convert.to_js(data)).body


def built(
    *,
    from_: str | EmailAddress,
    subject: str,
    to: Recipients | None = None,
    cc: Recipients | None = None,
    bcc: Recipients | None = None,
    reply_to: str | EmailAddress | None = None,
    headers: Mapping[str, str] | None = None,
    text: str | None = None,
    html: str | None = None,
    attachments: Iterable[EmailAttachment] | None = None,
) -> Any:
    """The fields of an email as the platform's builder takes them."""
    return convert.options(
        **{"from": _one(from_)},
        subject=subject,
        to=_some(to),
        cc=_some(cc),
        bcc=_some(bcc),
        replyTo=None if reply_to is None else _one(reply_to),
        headers=None if headers is None else dict(headers),
        text=text,
        html=html,
        attachments=None if attachments is None else [file._to_options() for file in attachments],
    )


def _one(address: str | EmailAddress) -> Any:
    return address._to_options() if isinstance(address, EmailAddress) else address


def _some(addresses: Recipients | None) -> Any:
    if addresses is None:
        return None
    if isinstance(addresses, str | EmailAddress):
        return _one(addresses)
    return [_one(address) for address in addresses]


@final
class SendEmail(Handle):
    """A binding that sends email: `env.send_email("EMAIL")`.

    Source: workers-rs `SendEmail`
    """

    __slots__ = ()

    async def send(self, message: EmailMessage) -> EmailSendResult:
        """Send a whole message.

        Raises:
            TypeError: it is no EmailMessage.
            EmailRecipientNotAllowed: the binding may not write to that address.
            EmailRecipientSuppressed: the recipient is on the suppression list.
            RateLimitExceeded, DailyLimitExceeded: too many emails.
            JsError: another refusal, such as a sender that is not allowed.

        Source: workers-rs `SendEmail::send`
        """
        expect("send takes an EmailMessage, and compose the parts of one", message, EmailMessage)
        try:
            sent = await calls.acall(self.js, "send", await message._platform())
        except JsError as error:
            if "message-id" in error.message:
                error.add_note("Add the header Message-ID: email.utils.make_msgid() makes one.")
            raise
        return EmailSendResult._from_js(sent)

    async def compose(
        self,
        *,
        from_: str | EmailAddress,
        subject: str,
        to: Recipients | None = None,
        cc: Recipients | None = None,
        bcc: Recipients | None = None,
        reply_to: str | EmailAddress | None = None,
        headers: Mapping[str, str] | None = None,
        text: str | None = None,
        html: str | None = None,
        attachments: Iterable[EmailAttachment] | None = None,
    ) -> EmailSendResult:
        """Send an email made of its parts; the platform writes the MIME text.

        Args:
            from_: the sender.
            subject: the subject.
            to: recipients; at least one of `to`, `cc` and `bcc` must be given.
            cc: recipients that everyone sees.
            bcc: recipients that nobody sees.
            reply_to: where answers go.
            headers: more headers.
            text: the body as plain text.
            html: the body as HTML; with `text`, the reader's program chooses.
            attachments: files.

        Raises:
            ValueError: there is no recipient.
            EmailRecipientNotAllowed: the binding may not write to one of the addresses.
            EmailRecipientSuppressed: a recipient is on the suppression list.
            RateLimitExceeded, DailyLimitExceeded: too many emails.
            JsError: another refusal, such as a sender that is not allowed.

        Source: workers-rs `SendEmail::send_with_builder`, `SendEmailBuilder`
        """
        if not (to or cc or bcc):
            raise ValueError("an email needs a recipient: to, cc or bcc")
        builder = built(
            from_=from_,
            subject=subject,
            to=to,
            cc=cc,
            bcc=bcc,
            reply_to=reply_to,
            headers=headers,
            text=text,
            html=html,
            attachments=attachments,
        )
        return EmailSendResult._from_js(await calls.acall(self.js, "send", builder))
