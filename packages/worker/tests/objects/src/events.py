"""Events without a request: what they were is kept for the routes to tell."""

from worker import Context, Env, event
from worker.email import EmailMessage, ForwardableEmailMessage
from worker.queue import MessageBatch
from worker.scheduled import ScheduledEvent
from worker.tail import TraceItem

seen: list[str] = []


@event.start
def start() -> None:
    seen.append("start")


@event.scheduled
async def tick(event: ScheduledEvent, env: Env, ctx: Context) -> None:
    seen.append(f"{event.type} {event.cron} {event.scheduled_time.isoformat()}")
    event.no_retry()
    if event.cron == "bad":
        raise RuntimeError("the tick failed")


@event.queue
def consume(batch: MessageBatch, env: Env, ctx: Context) -> None:
    seen.append(f"{batch.queue} {[message.body for message in batch]}")


@event.tail
async def watch(events: list[TraceItem], env: Env, ctx: Context) -> None:
    for item in events:
        happened = item.event
        if happened is not None and happened.request is not None:
            seen.append(f"{happened.kind} {item.outcome} {happened.request.status}")
        elif happened is not None:
            seen.append(f"{happened.kind} {item.outcome} {happened.method}")


REPLY = """From: <{to}>
To: <{sender}>
In-Reply-To: {id}
Message-ID: <answer@example.com>
MIME-Version: 1.0
Subject: answer
Content-Type: text/plain

Thank you.
"""


@event.email
async def receive(message: ForwardableEmailMessage, env: Env, ctx: Context) -> None:
    raw = await message.raw_bytes()
    subject = message.headers["subject"]
    seen.append(f"{message.from_} {message.to} {subject} {len(raw) == message.raw_size}")
    if subject == "reject":
        message.set_reject("no thanks")
    elif subject == "forward":
        sent = await message.forward("c@example.com", headers={"X-Seen": "yes"})
        seen.append(f"forwarded {bool(sent.message_id)}")
    elif subject == "reply":
        text = REPLY.format(to=message.to, sender=message.from_, id=message.headers["message-id"])
        answer = EmailMessage(message.to, message.from_, text.replace("\n", "\r\n"))
        sent = await message.reply(answer)
        seen.append(f"replied {bool(sent.message_id)}")
    else:
        raise ValueError("an email that nobody expects")
