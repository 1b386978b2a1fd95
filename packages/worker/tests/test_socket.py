"""The reading side of a socket behaves as `asyncio.StreamReader` (workers-rs `Socket`)."""

from __future__ import annotations

import asyncio
from asyncio import IncompleteReadError, StreamReader
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker.socket import SocketReader
from worker.streams import ByteStream

STEPS = st.one_of(
    st.tuples(st.just("readline")),
    st.tuples(st.just("readexactly"), st.integers(0, 6)),
    st.tuples(st.just("readuntil"), st.sampled_from([b"\n", b"ab", b"aba"])),
)


def outcome(run: Callable[[], Awaitable[Any]]) -> Awaitable[Any]:
    async def tried() -> Any:
        try:
            return await run()
        except IncompleteReadError as error:
            return ("incomplete", error.partial, error.expected)

    return tried()


@given(
    st.lists(st.binary(max_size=6).map(lambda b: bytes(b"ab\n"[x % 3] for x in b)), max_size=6),
    st.lists(STEPS, max_size=6),
)
def test_it_reads_what_asyncio_would(chunks: list[bytes], steps: list[Any]) -> None:
    async def compare() -> None:
        theirs = StreamReader()
        for chunk in chunks:
            theirs.feed_data(chunk)
        theirs.feed_eof()
        ours = SocketReader(ByteStream(chunks))
        for name, *arguments in steps:
            mine = await outcome(lambda n=name, a=arguments: getattr(ours, n)(*a))  # type: ignore[misc]
            expected = await outcome(lambda n=name, a=arguments: getattr(theirs, n)(*a))  # type: ignore[misc]
            assert mine == expected
        assert await ours.read() == await theirs.read()
        assert ours.at_eof()

    asyncio.run(compare())


def test_lines_are_iterated_and_read_gives_what_is_there() -> None:
    async def read() -> None:
        reader = SocketReader(ByteStream([b"one\ntw", b"o\nrest"]))
        assert [line async for line in reader] == [b"one\n", b"two\n", b"rest"]
        reader = SocketReader(ByteStream([b"abc", b"def"]))
        assert [await reader.read(2), await reader.read(10), await reader.read(0)] == [
            b"ab",
            b"c",
            b"",
        ]
        assert await reader.read() == b"def"
        assert await reader.read(1) == b""
        with pytest.raises(ValueError, match="empty"):
            await reader.readuntil(b"")

    asyncio.run(read())
