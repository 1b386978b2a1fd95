"""Sending e-mail, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare


@pytest.mark.parametrize(
    "scenario",
    [
        "mime-ok",
        "mime-stream",
        "structured-ok",
        "structured-with-name",
        "structured-with-attachment",
    ],
)
def test_a_message_is_sent(miniflare, scenario: str):
    answer = miniflare.fetch(f"/send-email?scenario={scenario}").json()
    assert answer == {"error": None, "messageId": answer["messageId"], "ok": True}
    assert answer["messageId"]


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("mime-missing-message-id", "message-id"),
        ("mime-disallowed-sender", "email from evil@example.com not allowed"),
        ("mime-disallowed-recipient", "email to nope@example.com not allowed"),
        ("mime-from-mismatch", "From: header does not match mail from"),
        ("structured-disallowed-sender", "email from evil@example.com not allowed"),
        ("structured-disallowed-recipient", "email to nope@example.com not allowed"),
    ],
)
def test_a_message_is_refused(miniflare, scenario: str, words: str):
    answer = miniflare.fetch(f"/send-email?scenario={scenario}")
    assert answer.status_code == 200
    assert answer.json()["ok"] is False
    assert answer.json()["messageId"] is None
    assert words in answer.json()["error"]


def test_an_unknown_scenario_is_refused(miniflare):
    answer = miniflare.fetch("/send-email?scenario=nothing")
    assert (answer.status_code, answer.text) == (400, "unknown scenario: nothing")
