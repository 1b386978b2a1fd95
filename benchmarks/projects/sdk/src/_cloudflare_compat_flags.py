"""What the platform tells the SDK of its flags: all of them are on."""

from __future__ import annotations


def __getattr__(name: str) -> bool:
    if name.startswith("__"):
        raise AttributeError(name)
    return True
