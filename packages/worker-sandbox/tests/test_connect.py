"""Inbound TCP, through a service binding. Sockets of the plain workerd are tested in `worker`."""

import pytest

pytestmark = pytest.mark.miniflare


@pytest.fixture(scope="module")
def miniflare_options():
    return {"compatibilityFlags": ["experimental"]}


def test_a_connection_is_served_line_by_line(miniflare):
    assert miniflare.fetch("/connect", method="POST", body="one\ntwo\n").text == "ONE\nTWO\n"
