"""Coroutines before they have a task; plain asyncio, any loop."""

import asyncio
from contextvars import ContextVar, copy_context

import pytest
from worker_sys import _stepping, aio
from worker_sys._stepping import ENDED, Steps


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    # Put back asyncio's own when the test is over.
    monkeypatch.setattr(asyncio, "current_task", asyncio.current_task)
    monkeypatch.setattr(asyncio.tasks, "current_task", asyncio.tasks.current_task)
    _stepping.install()


def in_loop(make, foreign=lambda future: None):
    """Step `make()` in a callback of a running loop, outside any task: its outcome and its task."""
    seen = {}

    async def main():
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def enter():
            seen["steps"] = steps = Steps(make(), copy_context(), foreign)
            try:
                task = steps.step()
            except BaseException as error:  # noqa: BLE001  the outcome
                seen.update(error=error, task=None)
                done.set()
                return
            if task is ENDED:
                seen.update(result=steps.result, task=None)
                done.set()
            else:
                seen.update(task=task)
                task.add_done_callback(lambda _: done.set())

        loop.call_soon(enter)
        await done.wait()
        steps = seen.pop("steps")
        if seen["task"] is not None:
            try:
                seen["task"].result()
                seen["result"] = steps.result
            except BaseException as error:  # noqa: BLE001  the outcome
                seen["error"] = error

    asyncio.run(main())
    return seen


def test_a_coroutine_that_never_waits_gets_no_task():
    async def work():
        return 42

    assert in_loop(work) == {"result": 42, "task": None}


def test_an_exception_in_the_first_step_is_raised_at_once():
    async def work():
        raise ValueError("first")

    seen = in_loop(work)
    assert seen["task"] is None
    assert str(seen["error"]) == "first"


def test_a_coroutine_that_waits_goes_on_in_a_task():
    async def work():
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        return asyncio.current_task()

    seen = in_loop(work)
    assert seen["result"] is seen["task"]


def test_its_task_is_the_same_before_and_after_it_waits():
    async def work():
        before = asyncio.current_task()
        await asyncio.sleep(0)
        return before, asyncio.current_task()

    seen = in_loop(work)
    assert seen["result"] == (seen["task"], seen["task"])


def test_asking_for_the_task_without_waiting_leaves_nothing_behind():
    async def work():
        assert asyncio.current_task() is not None
        return "done"

    assert in_loop(work) == {"result": "done", "task": None}


def test_timeouts_and_task_groups_work_in_the_first_step():
    async def work():
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(0, "child"))
        return task.result()

    assert in_loop(work)["result"] == "child"


def test_a_timeout_that_is_over_before_the_first_wait_raises_there():
    async def work():
        try:
            async with asyncio.timeout(0):
                await asyncio.sleep(10)
        except TimeoutError:
            return "in time"

    assert in_loop(work)["result"] == "in time"


def test_cancelling_reaches_the_coroutine_where_it_waits():
    async def work():
        asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return "cleaned up"

    assert in_loop(work)["result"] == "cleaned up"


def test_a_foreign_future_is_refused_where_it_is_waited_for():
    class Foreign(Exception):
        pass

    refused = []

    async def work():
        future = asyncio.get_running_loop().create_future()
        refused.append(future)
        try:
            await future
        except Foreign:
            return "refused"

    seen = in_loop(work, lambda future: Foreign() if future in refused else None)
    assert seen["result"] == "refused"


def test_a_foreign_future_is_refused_after_other_waits_too():
    class Foreign(Exception):
        pass

    refused = []

    async def work():
        await asyncio.sleep(0.001)
        future = asyncio.get_running_loop().create_future()
        refused.append(future)
        with pytest.raises(Foreign):
            await future
        await asyncio.sleep(0)
        return "went on"

    seen = in_loop(work, lambda future: Foreign() if future in refused else None)
    assert seen["result"] == "went on"


def test_context_variables_last_from_the_first_step_on():
    variable = ContextVar("variable", default="outside")

    async def work():
        variable.set("inside")
        await asyncio.sleep(0)
        return variable.get()

    assert in_loop(work)["result"] == "inside"
    assert variable.get() == "outside"


def test_the_coroutine_can_be_inspected_as_one():
    import inspect

    async def work():
        task = asyncio.current_task()
        await asyncio.sleep(0)
        return inspect.getcoroutinestate(task.get_coro())

    assert in_loop(work)["result"] == inspect.CORO_RUNNING


class Driven:
    """A coroutine of an event, whose promises and plain functions the test settles."""

    def __init__(self, coro):
        self.steps = Steps(coro, copy_context(), lambda future: None)
        self.tasks = set()

    def go(self):
        """One turn, in a callback of a loop: what it has returned, None while it waits."""

        async def main():
            asyncio.get_running_loop().call_soon(turn)
            await asyncio.sleep(0.001)

        def turn():
            self.tasks.add(self.steps.step())

        asyncio.run(main())
        return self.steps.result


def test_promises_wake_the_coroutine_without_a_task():
    async def work():
        return [await aio.wait(f"promise {at}") for at in range(3)]

    driven = Driven(work())
    assert driven.go() is None
    for at in range(3):
        assert driven.steps.promise == f"promise {at}"
        driven.steps.arrived(at)
        ended = driven.go()
    assert ended == [0, 1, 2]
    assert driven.tasks == {None, ENDED}


def test_a_rejected_promise_raises_where_it_is_waited_for():
    async def work():
        try:
            await aio.wait("promise")
        except ValueError as error:
            return str(error)

    driven = Driven(work())
    driven.go()
    driven.steps.failed(ValueError("rejected"))
    assert driven.go() == "rejected"


def test_a_plain_function_is_put_aside_and_its_outcome_comes_back():
    variable = ContextVar("variable", default="before")

    def plain(text):
        variable.set("set by the function")
        return text.upper()

    def broken():
        raise ValueError("broken")

    async def work():
        first = await aio.call_plain(plain, "text")
        try:
            await aio.call_plain(broken)
        except ValueError as error:
            return first, variable.get(), str(error)

    driven = Driven(work())
    driven.go()
    for _ in range(2):
        driven.steps.call_plain()
        ended = driven.go()
    assert ended == ("TEXT", "set by the function", "broken")
    assert driven.tasks == {None, ENDED}


def test_a_coroutine_that_has_asked_for_its_task_waits_in_it():
    async def work():
        assert asyncio.current_task() is not None
        return _stepping.alone()

    assert in_loop(work)["result"] is None
