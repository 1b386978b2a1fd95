"""Server-sent events, out and in (the HTML standard)."""


def test_events_come_as_a_stream_that_is_read_back(miniflare):
    answer = miniflare.fetch("/sse/3")
    assert answer.headers["content-type"] == "text/event-stream"
    read = miniflare.fetch("/sse", method="POST", body=answer.content)
    assert read.json() == [["tick", str(n), f"line {n}\nof two"] for n in range(3)]
