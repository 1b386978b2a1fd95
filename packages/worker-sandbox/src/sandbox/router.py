"""The router of the sandbox: every module of it has a function `routes` that registers its own."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass, field

from worker import Router

import sandbox


@dataclass(frozen=True, slots=True)
class Shared:
    """What every handler reaches as `ctx.data`."""

    date: re.Pattern[str] = field(default_factory=lambda: re.compile(r"^\d{4}-\d{2}-\d{2}$"))


router: Router[Shared] = Router(data=Shared())

for _found in pkgutil.iter_modules(sandbox.__path__):
    _module = importlib.import_module(f"sandbox.{_found.name}")
    if hasattr(_module, "routes"):
        _module.routes(router)
