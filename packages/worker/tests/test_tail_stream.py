"""Events of a tail stream as the platform shapes them, read in real Pyodide."""

import pytest

pytestmark = pytest.mark.pyodide

READ = """
from datetime import UTC, datetime, timedelta
from worker.tail_stream import TailEvent
from worker_sys import convert

def read(event, **context):
    return TailEvent._from_js(convert.to_js({
        "invocationId": "i",
        "spanContext": {"traceId": "t", **context},
        "timestamp": datetime(2026, 1, 2, tzinfo=UTC),
        "sequence": 3,
        "event": event,
    }))
"""

ONSET = {"type": "onset", "executionModel": "stateless", "spanId": "s", "scriptTags": ["a"]}

EVENTS = [
    (
        {"type": "return", "info": {"type": "fetch", "statusCode": 204}},
        "Return(status=204)",
    ),
    ({"type": "return"}, "Return(status=None)"),
    (
        {"type": "outcome", "outcome": "ok", "cpuTime": 2, "wallTime": 0},
        (
            "Outcome(outcome='ok', cpu_time=datetime.timedelta(microseconds=2000), "
            "wall_time=datetime.timedelta(0))"
        ),
    ),
    (
        {"type": "spanOpen", "name": "kv_get", "spanId": "s"},
        "SpanOpen(name='kv_get', span_id='s', info=None)",
    ),
    (
        {
            "type": "spanOpen",
            "name": "mine",
            "spanId": "s",
            "info": {"type": "attributes", "info": [{"name": "a", "value": [1, 2]}]},
        },
        "SpanOpen(name='mine', span_id='s', info=Attributes(values={'a': [1, 2]}))",
    ),
    ({"type": "spanClose", "outcome": "ok"}, "SpanClose(outcome='ok')"),
    (
        {"type": "attributes", "info": [{"name": "a", "value": True}]},
        "Attributes(values={'a': True})",
    ),
    ({"type": "log", "level": "warn", "message": ["x", 1]}, "Log(level='warn', message=['x', 1])"),
    (
        {"type": "exception", "name": "Error", "message": "no"},
        "UncaughtException(name='Error', message='no', stack=None)",
    ),
    (
        {"type": "diagnosticChannel", "channel": "c", "message": {"a": 1}},
        "DiagnosticChannelEvent(channel='c', message={'a': 1})",
    ),
    (
        {
            "type": "streamDiagnostic",
            "diagnostic": {"diagnosticsType": "droppedEvents", "count": 5},
        },
        "StreamDiagnostic(kind='droppedEvents', count=5)",
    ),
]


@pytest.mark.parametrize(("shape", "wanted"), EVENTS)
def test_each_kind_of_event_is_data_of_its_own_class(pyodide, shape, wanted):
    assert pyodide.run(READ + "repr(read(shape).event)", shape=shape) == wanted


def test_where_an_event_belongs(pyodide):
    code = READ + (
        "told = read({'type': 'spanClose', 'outcome': 'ok'}, spanId='s', traceFlags=1)\n"
        "first = read({'type': 'spanClose', 'outcome': 'ok'})\n"
        "[told.invocation_id, told.sequence, told.timestamp == datetime(2026, 1, 2, tzinfo=UTC),"
        " repr(told.span_context), first.span_context.span_id]"
    )
    assert pyodide.run(code) == [
        "i",
        3,
        True,
        "SpanContext(trace_id='t', span_id='s', trace_flags=1)",
        None,
    ]


CAUSES = [
    ({"type": "jsrpc"}, "TraceEvent('rpc')"),
    (
        {"type": "scheduled", "scheduledTime": 0, "cron": "* * * * *"},
        "TraceEvent('scheduled', scheduled_time=epoch, cron='* * * * *')",
    ),
    ({"type": "alarm", "scheduledTime": 0}, "TraceEvent('alarm', scheduled_time=epoch)"),
    (
        {"type": "queue", "queueName": "q", "batchSize": 2},
        "TraceEvent('queue', queue='q', batch_size=2)",
    ),
    (
        {"type": "email", "mailFrom": "a", "rcptTo": "b", "rawSize": 9},
        "TraceEvent('email', mail_from='a', rcpt_to='b', raw_size=9)",
    ),
    ({"type": "trace", "traces": ["a", None]}, "TraceEvent('tail', scripts=('a', None))"),
    (
        {
            "type": "hibernatableWebSocket",
            "info": {"type": "close", "code": 1000, "wasClean": True},
        },
        "TraceEvent('websocket', websocket='close', code=1000, was_clean=True)",
    ),
    ({"type": "connect"}, "TraceEvent('connect')"),
    ({"type": "custom"}, "TraceEvent('other')"),
]


@pytest.mark.parametrize(("info", "wanted"), CAUSES)
def test_an_onset_says_what_woke_the_worker_as_a_tail_handler_reads_it(pyodide, info, wanted):
    code = READ + (
        "from worker.tail import TraceEvent\n"
        "epoch = datetime(1970, 1, 1, tzinfo=UTC)\n"
        f"read({{**onset, 'info': info}}).event.info == {wanted}"
    )
    assert pyodide.run(code, onset=ONSET, info=info) is True


def test_an_onset_of_a_request_and_everything_it_may_say(pyodide):
    shape = {
        **ONSET,
        "entrypoint": "Named",
        "durableObjectId": "d",
        "dispatchNamespace": "n",
        "scriptName": "me",
        "scriptVersion": {"id": "1", "tag": "new"},
        "preview": {"id": "p", "slug": "s", "name": "branch"},
        "attributes": [{"name": "x", "value": 1.5}],
        "info": {
            "type": "fetch",
            "method": "GET",
            "url": "https://x/",
            "cfJson": {"colo": "X"},
            "headers": [
                {"name": "a", "value": "1"},
                {"name": "b", "value": "2"},
                {"name": "a", "value": "3"},
            ],
        },
    }
    code = READ + (
        "onset = read(shape).event\n"
        "request = onset.info.request\n"
        "[onset.info.kind, request.method, request.url, request.headers, request.cf,"
        " request.status, onset.span_id, onset.script_name, onset.entrypoint,"
        " onset.execution_model, onset.durable_object_id, onset.dispatch_namespace,"
        " repr(onset.script_version), onset.script_tags, repr(onset.preview), onset.attributes]"
    )
    assert pyodide.run(code, shape=shape) == [
        "fetch",
        "GET",
        "https://x/",
        {"a": "1, 3", "b": "2"},
        {"colo": "X"},
        None,
        "s",
        "me",
        "Named",
        "stateless",
        "d",
        "n",
        "ScriptVersion(id='1', tag='new', message=None)",
        ["a"],
        "TracePreview(id='p', slug='s', name='branch')",
        {"x": 1.5},
    ]


def test_a_listener_that_is_no_function_is_refused(pyodide):
    code = READ + (
        "from worker.tail_stream import listener\n"
        "try:\n"
        "    listener(7)\n"
        "except TypeError as error:\n"
        "    told = [str(error), error.__notes__[0].split(',')[0]]\n"
        "told"
    )
    assert pyodide.run(code) == [
        "a tail_stream handler returned int",
        "Return a function of a TailEvent",
    ]
