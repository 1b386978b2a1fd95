"""A database backend for Django: D1, by way of the DB-API driver of worker.

    DATABASES = {"default": {"ENGINE": "d1", "NAME": "DB"}}

`NAME` is the name of the binding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from worker import Env

__all__ = ["bindings", "environment"]

environment: ContextVar[Env] = ContextVar("environment")
"""The bindings of the current request."""


@contextmanager
def bindings(env: Env) -> Iterator[None]:
    """Let Django find its databases among the bindings of a request."""
    token = environment.set(env)
    try:
        yield
    finally:
        environment.reset(token)
