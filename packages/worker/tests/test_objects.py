"""Durable Objects, entry points, workflows and events in a built worker under Miniflare."""

import ast
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from worker_build import client_types, pipeline
from worker_build.errors import BuildError
from worker_build.miniflare import Miniflare, QueueMessage

pytestmark = pytest.mark.miniflare

PROJECT = Path(__file__).parent / "objects"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("objects") / "build"
    try:
        pipeline.build(PROJECT, out_dir=out)
    except BuildError as error:
        pytest.fail(str(error), pytrace=False)
    return out


@pytest.fixture(scope="module")
def worker(built: Path):
    with Miniflare.from_project(PROJECT, build=built, outbound={}) as running:
        yield running


def told(worker: Miniflare, path: str) -> Any:
    """What a route tells, as a Python value."""
    answer = worker.fetch(path)
    assert answer.status_code == 200, answer.text
    return ast.literal_eval(answer.text)


def until(read: Any, wanted: Any, seconds: float = 20) -> Any:
    """Ask again until the answer is there."""
    end = time.monotonic() + seconds
    while (value := read()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    return value


def logged(worker: Miniflare, text: str) -> bool:
    """Whether the worker has logged it; a log line may come a little later than the answer."""
    return until(lambda: any(text in line.message for line in worker.logs), wanted=True)


def test_fifty_increments_at_once_lose_none(worker):
    assert sorted(told(worker, "/many/50")) == list(range(1, 51))
    assert told(worker, "/many/1") == [51]


def test_an_object_that_waits_holds_up_neither_itself_nor_another(worker):
    assert told(worker, "/apart") == [True, False, True, "released"]


def test_a_facet_has_a_storage_of_its_own(worker):
    assert told(worker, "/call/outer/facet") == [2, 4, 7, 2, 0]


def test_an_object_reaches_what_its_worker_exports(worker):
    assert told(worker, "/call/a/exported") == "adder /exported"


def test_setup_runs_once_before_the_first_call(worker):
    assert told(worker, "/call/fresh/lives") == [1, 0]
    assert told(worker, "/call/fresh/lives") == [1, 0]


def test_an_evicted_object_is_made_anew_from_its_storage(worker):
    assert told(worker, "/call/evicted/lives") == [1, 0]
    worker.evict_durable_object("COUNTER", name="evicted")
    assert told(worker, "/call/evicted/lives") == [2, 0]


def test_an_aborted_object_tells_its_callers_why_and_is_made_anew(worker):
    lives, _ = told(worker, "/call/a/lives")
    kind, message = told(worker, "/error/abort")
    assert (kind, message) == ("JsError", "Error: thrown away")
    assert told(worker, "/call/a/lives")[0] == lives + 1


def test_a_constructor_that_raises_fails_each_call_with_its_own_error(worker):
    assert told(worker, "/hello/UNMADE") == ["RuntimeError", "cannot be made"]
    assert told(worker, "/hello/UNMADE") == ["RuntimeError", "cannot be made"]


def test_a_setup_that_raises_fails_the_call_and_runs_again_for_the_next_object(worker):
    assert told(worker, "/hello/UNREADY") == ["RuntimeError", "cannot be set up"]
    assert told(worker, "/hello/UNREADY") == "hello"


def test_rpc_values_cross_both_ways_unchanged(worker):
    assert told(worker, "/echo") is True


def test_an_exception_reaches_the_caller_with_its_type(worker):
    assert told(worker, "/error/plain") == ["ValueError", "no good"]
    assert told(worker, "/error/chain") == ["LookupError", "outer"]
    assert logged(worker, "raise ValueError")


def test_a_method_that_is_not_there_is_an_error(worker):
    kind, message = told(worker, "/error/missing")
    assert kind == "JsError"
    assert '"nothing"' in message


def test_functions_cross_and_are_let_go(worker):
    before = told(worker, "/live")
    assert told(worker, "/functions") == [9, 15]
    assert told(worker, "/functions") == [9, 15]
    assert until(lambda: told(worker, "/live"), before) == before


def test_streams_cross_both_ways(worker):
    assert told(worker, "/streams") == [b"012", 5]


def test_a_response_crosses_by_rpc(worker):
    answer = worker.fetch("/respond")
    assert answer.json() == {"through": "rpc"}


def test_ids_and_stubs(worker):
    assert told(worker, "/ids") == {
        "length": 64,
        "names": [None, "a", "b"],
        "equal": [True, False],
        "hashed": 2,
        "stub": [True, True],
        "fetched": "POST /p q",
        "unnamed": None,
    }


def test_an_entry_point_has_methods_fetch_props_and_callbacks(worker):
    assert told(worker, "/service") == [30, "adder /path", "told NEWS"]


def test_storage_reads_writes_lists_and_deletes(worker):
    assert told(worker, "/call/values/values") == {
        "many": {"a": 1, "b": {"x": [1, b"y", None]}},
        "listed": ["c", "b"],
        "after": ["b"],
        "typed": "Point",
        "moment": True,
        "none": None,
        "deleted": [True, False],
        "many deleted": 2,
    }
    assert told(worker, "/call/values/clear") == 0


def test_a_transaction_keeps_all_or_nothing(worker):
    assert told(worker, "/call/txn/transactions") == {
        "good": ["done", 1],
        "bad": ["KeyError('x')", True, 1],
        "undone": ["rolled back", 1],
    }


def test_the_synchronous_store_has_transactions_too(worker):
    assert told(worker, "/call/kv/sync_values") == {
        "bad": ["LookupError('y')", None],
        "good": None,
        "typed": "Point(x=1, y=2)",
        "listed": ["k"],
        "deleted": [True, False],
    }


def test_sql_rows_cursors_and_errors(worker):
    assert told(worker, "/call/sql/sql") == {
        "columns": ["id", "name", "r", "b"],
        "rows": [
            {"id": 1, "name": "x", "r": 1.5, "b": b"ab"},
            {"id": 2, "name": None, "r": 1, "b": b""},
        ],
        "counted": [True, True],
        "raw": [[1, "x"], [2, None]],
        "typed": [1, 2],
        "array": ["x", None],
        "one": {"n": 2},
        "empty": [],
        "size": True,
        "two": "DurableObjectError: expected exactly one row, got 2",
        "wrong": 'JsError: Error: near "SELEC": syntax error at offset 0: SQLITE_ERROR',
    }


def test_the_concurrency_block_gives_what_its_body_gave(worker):
    assert told(worker, "/call/blocked/blocked") == 7


def test_alarms_are_set_read_and_deleted(worker):
    assert told(worker, "/call/alarm/alarms") == [True, True]


def test_an_alarm_goes_off(worker):
    assert told(worker, "/call/ring/ring") is None
    assert until(lambda: told(worker, "/call/ring/rung"), [False, 0]) == [False, 0]


def test_bookmarks_the_local_runtime_has_no_recovery(worker):
    kind, refused = told(worker, "/call/a/bookmarks")
    assert kind == "str"
    assert refused.startswith("JsError: Error: This Durable Object's storage back-end does not")


def test_a_socket_survives_hibernation_with_its_attachment(worker):
    with worker.websocket("/join/ann") as socket:
        socket.send("one")
        assert socket.recv(timeout=20) == "ann 1 1 1 'one'"
        worker.durable_objects("LOBBY").evict(name="main", websockets="hibernate")
        socket.send(b"two")
        # The attachment was kept, the object's own counter began anew.
        assert socket.recv(timeout=20) == "ann 2 1 1 b'two'"
        with worker.websocket("/join/bob") as other:
            other.send("hi")
            assert other.recv(timeout=20) == "bob 1 2 2 'hi'"
            assert sorted(told(worker, "/lobby/sockets")) == [["all", "ann"], ["all", "bob"]]
    assert until(lambda: told(worker, "/lobby/sockets"), []) == []


def test_the_platform_answers_pings_by_itself(worker):
    with worker.websocket("/join/ping") as socket:
        socket.send("ping")
        assert socket.recv(timeout=20) == "pong"
        assert told(worker, "/lobby/answered") == ["ping", "pong", [True]]


def test_a_closed_socket_is_told_with_code_and_reason(worker):
    with worker.websocket("/join/closing") as socket:
        socket.close(4001, "bye")
    wanted = [4001, "bye", True]
    assert until(lambda: told(worker, "/lobby/closed"), wanted) == wanted


def test_the_event_timeout_is_read_back(worker):
    assert told(worker, "/lobby/timeouts") == [True, None]


def test_a_cron_trigger_brings_its_expression_and_time(worker):
    when = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert worker.scheduled(cron="*/5 * * * *", time=when) == "ok"
    seen = told(worker, "/seen")
    assert seen[0] == "start"
    assert seen.count("start") == 1
    assert "scheduled */5 * * * * 2026-11-23T12:00:00+00:00" in seen


def test_a_cron_handler_that_raises_fails_the_run_and_logs_its_traceback(worker):
    assert worker.scheduled(cron="bad") == "exception"
    assert logged(worker, "RuntimeError: the tick failed")


def test_a_queue_handler_may_be_a_plain_function(worker):
    result = worker.dispatch_queue("jobs", [QueueMessage(id="1", body={"n": 1})])
    assert result["outcome"] == "ok"
    assert "jobs [{'n': 1}]" in told(worker, "/seen")


def test_messages_of_every_content_type_arrive_as_what_they_were(worker):
    told(worker, "/send-of-every-kind")
    wanted = (
        "b'\\x00\\xff'",
        "'text'",
        "{'when': datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 'some': {1}}",
        "[1, None]",
    )

    def arrived() -> bool:
        lines = " ".join(line for line in told(worker, "/seen") if line.startswith("jobs "))
        return all(each in lines for each in wanted)

    assert until(arrived, wanted=True), told(worker, "/seen")


MAIL = (
    "From: a@example.com\r\nTo: b@example.com\r\nMessage-ID: <q@example.com>\r\n"
    "MIME-Version: 1.0\r\nSubject: {}\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
)


def sent(worker: Miniflare, subject: str) -> Any:
    return worker.dispatch_email(MAIL.format(subject), sender="a@example.com", to="b@example.com")


@pytest.mark.parametrize(("subject", "did"), [("forward", "forwarded"), ("reply", "replied")])
def test_an_email_is_read_and_sent_on(worker, subject, did):
    assert sent(worker, subject).status_code == 200
    seen = told(worker, "/seen")
    assert f"a@example.com b@example.com {subject} True" in seen
    assert f"{did} True" in seen


def test_an_email_is_rejected_with_its_reason(worker):
    answer = sent(worker, "reject")
    assert answer.status_code == 400
    assert "no thanks" in answer.text


def test_an_email_handler_that_raises_fails(worker):
    assert sent(worker, "other").status_code >= 400
    assert logged(worker, "an email that nobody expects")


@pytest.mark.parametrize("kind", ["raw", "bytes", "parts"])
def test_an_email_is_sent_as_text_as_bytes_and_in_parts(worker, kind):
    assert told(worker, f"/mail/{kind}") is True


def test_an_email_from_another_sender_is_refused(worker):
    kind, message = told(worker, "/mail/refused")
    assert kind == "JsError"
    assert message.endswith("email from evil@example.com not allowed")


def test_a_trace_item_is_data(worker):
    text = worker.fetch("/trace").text
    assert text.startswith("TraceItem(event=TraceEvent(kind='fetch', request=TraceRequest(")
    assert "message=['hi', 1]" in text
    assert "script_name='me'" in text
    assert "cpu_time=datetime.timedelta(microseconds=3000)" in text


def order(worker: Miniflare, action: str, id: str) -> Any:
    answer = worker.fetch(f"/order/{action}/{id}")
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text) if action != "create" else ast.literal_eval(answer.text)


