"""What of Durable Objects is pure Python: times, parameters, and who may make what."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from worker.durable import (
    DurableObject,
    ObjectId,
    ObjectNamespace,
    ObjectStub,
    SqlCursor,
    SqlStorage,
    State,
    Storage,
    SyncKv,
    Transaction,
)
from worker.durable.alarms import from_milliseconds, milliseconds, span
from worker.durable.sql import _parameter
from worker.email import ForwardableEmailMessage, SendEmail
from worker.errors import ConversionError, IntegerRangeError
from worker.rpc import RpcStub
from worker.scheduled import ScheduledEvent
from worker.workflow import Workflow, WorkflowInstance, WorkflowStep
from worker_macros import SignatureError, durable_object, registry


def test_a_moment_is_milliseconds_since_the_epoch_in_any_zone():
    when = datetime(2026, 11, 23, 12, 0, 0, 500_000, tzinfo=UTC)
    assert milliseconds(when) == 1795435200500
    assert milliseconds(when.astimezone(timezone(timedelta(hours=5)))) == 1795435200500
    assert from_milliseconds(1795435200500) == when
    assert from_milliseconds(0).tzinfo is UTC


def test_a_moment_before_the_epoch_keeps_its_sign():
    assert milliseconds(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)) == -1000


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="has no time zone") as refused:
        milliseconds(datetime(2026, 1, 1))  # noqa: DTZ001
    assert "datetime.now(UTC)" in refused.value.__notes__[0]


def test_an_offset_counts_from_now():
    now = datetime.now(UTC)
    due = from_milliseconds(milliseconds(timedelta(minutes=5)))
    assert (
        timedelta(minutes=5)
        <= due - now + timedelta(milliseconds=1)
        < timedelta(minutes=5, seconds=9)
    )


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(), 0),
        (timedelta(seconds=2), 2000),
        (timedelta(microseconds=1), 1),
        (timedelta(milliseconds=1, microseconds=1), 2),
        (timedelta(days=365), 31_536_000_000),
        (timedelta(milliseconds=-1), -1),
    ],
)
def test_a_span_is_whole_milliseconds_rounded_up(length, expected):
    assert span(length) == expected


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        (True, 1),
        (False, 0),
        (None, None),
        ("text", "text"),
        (2**53 - 1, 2**53 - 1),
        (-(2**53 - 1), -(2**53 - 1)),
        (1.5, 1.5),
        (b"x", b"x"),
        (bytearray(b"x"), b"x"),
        (memoryview(b"x"), b"x"),
        (float("nan"), None),
    ],
)
def test_a_parameter_is_what_sqlite_knows(value, bound):
    given = _parameter(value)
    assert given == bound
    assert type(given) is type(bound)


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**200])
def test_an_integer_that_would_be_rounded_is_refused(value):
    with pytest.raises(IntegerRangeError) as refused:
        _parameter(value)
    assert "as text" in refused.value.__notes__[0]


@pytest.mark.parametrize("value", [object(), [1], {"a": 1}, datetime.now(UTC)])
def test_a_value_that_sqlite_has_no_type_for_is_refused(value):
    with pytest.raises(ConversionError, match="SQLite has no type for"):
        _parameter(value)


@pytest.mark.parametrize(
    "cls",
    [
        ForwardableEmailMessage,
        ObjectId,
        ObjectNamespace,
        ObjectStub,
        RpcStub,
        ScheduledEvent,
        SendEmail,
        SqlCursor,
        SqlStorage,
        State,
        Storage,
        SyncKv,
        Transaction,
        Workflow,
        WorkflowInstance,
        WorkflowStep,
    ],
)
def test_what_the_runtime_hands_out_has_no_public_constructor(cls):
    with pytest.raises(TypeError, match=f"{cls.__name__} has no public constructor"):
        cls(object())


def test_a_stub_has_no_private_attributes():
    stub = RpcStub._from_js(object())
    with pytest.raises(AttributeError, match="_secret"):
        _ = stub._secret
    assert stub.add.__name__ == "add"


@pytest.fixture
def empty_registry():
    before = registry.specs()
    registry.clear()
    yield
    registry.clear()
    for spec in before:
        registry.record(spec)


@pytest.mark.usefixtures("empty_registry")
def test_what_the_base_class_defines_is_not_exported():
    @durable_object
    class Counter(DurableObject):
        async def add(self, n: int) -> int:
            return n

    spec = registry.exported("Counter")
    assert spec is not None
    assert [method.name for method in spec.methods] == ["add"]
    counter = Counter("state", "env")
    assert (counter.state, counter.env) == ("state", "env")


@pytest.mark.usefixtures("empty_registry")
def test_entry_points_and_workflows_are_recorded_when_their_class_is_made():
    from worker.entrypoint import WorkerEntrypoint
    from worker.workflow import WorkflowEntrypoint

    class Adder(WorkerEntrypoint):
        async def add(self, a: int, b: int) -> int:
            return a + b

    class _Base(WorkerEntrypoint):
        async def shared(self) -> None: ...

    class Flow(WorkflowEntrypoint):
        async def run(self, event, step): ...

    class Default(_Base): ...

    assert [(spec.kind, spec.name) for spec in registry.specs()] == [
        ("entrypoint", "Adder"),
        ("workflow", "Flow"),
        ("entrypoint", "Default"),
    ]
    default = registry.exported("Default")
    assert default is not None
    assert [method.name for method in default.methods] == ["shared"]
    with pytest.raises(SignatureError, match="`run` must be an async function"):

        class Wrong(WorkflowEntrypoint):
            def run(self, event, step): ...
