"""Whether the platform is about to end this isolate for the CPU time it used.

Source: workers-rs `signal`; https://developers.cloudflare.com/workers/platform/limits/#cpu-time
"""

from __future__ import annotations

from typing import Final

from worker_sys import js

__all__ = ["is_near_cpu_limit", "is_registered"]

_UNSET: Final = 0xFFFF
_SIGXCPU: Final = 24


def is_registered() -> bool:
    """Whether the runtime tells this isolate at all; a local runtime does with all autogates on.

    Source: workers-rs `signal::is_registered`
    """
    return js.runtime.cpuSignal() != _UNSET


def is_near_cpu_limit() -> bool:
    """Whether this isolate has nearly used its CPU time: finish, and answer with what there is.

    Source: workers-rs `signal::is_near_cpu_limit`
    """
    return js.runtime.cpuSignal() == _SIGXCPU