def ended(worker: Miniflare, id: str) -> Any:
    until(lambda: order(worker, "status", id)["ended"], wanted=True)
    return order(worker, "status", id)


def test_a_workflow_tries_again_sleeps_waits_and_returns(worker):
    assert order(worker, "create", "good") == "good"
    order(worker, "pay", "good")
    assert ended(worker, "good") == {
        "status": "complete",
        "output": {
            "tried": ["flaky", 1, 2],
            "typed": "Item",
            "plain": {"name": "tea"},
            "paid": {"sum": 3},
            "id": "good",
            "aware": True,
        },
        "error": "None",
        "ended": True,
    }


def test_a_step_that_must_not_be_retried_fails_the_instance(worker):
    order(worker, "create", "bad")
    order(worker, "refuse", "bad")
    status = ended(worker, "bad")
    assert status["status"] == "errored"
    assert "NonRetryableError" in status["error"]


def test_a_workflow_is_terminated(worker):
    order(worker, "create", "stopped")
    assert order(worker, "terminate", "stopped")["status"] == "terminated"


def test_a_tail_handler_reads_what_happened(built):
    with Miniflare.from_project(PROJECT, build=built, outbound={}, tails=["objects"]) as worker:
        assert told(worker, "/many/1") == [1]
        wanted = {"fetch ok 200", "rpc ok add"}
        until(lambda: wanted <= set(told(worker, "/seen")), wanted=True)
        assert wanted <= set(told(worker, "/seen"))


