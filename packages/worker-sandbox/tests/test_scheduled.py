"""Cron triggers."""

from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.miniflare


def test_a_run_knows_its_expression_and_its_time(miniflare):
    assert miniflare.fetch("/scheduled").json() == []
    when = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert miniflare.scheduled(cron="0 * * * *", time=when) == "ok"
    assert miniflare.fetch("/scheduled").json() == ["0 * * * * at 2026-11-23T12:00:00+00:00"]


def test_a_run_that_raises_has_failed_and_is_logged(miniflare):
    assert miniflare.scheduled(cron="0 0 31 2 *") == "exception"
    miniflare.logs.wait_for("ValueError: this day never comes")
