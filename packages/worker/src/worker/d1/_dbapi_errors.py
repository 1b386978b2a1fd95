"""The exceptions of PEP 249, and which of them a D1 error is.

Source: https://peps.python.org/pep-0249/#exceptions
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from worker import errors

__all__ = [
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Warning",
    "translated",
]


class Warning(builtins.Warning):
    """Something worth knowing; D1 never says such a thing."""


class Error(errors.Error):
    """Any error of this driver."""


class InterfaceError(Error):
    """The driver was used wrongly: a closed cursor, say."""


class DatabaseError(Error):
    """The database refused."""


class DataError(DatabaseError):
    """A value does not fit."""


class OperationalError(DatabaseError):
    """The statement cannot be run: a syntax error, a missing table, a database that is busy."""


class IntegrityError(DatabaseError):
    """A constraint would be broken."""


class InternalError(DatabaseError):
    """The database itself is broken."""


class ProgrammingError(DatabaseError):
    """The call is wrong: the number of parameters, say."""


class NotSupportedError(DatabaseError):
    """D1 has nothing of the kind."""


# SQLite's result code stands at the end of D1's message.
_BY_CODE: Final[tuple[tuple[str, type[DatabaseError]], ...]] = (
    ("SQLITE_CONSTRAINT", IntegrityError),
    ("SQLITE_MISMATCH", DataError),
    ("SQLITE_TOOBIG", DataError),
    ("SQLITE_RANGE", ProgrammingError),
    ("SQLITE_MISUSE", ProgrammingError),
    ("SQLITE_CORRUPT", InternalError),
    ("SQLITE_INTERNAL", InternalError),
    ("SQLITE_", OperationalError),
)
_PARAMETERS: Final = re.compile(r"wrong number of parameter", re.IGNORECASE)


def kind_of(message: str) -> type[DatabaseError]:
    """Which exception a message of D1 means."""
    if _PARAMETERS.search(message):
        return ProgrammingError
    for code, kind in _BY_CODE:
        if code in message:
            return kind
    return DatabaseError


@contextmanager
def translated() -> Generator[None]:
    """Raise the errors of `worker` as those of PEP 249.

    Raises:
        DatabaseError: D1 refused; its cause is the `D1Error`.
        DataError: a parameter has no SQLite form.
    """
    try:
        yield
    except errors.JsError as error:
        raise kind_of(str(error))(str(error)) from error
    except (errors.ConversionError, errors.IntegerRangeError) as error:
        raise DataError(str(error)) from error