def test_a_tail_stream_is_told_what_happens_from_the_onset_to_the_outcome(built):
    options: Any = {
        "outbound": {},
        "streamingTails": ["objects"],
        "compatibilityFlags": ["streaming_tail_worker"],
    }
    with Miniflare.from_project(PROJECT, build=built, **options) as worker:
        before = told(worker, "/streamed")
        told(worker, "/log/hello")
        url = str(worker.url).rstrip("/")
        wanted = [f"GET {url}/log/hello", "True log ['hello']", "Return", "ok"]
        until(lambda: told(worker, "/streamed"), wanted)
        assert told(worker, "/streamed") == wanted
        assert before == []


@pytest.fixture(scope="module")
def connecting(built: Path):
    """The same worker where inbound connections are let in."""
    options: Any = {"outbound": {}, "compatibilityFlags": ["experimental"]}
    with Miniflare.from_project(PROJECT, build=built, **options) as running:
        yield running


@pytest.mark.parametrize(
    ("kind", "lines", "came"),
    [
        ("worker", "abc_def_", b"hello\ncba\nfed\n"),
        ("entrypoint", "3 4_", b"70"),
        ("object", "x_y_", b"1\n2\n"),
    ],
)
def test_a_connection_reaches_a_worker_an_entry_point_and_an_object(connecting, kind, lines, came):
    assert told(connecting, f"/connect/{kind}?lines={lines}") == came


