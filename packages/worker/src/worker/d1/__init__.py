"""D1: SQLite databases.

`worker.d1.dbapi` is a DB-API 2.0 driver over the same databases, for synchronous code.

Source: workers-rs `d1`; https://developers.cloudflare.com/d1/worker-api/
"""

from worker.d1.database import D1Database, D1DatabaseSession, D1SessionConstraint
from worker.d1.result import D1ExecResult, D1Meta, D1Result
from worker.d1.statement import D1PreparedStatement
from worker.d1.values import D1Value

__all__ = [
    "D1Database",
    "D1DatabaseSession",
    "D1ExecResult",
    "D1Meta",
    "D1PreparedStatement",
    "D1Result",
    "D1SessionConstraint",
    "D1Value",
]
