"""The files that a bundle reads rarely, packed: the standard library's sources and the packages'.

They follow each other in one text, which is cut into blocks; each block is an xz stream of its own,
so that to read a file is to unpack the one or two blocks that it is in. The interpreter's own
liblzma does that. While building, the same files are there as they are.
"""

from __future__ import annotations

import base64
import hashlib
import io
import lzma
import zipfile
from collections.abc import Iterable
from typing import Final

from worker_build.packages import store

__all__ = ["BLOCK", "pack", "stored"]

BLOCK: Final = 2**19
"""Bytes of a block. Larger ones weigh less, and take longer to read a file from: this one some
milliseconds. `runtime/bundlefs.mjs` has the same number."""

_FILTERS: Final = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": BLOCK}]


def pack(contents: Iterable[bytes]) -> list[bytes]:
    """Pack files that follow each other, block by block; from the cache when it was done before.

    Raises:
        BuildError: WB304, the cache cannot be written.
    """
    text = b"".join(contents)
    return [_packed(text[at : at + BLOCK]) for at in range(0, len(text), BLOCK)]


def _packed(block: bytes) -> bytes:
    key = hashlib.sha256(repr(_FILTERS).encode() + block).hexdigest()
    made = store.value("packed", key, lambda: base64.b64encode(_compressed(block)).decode())
    return base64.b64decode(made)


def _compressed(block: bytes) -> bytes:
    return lzma.compress(block, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=_FILTERS)


def stored(archive: bytes) -> bytes:
    """The same zip file, none of its entries compressed: they are packed together."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist()):
            target.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), source.read(name))
    return out.getvalue()
