"""The standard `logging`, written to the platform's log at the level that fits.

    worker.logging.install(level="DEBUG")           # text
    worker.logging.install(structured=True)         # one JSON object for each record

Without it, records of level WARNING and above go to standard error, and the platform marks them all
as errors.

Source: https://developers.cloudflare.com/workers/observability/logs/workers-logs/ (workers-rs has
only `console_log!`)
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final, final

from worker import console

__all__ = ["ConsoleHandler", "JsonFormatter", "install"]

_LEVELS: Final[tuple[tuple[int, console.Level], ...]] = (
    (logging.ERROR, "error"),
    (logging.WARNING, "warn"),
    (logging.INFO, "info"),
)
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"asctime", "message", "taskName"}


@final
class ConsoleHandler(logging.Handler):
    """Writes records with `console.error`, `warn`, `info` or `debug`, by their level."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            console.write(_level(record.levelno), self.format(record))
        except Exception:  # noqa: BLE001  logging's own contract: never raise into the caller
            self.handleError(record)


@final
class JsonFormatter(logging.Formatter):
    """One JSON object for each record, whose fields Workers Logs can filter by.

    `time`, `level`, `logger`, `message`; `error` with the traceback when there is one; and every
    name given by `extra=`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON text."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry.update((k, v) for k, v in vars(record).items() if k not in _STANDARD)
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        if record.stack_info:
            entry["stack"] = record.stack_info
        return json.dumps(entry, ensure_ascii=False, separators=(",", ":"), default=repr)


def install(
    level: int | str = logging.INFO,
    *,
    structured: bool = False,
    logger: logging.Logger | None = None,
) -> ConsoleHandler:
    """Send the records of `logger` (the root logger when not given) to the platform's log.

    A handler that was installed before is replaced. Call it at module level: it costs nothing then.

    Args:
        level: the lowest level to write, as number or name.
        structured: write JSON in place of `LEVEL name: message`.
        logger: the logger to handle, with those below it.

    Returns:
        The handler.
    """
    target = logging.getLogger() if logger is None else logger
    handler = ConsoleHandler()
    handler.setFormatter(
        JsonFormatter() if structured else logging.Formatter("%(levelname)s %(name)s: %(message)s")
    )
    for old in [h for h in target.handlers if isinstance(h, ConsoleHandler)]:
        target.removeHandler(old)
    target.addHandler(handler)
    target.setLevel(level)
    return handler


def _level(number: int) -> console.Level:
    for least, name in _LEVELS:
        if number >= least:
            return name
    return "debug"