@pytest.mark.parametrize(
    ("kind", "line", "came", "traceback"),
    [
        ("worker", "fail_", b"hello\n", "RuntimeError: the connection failed"),
        ("entrypoint", "x_", b"", "ValueError: invalid literal for int()"),
    ],
)
def test_a_connection_ends_when_its_handler_raises_which_is_logged(
    connecting, kind, line, came, traceback
):
    assert told(connecting, f"/connect/{kind}?lines={line}") == came
    assert logged(connecting, traceback)
    assert told(connecting, "/connect/object?lines=x_").endswith(b"\n")


@pytest.mark.parametrize("kind", ["worker", "entrypoint", "object"])
def test_without_the_flag_no_connection_is_let_in(worker, kind):
    name, _ = told(worker, f"/connect/{kind}?lines=x_")
    assert name == "SocketError"


def test_an_object_without_the_handler_takes_no_connection(connecting):
    name, _ = told(connecting, "/connect/unserved?lines=x_")
    assert name == "SocketError"
    assert told(connecting, "/connect/entrypoint?lines=1 1_") == b"20"


@pytest.mark.parametrize("date", ["2024-12-05", "2025-07-24"])
def test_objects_and_rpc_work_at_earlier_compatibility_dates(built, date):
    options: Any = {"outbound": {}, "compatibilityDate": date}
    with Miniflare.from_project(PROJECT, build=built, **options) as worker:
        assert sorted(told(worker, "/many/20")) == list(range(1, 21))
        assert told(worker, "/error/plain") == ["ValueError", "no good"]
        assert told(worker, "/functions") == [9, 15]
        assert told(worker, "/service") == [30, "adder /path", "told NEWS"]
        assert told(worker, "/call/txn/transactions")["bad"] == ["KeyError('x')", True, 1]


