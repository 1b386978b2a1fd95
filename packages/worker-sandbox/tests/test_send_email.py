"""Sending e-mail, against Miniflare's."""

import base64
import re
import time
from pathlib import Path

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


def test_every_part_of_a_message_arrives_as_it_was_given(miniflare):
    answer = miniflare.fetch("/send-email?scenario=structured-with-everything").json()
    assert answer["ok"], answer
    told = written(miniflare, "picture.png")
    for line in (
        'From: "Integration" <allowed-sender@example.com>',
        'To: allowed-recipient@example.com, "Recipient" <allowed-recipient@example.com>',
        "Cc: allowed-recipient@example.com",
        "Bcc: allowed-recipient@example.com",
        "Subject: structured integration test",
    ):
        assert line in told
    assert file(told, "Text") == b"hello from the structured path"
    assert b'<img src="cid:picture">' in file(told, "HTML")
    assert file(told, "Attachment (attachment): hello.txt", " -> ") == b"hello attachment"
    assert file(told, "Attachment (attachment): data.bin", " -> ") == bytes(range(256))
    text = file(told, "Attachment (attachment): base64.txt", " -> ")
    assert base64.b64decode(text) == b"hello from the structured path"
    assert file(told, "Attachment (inline): picture.png", " -> ") == bytes(range(256))


def written(miniflare, part: str) -> str:
    """What Miniflare tells of a message that has a part, once it does."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for line in miniflare.logs:
            if "MessageBuilder" in line.message and part in line.message:
                return line.message
        time.sleep(0.05)
    raise AssertionError("Miniflare told nothing of the message")


def file(told: str, part: str, before: str = ": ") -> bytes:
    """The file into which Miniflare wrote a part of a message."""
    found = re.search(rf"^{re.escape(part + before)}(.+)$", told, re.MULTILINE)
    assert found is not None, told
    return Path(found[1]).read_bytes()


def test_a_message_without_an_id_is_refused_with_advice(miniflare):
    answer = miniflare.fetch("/send-email/advice")
    assert answer.text == "Add the header Message-ID: email.utils.make_msgid() makes one."


def test_an_unknown_scenario_is_refused(miniflare):
    answer = miniflare.fetch("/send-email?scenario=nothing")
    assert (answer.status_code, answer.text) == (400, "unknown scenario: nothing")
