"""Fresh randomness for every isolate.

The image holds the state that random generators had while building. `remember` is called last in
the build and finds those that nobody has seeded by hand; `reseed` is called before the first event,
when the platform gives entropy.
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Iterable
from typing import Any

_generators: list[random.Random] = []
_hooks: list[Any] = []


def remember(seeded: Iterable[random.Random] = ()) -> None:
    """Find every generator that modules hold: no isolate has to search when it starts.

    Args:
        seeded: generators that somebody has seeded by hand: they keep their state.
    """
    kept = {id(generator) for generator in seeded}
    _generators[:] = [
        thing
        for thing in gc.get_objects()
        if isinstance(thing, random.Random)
        and not isinstance(thing, random.SystemRandom)
        and id(thing) not in kept
    ]
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None:
        _hooks.append(numpy_random.seed)


def reseed() -> None:
    """Seed every generator of the image anew, and forget what was derived from the old ones."""
    for generator in _generators:
        generator.seed()
    for seed in _hooks:
        seed()
    uuid: Any = sys.modules.get("uuid")
    if uuid is not None:
        uuid._node = uuid._last_timestamp = None
    tempfile: Any = sys.modules.get("tempfile")
    if tempfile is not None:
        tempfile._name_sequence = None
