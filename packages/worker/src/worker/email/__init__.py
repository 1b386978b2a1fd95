"""Receiving and sending email."""

from worker.email.inbound import ForwardableEmailMessage
from worker.email.outbound import (
    EmailAddress,
    EmailAttachment,
    EmailMessage,
    EmailSendResult,
    SendEmail,
)

__all__ = [
    "EmailAddress",
    "EmailAttachment",
    "EmailMessage",
    "EmailSendResult",
    "ForwardableEmailMessage",
    "SendEmail",
]
