"""Sending e-mail: whole messages, and messages made of their parts."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from worker import (
    EmailAddress,
    EmailAttachment,
    EmailMessage,
    Error,
    FixedLengthStream,
    Request,
    Response,
    RouteContext,
    Router,
)
from worker.email import EmailSendResult, SendEmail

__all__ = ["routes"]

SENDER: Final = "allowed-sender@example.com"
RECIPIENT: Final = "allowed-recipient@example.com"
BAD_SENDER: Final = "evil@example.com"
BAD_RECIPIENT: Final = "nope@example.com"
MISMATCHED: Final = "mismatched@example.com"

SUBJECT: Final = "structured integration test"
HELLO: Final = "hello from the structured path"


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/send-email", send)
    router.get("/send-email/advice", advice)


async def send(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send what the scenario says, and tell what became of it."""
    name = next((value for key, value in req.query_pairs() if key == "scenario"), "")
    email = ctx.send_email("EMAIL")
    scenario = SCENARIOS.get(name)
    if scenario is None:
        return Response.error(f"unknown scenario: {name}", 400)
    try:
        sent = await scenario(email)
    except Error as error:
        return Response.from_json({"error": str(error), "messageId": None, "ok": False})
    return Response.from_json({"error": None, "messageId": sent.message_id, "ok": True})


async def advice(req: Request, ctx: RouteContext[Any]) -> Response:
    """What is said to somebody who left the Message-ID out."""
    try:
        await mime(message_id=False)(ctx.send_email("EMAIL"))
    except Error as error:
        return Response.ok(error.__notes__[-1])
    return Response.error("it was sent", 500)


def raw(header_from: str, to: str, *, message_id: bool = True) -> str:
    """A MIME message, its lines ended as mail wants them."""
    lines = [
        f"From: {header_from}",
        f"To: {to}",
        "Subject: Integration test",
        "Date: Thu, 01 Jan 1970 00:00:00 +0000",
    ]
    if message_id:
        lines.append(f"Message-ID: <{time.time_ns() // 1_000_000}@example.com>")
    return "\r\n".join([*lines, "", "hello from an integration test", ""])


def mime(
    sender: str = SENDER,
    to: str = RECIPIENT,
    *,
    header_from: str | None = None,
    message_id: bool = True,
) -> Scenario:
    """Send a whole message, written when it is sent."""
    return lambda email: email.send(
        EmailMessage(sender, to, raw(header_from or sender, to, message_id=message_id))
    )


async def stream(email: SendEmail) -> EmailSendResult:
    """Send a whole message as a stream of known length."""
    text = raw(SENDER, RECIPIENT).encode()
    return await email.send(EmailMessage(SENDER, RECIPIENT, FixedLengthStream([text], len(text))))


def structured(**parts: Any) -> Scenario:
    """Send a message made of its parts."""
    given: dict[str, Any] = {"from_": SENDER, "to": RECIPIENT, "subject": SUBJECT, **parts}
    return lambda email: email.compose(**given)


type Scenario = Callable[[SendEmail], Awaitable[EmailSendResult]]

PICTURE: Final = bytes(range(256))

_FILES: Final = [
    EmailAttachment("hello.txt", "text/plain", b"hello attachment"),
    EmailAttachment("data.bin", "application/octet-stream", PICTURE),
    EmailAttachment("base64.txt", "text/plain", b64encode(HELLO.encode()).decode()),
    EmailAttachment("picture.png", "image/png", PICTURE, content_id="picture"),
]

SCENARIOS: Final[dict[str, Scenario]] = {
    "mime-ok": mime(),
    "mime-stream": stream,
    "mime-missing-message-id": mime(message_id=False),
    "mime-disallowed-sender": mime(sender=BAD_SENDER),
    "mime-disallowed-recipient": mime(to=BAD_RECIPIENT),
    "mime-from-mismatch": mime(header_from=MISMATCHED),
    "structured-ok": structured(text=HELLO),
    "structured-with-name": structured(
        from_=EmailAddress("Integration", SENDER), html=f"<p>{HELLO}</p>"
    ),
    "structured-with-attachment": structured(
        text="structured email with an attachment", attachments=_FILES[:1]
    ),
    "structured-with-everything": structured(
        from_=EmailAddress("Integration", SENDER),
        to=[RECIPIENT, EmailAddress("Recipient", RECIPIENT)],
        cc=RECIPIENT,
        bcc=[RECIPIENT],
        reply_to=EmailAddress("Answers", SENDER),
        headers={"X-Test": "everything"},
        text=HELLO,
        html='<p>Hello</p><img src="cid:picture">',
        attachments=_FILES,
    ),
    "structured-disallowed-sender": structured(from_=BAD_SENDER, text="hello"),
    "structured-disallowed-recipient": structured(to=BAD_RECIPIENT, text="hello"),
}
