"""Between the end of an object and that of its block an image has nothing of what was there."""

from __future__ import annotations

import re
from pathlib import Path

from worker_build import pipeline
from worker_build.wasm import read_image

from .conftest import HELLO, write_project

TEXTS = 2000
TRACES = f"""
traces = [bytes([0xAA]) * 15 for _ in range({2 * TEXTS})]
del traces
texts = [f"mark-{{number:06}}" for number in range({TEXTS})]
"""


def test_behind_a_text_there_are_zeros(tmp_path: Path):
    project = write_project(tmp_path / "project", HELLO + TRACES)
    pipeline.build(project)
    heap, _ = read_image((project / "build" / "worker" / "image.wasm").read_bytes())
    seen = 0
    for found in re.finditer(rb"mark-\d{6}\0", heap):
        block = found.start() - 20
        size = int.from_bytes(heap[block - 4 : block], "little") & ~7
        assert not any(heap[found.end() : block + size - 4])
        assert not any(heap[block + 17 : block + 20])
        seen += 1
    assert seen >= TEXTS
