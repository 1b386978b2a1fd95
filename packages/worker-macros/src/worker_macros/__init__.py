"""The decorators of `worker`, what they record, and the code generated from it."""

from worker_macros import event, registry
from worker_macros.durable_object import durable_object
from worker_macros.signature import SignatureError

__all__ = ["SignatureError", "durable_object", "event", "registry"]
