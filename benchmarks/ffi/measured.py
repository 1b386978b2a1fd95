"""Runs inside Pyodide; the last expression is the result."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from worker_sys import convert, js

ORDER = {
    "id": 4711,
    "customer": {"name": "Ada Lovelace", "email": "ada@example.com", "since": 1815},
    "items": [
        {"sku": "A-1", "quantity": 2, "price": 9.95},
        {"sku": "B-7", "quantity": 1, "price": 120.5},
    ],
    "paid": True,
    "note": "a gift",
}
ROWS = [
    {
        "id": at,
        "name": f"customer {at}",
        "city": "Paris",
        "amount": at * 1.37 + 0.5,
        "active": at % 2 == 0,
    }
    for at in range(1000)
]
HEADERS = [
    ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
    ["accept-encoding", "gzip, br"],
    ["authorization", "Bearer 0123456789abcdef0123456789abcdef0123456789abcdef"],
    ["cache-control", "no-store"],
    ["content-type", "application/json"],
    ["host", "example.com"],
    ["user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
    ["x-request-id", "8f3c2a9e5b7d4c1f"],
]
BYTES = bytes(range(256)) * 4096
CASES: dict[str, tuple[Any, int]] = {
    "dict": (ORDER, 300),
    "rows": (ROWS, 3),
    "bytes": (BYTES, 10),
    "headers": (HEADERS, 300),
}


def rounds(calls: dict[str, Callable[[], Any]], loops: int, count: int) -> dict[str, list[float]]:
    """Microseconds a call, in each round; the rounds take turns, so that all see the same machine.

    One round more than asked for is run; the first one warms up.
    """
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(count + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(loops):
                call()
            found[name].append((time.perf_counter() - start) / loops * 1e6)
    return {name: samples[1:] for name, samples in found.items()}


def measure(count: int) -> dict[str, dict[str, list[float]]]:
    """Both directions of every case."""
    stock, from_entries = js.ffi.to_js, js.Object.fromEntries
    results: dict[str, dict[str, list[float]]] = {}
    for name, (value, loops) in CASES.items():
        ours, theirs = convert.to_js(value), stock(value, dict_converter=from_entries)
        if name != "bytes":
            assert js.JSON.stringify(ours) == js.JSON.stringify(theirs)
            assert convert.to_py(theirs) == theirs.to_py() == value
        results[f"{name} to_js"] = rounds(
            {
                "ours": lambda value=value: convert.to_js(value),
                "pyodide": lambda value=value: stock(value, dict_converter=from_entries),
            },
            loops,
            count,
        )
        results[f"{name} to_py"] = rounds(
            {
                "ours": lambda made=theirs: convert.to_py(made),
                "pyodide": lambda made=theirs: made.to_py(),
            },
            loops,
            count,
        )
    return results


measure(asked)  # noqa: F821  given by `Pyodide.run`
