"""Server-sent events, out and in (the HTML standard)."""

import time


def test_events_come_as_a_stream_that_is_read_back(miniflare):
    answer = miniflare.fetch("/sse/3")
    assert answer.headers["content-type"] == "text/event-stream"
    read = miniflare.fetch("/sse", method="POST", body=answer.content)
    assert read.json() == [["tick", str(n), f"line {n}\nof two"] for n in range(3)]


def test_a_client_that_goes_closes_the_source(miniflare):
    before = miniflare.fetch("/sse/left").json()
    with miniflare.stream("/sse/forever", headers={"accept-encoding": "identity"}) as answer:
        assert next(answer.iter_text()).startswith("data: still here\n\n")
    deadline = time.monotonic() + 10
    while miniflare.fetch("/sse/left").json() != before + 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
