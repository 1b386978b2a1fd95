"""Trace items as the platform shapes them, read in real Pyodide."""

import pytest

pytestmark = pytest.mark.pyodide

READ = """
from worker.tail import TraceEvent, TraceItem
from worker_sys import convert
"""

EVENTS = [
    ({"rpcMethod": "add"}, {"kind": "rpc", "method": "add"}),
    ({"cron": "* * * * *", "scheduledTime": 0}, {"kind": "scheduled", "cron": "* * * * *"}),
    ({"queue": "jobs", "batchSize": 3}, {"kind": "queue", "queue": "jobs", "batch_size": 3}),
    (
        {"mailFrom": "a@x", "rcptTo": "b@x", "rawSize": 9},
        {"kind": "email", "mail_from": "a@x", "rcpt_to": "b@x", "raw_size": 9},
    ),
    (
        {"consumedEvents": [{"scriptName": "a"}, {"scriptName": None}]},
        {"kind": "tail", "scripts": ["a", None]},
    ),
    (
        {"getWebSocketEvent": {"webSocketEventType": "close", "code": 1000, "wasClean": True}},
        {"kind": "websocket", "websocket": "close", "code": 1000, "was_clean": True},
    ),
    (
        {"getWebSocketEvent": {"webSocketEventType": "message"}},
        {"kind": "websocket", "websocket": "message", "code": None},
    ),
    ({}, {"kind": "other"}),
]


@pytest.mark.parametrize(("shape", "wanted"), EVENTS)
def test_what_woke_the_worker_is_told_by_its_kind(pyodide, shape, wanted):
    code = READ + "event = TraceEvent._from_js(convert.to_js(shape))\n"
    code += "{name: getattr(event, name) for name in names}"
    assert pyodide.run(code, shape=shape, names=list(wanted)) == wanted


def test_an_alarm_has_its_due_time_in_utc(pyodide):
    code = READ + (
        "from datetime import UTC, datetime\n"
        "due = datetime(2026, 1, 2, tzinfo=UTC)\n"
        "event = TraceEvent._from_js(convert.to_js({'scheduledTime': due}))\n"
        "[event.kind, event.scheduled_time == due]"
    )
    assert pyodide.run(code) == ["alarm", True]


def test_a_request_has_its_status_only_when_it_was_answered(pyodide):
    request = {"method": "GET", "url": "https://x/", "headers": {"a": "b"}, "cf": {"colo": "X"}}
    code = READ + (
        "read = lambda shape: TraceEvent._from_js(convert.to_js(shape)).request\n"
        "answered = read({'request': r, 'response': {'status': 204}})\n"
        "dropped = read({'request': r})\n"
        "[answered.status, dropped.status, answered.headers, answered.cf, answered.method]"
    )
    assert pyodide.run(code, r=request) == [204, None, {"a": "b"}, {"colo": "X"}, "GET"]


def test_an_item_without_optional_parts_is_whole(pyodide):
    shape = {
        "event": None,
        "eventTimestamp": 1000,
        "outcome": "exceededCpu",
        "logs": [{"timestamp": 0, "level": "warn", "message": ["x", {"a": 1}]}],
        "exceptions": [{"timestamp": 0, "name": "Error", "message": "no", "stack": "at x"}],
        "diagnosticsChannelEvents": [{"timestamp": 0, "channel": "c", "message": 1}],
        "scriptVersion": {"id": "v"},
        "scriptTags": ["t"],
        "truncated": True,
        "cpuTime": 5,
    }
    code = READ + (
        "item = TraceItem._from_js(convert.to_js(shape))\n"
        "[item.event, item.timestamp.isoformat(), item.outcome, item.logs[0].message,\n"
        " item.exceptions[0].stack, item.diagnostics[0].channel, item.script_version.id,\n"
        " item.script_version.tag, item.script_tags, item.truncated, item.entrypoint,\n"
        " item.cpu_time.total_seconds(), item.wall_time.total_seconds()]"
    )
    assert pyodide.run(code, shape=shape) == [
        None,
        "1970-01-01T00:00:01+00:00",
        "exceededCpu",
        ["x", {"a": 1}],
        "at x",
        "c",
        "v",
        None,
        ["t"],
        True,
        None,
        0.005,
        0,
    ]
