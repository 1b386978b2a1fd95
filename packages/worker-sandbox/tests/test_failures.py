"""Failures, and what each costs (the unwind column of the contract)."""

import pytest

HUNG = "Workers runtime canceled"


def test_an_exception_is_an_answer_and_costs_nothing(miniflare):
    response = miniflare.fetch("/test-panic")
    assert response.status_code == 500
    assert response.text.startswith("PanicError:")
    assert "Intentional panic for testing context abort functionality" in response.text
    assert any("Traceback" in line.message for line in miniflare.logs)


@pytest.mark.parametrize("path", ["/test-abort", "/test-oom"])
def test_a_lost_instance_is_replaced_for_the_next_event(miniflare, path):
    response = miniflare.fetch(path)
    assert response.status_code == 500
    assert HUNG in response.text
    for _ in range(3):
        assert miniflare.fetch("/init-called").text == "true"


def test_an_event_that_never_answers_is_ended_by_the_platform(miniflare):
    response = miniflare.fetch("/test-js-error")
    assert response.status_code == 500
    assert HUNG in response.text
    assert "Intentional JS error" not in response.text
