"""Write Cloudflare Workers in Python.

Everything a worker usually needs is here; each concept has a module of its own with the rest:
`worker.kv`, `worker.r2`, `worker.durable`. A name is loaded when it is first asked for, so that an
image holds what its app uses.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from worker_macros import durable_object, event
from worker_sys.aio import run_blocking, run_sync

# Functions that share the name of their module: bound now, so that it cannot take their place.
from worker.abort import abort
from worker.delay import delay
from worker.fetch import fetch
from worker.js_module import js_module

if TYPE_CHECKING:
    from worker.abort import AbortController, AbortSignal
    from worker.ai import Ai
    from worker.analytics_engine import AnalyticsEngineDataPoint, AnalyticsEngineDataset
    from worker.blob import Blob, File
    from worker.body import EncodeBody
    from worker.cache import Cache, CacheDeletionOutcome
    from worker.cf import Cf
    from worker.context import Context
    from worker.cookies import Cookie, Cookies, CookieSigner
    from worker.cors import Cors
    from worker.crypto import DigestStream, timing_safe_equal
    from worker.d1 import D1Database
    from worker.dispatch import DynamicDispatcher
    from worker.durable import (
        AlarmInfo,
        DurableObject,
        ObjectId,
        ObjectNamespace,
        ObjectStub,
        SqlStorage,
        State,
        Storage,
        Stub,
        SyncKv,
        Transaction,
        WebSocketRequestResponsePair,
    )
    from worker.email import (
        EmailAddress,
        EmailAttachment,
        EmailMessage,
        ForwardableEmailMessage,
        SendEmail,
    )
    from worker.entrypoint import WorkerEntrypoint
    from worker.env import Env
    from worker.errors import (
        AbortError,
        BindingError,
        BodyUsedError,
        ConversionError,
        CookieError,
        CrossRequestError,
        D1Error,
        DailyLimitExceeded,
        DecodeError,
        DurableObjectError,
        EmailError,
        EmailRecipientNotAllowed,
        EmailRecipientSuppressed,
        Error,
        FetchError,
        FormDataError,
        HeaderError,
        ImmutableError,
        IntegerRangeError,
        InternalError,
        JsError,
        JsonError,
        KvError,
        LimitError,
        NotInWorker,
        Problem,
        QueueError,
        R2Error,
        RateLimitExceeded,
        RouteInsertError,
        RouteNameError,
        RouterFrozenError,
        SocketError,
        StatusCodeError,
        StreamError,
        TimedOutError,
        UrlError,
        ValidationError,
        WebSocketError,
        WorkflowError,
    )
    from worker.formdata import FormData
    from worker.headers import Headers
    from worker.html_rewriter import HTMLRewriter
    from worker.kv import KvStore
    from worker.method import Method
    from worker.queue import MessageBatch, Queue, SendMessage
    from worker.r2 import Bucket
    from worker.request import Request
    from worker.request_init import CacheMode, CfProperties, RequestInit, RequestRedirect
    from worker.resize import ResizeConfig
    from worker.response import Response
    from worker.router import RouteContext, Router
    from worker.rpc import RpcStub
    from worker.scheduled import ScheduledEvent
    from worker.service import Fetcher
    from worker.socket import SecureTransport, Socket
    from worker.streams import ByteStream, FixedLengthStream
    from worker.tail import TraceItem
    from worker.tail_stream import TailEvent
    from worker.transforms import (
        CompressionStream,
        DecompressionStream,
        IdentityTransformStream,
    )
    from worker.websocket import CloseEvent, MessageEvent, ReadyState, WebSocket, WebSocketPair
    from worker.workflow import (
        NonRetryableError,
        StepContext,
        Workflow,
        WorkflowEntrypoint,
        WorkflowEvent,
        WorkflowStep,
    )

_MODULES = {
    "AbortController": "abort",
    "AbortSignal": "abort",
    "Ai": "ai",
    "AnalyticsEngineDataPoint": "analytics_engine",
    "AnalyticsEngineDataset": "analytics_engine",
    "Blob": "blob",
    "File": "blob",
    "Cache": "cache",
    "CacheDeletionOutcome": "cache",
    "Cf": "cf",
    "Context": "context",
    "Cookie": "cookies",
    "CookieSigner": "cookies",
    "Cookies": "cookies",
    "Cors": "cors",
    "DigestStream": "crypto",
    "timing_safe_equal": "crypto",
    "D1Database": "d1",
    "DynamicDispatcher": "dispatch",
    "AlarmInfo": "durable",
    "DurableObject": "durable",
    "ObjectId": "durable",
    "ObjectNamespace": "durable",
    "ObjectStub": "durable",
    "SqlStorage": "durable",
    "State": "durable",
    "Storage": "durable",
    "Stub": "durable",
    "SyncKv": "durable",
    "Transaction": "durable",
    "WebSocketRequestResponsePair": "durable",
    "EmailAddress": "email",
    "EmailAttachment": "email",
    "EmailMessage": "email",
    "ForwardableEmailMessage": "email",
    "SendEmail": "email",
    "WorkerEntrypoint": "entrypoint",
    "Env": "env",
    "AbortError": "errors",
    "BindingError": "errors",
    "BodyUsedError": "errors",
    "ConversionError": "errors",
    "CookieError": "errors",
    "CrossRequestError": "errors",
    "D1Error": "errors",
    "DailyLimitExceeded": "errors",
    "DecodeError": "errors",
    "DurableObjectError": "errors",
    "EmailError": "errors",
    "EmailRecipientNotAllowed": "errors",
    "EmailRecipientSuppressed": "errors",
    "Error": "errors",
    "FetchError": "errors",
    "FormDataError": "errors",
    "HeaderError": "errors",
    "ImmutableError": "errors",
    "IntegerRangeError": "errors",
    "InternalError": "errors",
    "JsError": "errors",
    "JsonError": "errors",
    "KvError": "errors",
    "LimitError": "errors",
    "NotInWorker": "errors",
    "Problem": "errors",
    "QueueError": "errors",
    "R2Error": "errors",
    "RateLimitExceeded": "errors",
    "RouteInsertError": "errors",
    "RouteNameError": "errors",
    "RouterFrozenError": "errors",
    "SocketError": "errors",
    "StatusCodeError": "errors",
    "StreamError": "errors",
    "TimedOutError": "errors",
    "UrlError": "errors",
    "ValidationError": "errors",
    "WebSocketError": "errors",
    "WorkflowError": "errors",
    "FormData": "formdata",
    "Headers": "headers",
    "HTMLRewriter": "html_rewriter",
    "KvStore": "kv",
    "Method": "method",
    "MessageBatch": "queue",
    "Queue": "queue",
    "SendMessage": "queue",
    "Bucket": "r2",
    "Request": "request",
    "CacheMode": "request_init",
    "CfProperties": "request_init",
    "RequestInit": "request_init",
    "RequestRedirect": "request_init",
    "ResizeConfig": "resize",
    "EncodeBody": "body",
    "Response": "response",
    "RouteContext": "router",
    "Router": "router",
    "RpcStub": "rpc",
    "ScheduledEvent": "scheduled",
    "Fetcher": "service",
    "SecureTransport": "socket",
    "Socket": "socket",
    "ByteStream": "streams",
    "CompressionStream": "transforms",
    "DecompressionStream": "transforms",
    "FixedLengthStream": "streams",
    "IdentityTransformStream": "transforms",
    "TraceItem": "tail",
    "TailEvent": "tail_stream",
    "CloseEvent": "websocket",
    "MessageEvent": "websocket",
    "ReadyState": "websocket",
    "WebSocket": "websocket",
    "WebSocketPair": "websocket",
    "NonRetryableError": "workflow",
    "StepContext": "workflow",
    "Workflow": "workflow",
    "WorkflowEntrypoint": "workflow",
    "WorkflowEvent": "workflow",
    "WorkflowStep": "workflow",
}

__all__ = [
    "AbortController",
    "AbortError",
    "AbortSignal",
    "Ai",
    "AlarmInfo",
    "AnalyticsEngineDataPoint",
    "AnalyticsEngineDataset",
    "BindingError",
    "Blob",
    "BodyUsedError",
    "Bucket",
    "ByteStream",
    "Cache",
    "CacheDeletionOutcome",
    "CacheMode",
    "Cf",
    "CfProperties",
    "CloseEvent",
    "CompressionStream",
    "Context",
    "ConversionError",
    "Cookie",
    "CookieError",
    "CookieSigner",
    "Cookies",
    "Cors",
    "CrossRequestError",
    "D1Database",
    "D1Error",
    "DailyLimitExceeded",
    "DecodeError",
    "DecompressionStream",
    "DigestStream",
    "DurableObject",
    "DurableObjectError",
    "DynamicDispatcher",
    "EmailAddress",
    "EmailAttachment",
    "EmailError",
    "EmailMessage",
    "EmailRecipientNotAllowed",
    "EmailRecipientSuppressed",
    "EncodeBody",
    "Env",
    "Error",
    "FetchError",
    "Fetcher",
    "File",
    "FixedLengthStream",
    "FormData",
    "FormDataError",
    "ForwardableEmailMessage",
    "HTMLRewriter",
    "HeaderError",
    "Headers",
    "IdentityTransformStream",
    "ImmutableError",
    "IntegerRangeError",
    "InternalError",
    "JsError",
    "JsonError",
    "KvError",
    "KvStore",
    "LimitError",
    "MessageBatch",
    "MessageEvent",
    "Method",
    "NonRetryableError",
    "NotInWorker",
    "ObjectId",
    "ObjectNamespace",
    "ObjectStub",
    "Problem",
    "Queue",
    "QueueError",
    "R2Error",
    "RateLimitExceeded",
    "ReadyState",
    "Request",
    "RequestInit",
    "RequestRedirect",
    "ResizeConfig",
    "Response",
    "RouteContext",
    "RouteInsertError",
    "RouteNameError",
    "Router",
    "RouterFrozenError",
    "RpcStub",
    "ScheduledEvent",
    "SecureTransport",
    "SendEmail",
    "SendMessage",
    "Socket",
    "SocketError",
    "SqlStorage",
    "State",
    "StatusCodeError",
    "StepContext",
    "Storage",
    "StreamError",
    "Stub",
    "SyncKv",
    "TailEvent",
    "TimedOutError",
    "TraceItem",
    "Transaction",
    "UrlError",
    "ValidationError",
    "WebSocket",
    "WebSocketError",
    "WebSocketPair",
    "WebSocketRequestResponsePair",
    "WorkerEntrypoint",
    "Workflow",
    "WorkflowEntrypoint",
    "WorkflowError",
    "WorkflowEvent",
    "WorkflowStep",
    "abort",
    "delay",
    "durable_object",
    "event",
    "fetch",
    "js_module",
    "run_blocking",
    "run_sync",
    "timing_safe_equal",
]


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"worker.{module}"), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])
