"""The standard logging, at the level of the console that fits; the console itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from worker import console
from worker import logging as worker_logging


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    monkeypatch.setattr(console, "write", lambda level, text: entries.append((level, text)))
    return entries


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    made = logging.getLogger("shop")
    made.propagate = False
    yield made
    made.handlers.clear()


def test_each_level_has_its_console_method(
    written: list[tuple[str, str]], logger: logging.Logger
) -> None:
    worker_logging.install("DEBUG", logger=logger)
    for level in ("debug", "info", "warning", "error", "critical"):
        getattr(logger, level)("%s!", level)
    assert written == [
        ("debug", "DEBUG shop: debug!"),
        ("info", "INFO shop: info!"),
        ("warn", "WARNING shop: warning!"),
        ("error", "ERROR shop: error!"),
        ("error", "CRITICAL shop: critical!"),
    ]


def test_installing_again_replaces(written: list[tuple[str, str]], logger: logging.Logger) -> None:
    worker_logging.install(logger=logger)
    worker_logging.install("ERROR", logger=logger)
    logger.info("dropped")
    logger.error("once")
    assert written == [("error", "ERROR shop: once")]


def test_structured_records_are_json_with_their_extras(
    written: list[tuple[str, str]], logger: logging.Logger
) -> None:
    worker_logging.install(structured=True, logger=logger)
    try:
        {}["gone"]
    except KeyError:
        logger.exception("sold %d", 3, extra={"user": 7, "odd": {1, 2}})
    entry = json.loads(written[0][1])
    assert (entry["level"], entry["logger"], entry["message"]) == ("error", "shop", "sold 3")
    assert entry["user"] == 7
    assert entry["odd"] == "{1, 2}"
    assert "KeyError: 'gone'" in entry["error"]
    assert entry["time"].endswith("+00:00")


def test_a_record_that_cannot_be_formatted_does_not_raise(
    written: list[tuple[str, str]], logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    worker_logging.install(logger=logger)
    logger.info("%d", "text")
    assert written == []


def test_the_console_writes_text_as_it_is_and_indents_groups(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.log("a", 1, "b")
    with console.group("outer"):
        console.warn({"k": "v"})
        with console.group():
            console.error("two\nlines")
    console.debug("out")
    assert capsys.readouterr().err == ("a 1 b\nouter\n  {'k': 'v'}\n    two\n    lines\nout\n")
