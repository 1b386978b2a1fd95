"""Iterators and async iterators cross as streams, once `worker.streams` is there."""

import pytest


@pytest.mark.pyodide
def test_iterators_cross_as_streams_of_what_they_yield(pyodide):
    assert pyodide.run(
        """
        from pyodide.code import run_js
        from worker_sys import convert
        import worker.streams

        async def chunks():
            yield b"a"
            yield "ö"

        text = run_js(
            "async o => [o.body instanceof ReadableStream, await new Response(o.body).text()]"
        )
        told = []
        for source in (chunks(), iter([b"x", b"y"]), (part for part in ("p", "q"))):
            told.append((await text(convert.to_js({"body": source}))).to_py())
        told
        """
    ) == [[True, "aö"], [True, "xy"], [True, "pq"]]