def test_workflows_are_made_in_batches(worker):
    answer = worker.fetch("/order/batch/many")
    assert ast.literal_eval(answer.text) == ["many0", "many1"]


def test_a_workflow_that_does_not_exist_is_an_error(worker):
    answer = worker.fetch("/order/status/none")
    assert ast.literal_eval(answer.text) == ["JsError", "Error: instance.not_found"]


def test_a_workflow_is_paused_resumed_and_started_again(worker):
    order(worker, "create", "steered")
    assert order(worker, "pause", "steered")["status"] in {"paused", "waitingForPause"}
    until(lambda: order(worker, "status", "steered")["status"], "paused")
    assert not order(worker, "resume", "steered")["ended"]
    assert order(worker, "terminate", "steered")["ended"]
    assert not order(worker, "restart", "steered")["ended"]


BOOKED = ["book flight", "book hotel 1 2 constant", "book hotel 2 2 constant"]


def test_a_workflow_that_fails_undoes_its_steps_the_last_one_first(worker):
    told(worker, "/trip/pay/failing")
    assert until(lambda: told(worker, "/trip/status/failing")[0], "errored") == "errored"
    lines = told(worker, "/trip/status/failing")[1]
    assert lines[:3] == BOOKED
    pay, leave, cancel = lines[3:]
    # Another process runs the steps: an error comes back with what the platform keeps of it.
    assert pay.startswith("pay after ['hotel 1 ")
    assert pay.endswith("ValueError: engaged']")
    assert leave == "leave {'room': 3} at attempt 2"
    assert cancel.startswith("cancel flight 7: ")
    assert cancel.endswith("no money")


def test_a_workflow_that_is_terminated_undoes_its_steps_when_asked_to(worker):
    told(worker, "/trip/wait/stopped")
    until(lambda: told(worker, "/trip/status/stopped")[1], BOOKED)
    told(worker, "/trip/terminate/stopped")
    assert until(lambda: told(worker, "/trip/status/stopped")[0], "terminated") == "terminated"
    _, lines = told(worker, "/trip/status/stopped")
    assert lines[:3] == BOOKED
    assert [line.split(":")[0] for line in lines[3:]] == [
        "leave {'room'",
        "cancel flight 7",
    ]


CALLER = """
from objects_client import Adder, Counter
from worker import Env

async def use(env: Env) -> None:
    counter = env.durable_object("COUNTER", Counter).get_by_name("a")
    reveal_type(await counter.add(3))
    reveal_type(await (await counter.fetch("https://x/", method="POST")).text())
    reveal_type(counter.connect("x:1"))
    reveal_type(await env.service("ADDER").rpc(Adder).add(1, 2))
    await counter.add("three")
    await counter.setup()
"""


def test_another_project_calls_the_objects_of_this_one_with_their_types(built, tmp_path):
    name, caller = built.parent.name, tmp_path / "caller"
    (caller / "src").mkdir(parents=True)
    (caller / "pyproject.toml").write_text('[project]\nname = "caller"\nversion = "1"\n')
    (caller / "src" / "main.py").write_text(CALLER)
    client = caller / "src" / "objects_client.py"
    client_types.write(caller, built / "manifest.json", output=client, check=False)
    assert name not in client.read_text("utf-8").partition("class ")[2]
    command = ["-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    checked = subprocess.run(
        [sys.executable, *command, "main.py", "objects_client.py"],
        capture_output=True, text=True, check=False, cwd=caller / "src",
    )  # fmt: skip
    found = json.loads(checked.stdout)["generalDiagnostics"]
    assert {Path(item["file"]).name for item in found} == {"main.py"}
    told = [item["message"].splitlines()[0].partition('" is ')[2] for item in found]
    assert [kind for kind in told if kind] == ['"int"', '"str"', '"Socket"', '"int"']
    refused = [item["message"] for item in found if item["severity"] == "error"]
    assert len(refused) == 2
    assert "setup" in refused[1]
