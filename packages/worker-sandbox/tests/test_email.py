"""Inbound e-mail."""

import pytest

pytestmark = pytest.mark.miniflare

MAIL = (
    "From: ada@example.com\r\nTo: post@example.com\r\nMessage-ID: <q@example.com>\r\n"
    "MIME-Version: 1.0\r\nSubject: {}\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
)


def sent(miniflare, subject: str):
    raw = MAIL.format(subject)
    return miniflare.dispatch_email(raw, sender="ada@example.com", to="post@example.com")


def test_a_message_is_read_and_noted(miniflare):
    assert sent(miniflare, "=?utf-8?q?Gr=C3=BC=C3=9Fe?=").status_code == 200
    (line,) = miniflare.fetch("/email").json()
    assert line.startswith("ada@example.com to post@example.com: Grüße (")


def test_a_message_is_sent_on(miniflare):
    assert sent(miniflare, "Fwd: news").status_code == 200
    assert miniflare.fetch("/email").json()[-1].startswith("sent on as ")


def test_a_message_is_sent_back_with_the_reason(miniflare):
    answer = sent(miniflare, "Casino!")
    assert answer.status_code == 400
    assert "no advertising" in answer.text


def test_a_handler_that_raises_has_failed_and_is_logged(miniflare):
    assert sent(miniflare, "Crash").status_code >= 400
    miniflare.logs.wait_for("ValueError: an email that nobody can read")
