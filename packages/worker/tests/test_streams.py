"""Streams between two languages (workers-rs `ByteStream`; the Streams standard)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.pyodide

SOURCE = """
    import asyncio
    from worker.streams import ByteStream
    from worker.transforms import CompressionStream, DecompressionStream
    from worker.transforms import IdentityTransformStream
    from worker_sys import js

    seen = []

    async def numbers(count=5):
        try:
            for number in range(count):
                seen.append(number)
                await asyncio.sleep(0)
                yield b"%d" % number
        finally:
            await asyncio.sleep(0)
            seen.append("closed")

    async def settle():
        for _ in range(20):
            await asyncio.sleep(0)
"""


def test_a_generator_is_asked_only_when_somebody_reads(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    reader = ByteStream(numbers()).js.getReader()
    await settle()
    before = list(seen)
    await js.runtime.readChunk(reader)
    await settle()
    [before, list(seen)]
    """)
    assert found == [[], [0]]


def test_a_reader_that_gives_up_reaches_the_generators_finally(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    stream = ByteStream._from_js(ByteStream(numbers()).js)
    first = (await stream.read()).decode()
    await stream.aclose("enough")
    await settle()
    [first, seen, await stream.read()]
    """)
    assert found == ["0", [0, "closed"], None]


def test_giving_up_before_the_first_read_never_starts_the_generator(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    stream = ByteStream._from_js(ByteStream(numbers()).js)
    await stream.aclose()
    await settle()
    seen
    """)
    assert found == []


def test_a_stream_crosses_and_comes_back_whole(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    async def mixed():
        yield "é"
        yield b""
        yield bytearray(b"ab")
        yield memoryview(b"cd")
    there = ByteStream(mixed()).js
    text = await js.Response.new(there).text()
    back = ByteStream._from_js(js.Response.new("from JavaScript").body)
    [text, await back.text(), [c.decode() async for c in ByteStream(numbers(3))], seen]
    """)
    assert found == ["éabcd", "from JavaScript", ["0", "1", "2"], [0, 1, 2, "closed"]]


def test_an_exception_of_the_source_reaches_the_reader_as_it_is(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    async def breaks():
        yield b"1"
        raise OSError("mine")
    stream = ByteStream._from_js(ByteStream(breaks()).js)
    await stream.read()
    try:
        await stream.read()
    except OSError as error:
        told = str(error)
    told
    """)
    assert found == "mine"


def test_a_stream_is_read_once_and_nothing_is_left(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    from worker.errors import BodyUsedError
    stream = ByteStream._from_js(js.Response.new("x").body)
    outcome = [await stream.text(), await stream.text()]
    try:
        stream.tee()
    except BodyUsedError as error:
        outcome.append(str(error))
    locked = js.Response.new("x").body
    locked.getReader()
    try:
        await ByteStream._from_js(locked).bytes()
    except BodyUsedError as error:
        outcome.append(str(error))
    outcome
    """)
    assert found == ["x", "", "body has already been read", "body has already been read"]


def test_transforms_work_inside_the_platform(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    packed = ByteStream(numbers()).pipe_through(CompressionStream("gzip"))
    unpacked = packed.pipe_through(DecompressionStream("gzip"))
    left, right = ByteStream(numbers(3)).tee()
    pipe_left, pipe_right = await asyncio.gather(left.text(), right.text())
    [await unpacked.text(), pipe_left, pipe_right]
    """)
    assert found == ["01234", "012", "012"]


def test_bodies_of_both_messages_cross(pyodide) -> None:
    found = pyodide.run(f"""{SOURCE}
    from worker.request import Request
    from worker.response import Response
    request = Request("https://h/", body=numbers(), headers={{"x-a": "1"}})
    response = Response(numbers(3)).js
    [await request.js.text(), request.js.headers.get("x-a"), await response.text()]
    """)
    assert found == ["01234", "1", "012"]


def test_no_proxy_is_left_when_a_stream_has_ended(pyodide) -> None:
    before, after = pyodide.run(f"""{SOURCE}
    from worker_sys import proxies
    import gc
    async def once():
        await js.Response.new(ByteStream(numbers(50)).js).text()
        await settle()
        gc.collect()
    await once()
    before = proxies.live()
    for _ in range(5):
        await once()
    after = proxies.live()
    [[before.js_objects, before.py_objects], [after.js_objects, after.py_objects]]
    """)
    assert after == before
