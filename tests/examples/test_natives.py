"""pydantic-core, msgspec, cbor2 and jiter in one image."""

import pytest

pytestmark = pytest.mark.miniflare


def test_extensions_of_four_packages_work_together(example):
    told = example.fetch("/").json()
    assert told == {
        "same": True,
        "wrong": "int_parsing",
        "frozen": {"made": "at build time"},
        "json": {"x": 1, "y": [2.5]},
    }
    assert example.fetch("/").json() == told
