"""Events without a request: what they were is kept for the routes to tell."""

import asyncio

from worker import Context, Env, event
from worker.email import EmailMessage, ForwardableEmailMessage
from worker.queue import MessageBatch
from worker.scheduled import ScheduledEvent
from worker.socket import Socket
from worker.tail import TraceItem
from worker.tail_stream import Log, Onset, Outcome, TailEvent, TailListener

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


streamed: list[str] = []


@event.tail_stream
async def stream(onset: TailEvent, env: Env, ctx: Context) -> TailListener | None:
    assert isinstance(onset.event, Onset)
    request = onset.event.info.request
    if request is None or "streamed" in request.url:
        return None
    streamed.append(f"{request.method} {request.url}")

    async def listen(told: TailEvent) -> None:
        assert told.invocation_id == onset.invocation_id
        await asyncio.sleep(0)
        match told.event:
            case Log(level, message):
                streamed.append(f"{told.sequence > 0} {level} {message}")
            case Outcome(outcome):
                streamed.append(outcome)
            case other:
                streamed.append(type(other).__name__)

    return listen


@event.connect
async def serve(socket: Socket, env: Env, ctx: Context) -> None:
    """Greet, and say every line backwards."""
    await socket.opened()
    socket.writer.write(b"hello\n")
    await socket.writer.drain()
    async for line in socket.reader:
        if line == b"fail\n":
            raise RuntimeError("the connection failed")
        socket.writer.write(line.strip()[::-1] + b"\n")
        await socket.writer.drain()
    await socket.writer.write_eof()


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
