"""Durable Objects, from inside and from outside."""

from worker.durable.alarms import AlarmInfo, ScheduledTime
from worker.durable.base import DurableObject
from worker.durable.container import (
    Container,
    ContainerSnapshot,
    DirectorySnapshot,
    MountedSnapshot,
)
from worker.durable.facets import Facets, ObjectClass
from worker.durable.hibernation import WebSocketRequestResponsePair
from worker.durable.kv import SyncKv
from worker.durable.namespace import (
    Jurisdiction,
    LocationHint,
    ObjectId,
    ObjectNamespace,
    ObjectStub,
    Stub,
)
from worker.durable.process import ExecOutput, ExecProcess
from worker.durable.sql import SqlCursor, SqlStorage, SqlValue
from worker.durable.state import ObjectAbort, State
from worker.durable.storage import Storage, Transaction

__all__ = [
    "AlarmInfo",
    "Container",
    "ContainerSnapshot",
    "DirectorySnapshot",
    "DurableObject",
    "ExecOutput",
    "ExecProcess",
    "Facets",
    "Jurisdiction",
    "LocationHint",
    "MountedSnapshot",
    "ObjectAbort",
    "ObjectClass",
    "ObjectId",
    "ObjectNamespace",
    "ObjectStub",
    "ScheduledTime",
    "SqlCursor",
    "SqlStorage",
    "SqlValue",
    "State",
    "Storage",
    "Stub",
    "SyncKv",
    "Transaction",
    "WebSocketRequestResponsePair",
]
