"""Queues: messages sent now and handled later, in batches.

Source: workers-rs `queue`; https://developers.cloudflare.com/queues/configuration/javascript-apis/
"""

from worker.queue.consumer import Message, MessageBatch
from worker.queue.producer import Queue, QueueContentType, QueueMetrics, SendMessage

__all__ = [
    "Message",
    "MessageBatch",
    "Queue",
    "QueueContentType",
    "QueueMetrics",
    "SendMessage",
]
