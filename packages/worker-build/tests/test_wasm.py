"""The wasm modules that carry data, checked by an engine that is not ours: Node's."""

import json
import lzma
import subprocess

import pytest
from worker_build import packing, toolchain, wasm


@pytest.fixture(scope="module")
def node():
    return toolchain.install().node


def run(node, tmp_path, module: bytes, script: str) -> object:
    (tmp_path / "module.wasm").write_bytes(module)
    source = f"""
import fs from 'node:fs';
const module = new WebAssembly.Module(fs.readFileSync('module.wasm'));
const text = name => Buffer.from(WebAssembly.Module.customSections(module, name)[0]).toString();
{script}
"""
    done = subprocess.run(
        [node, "--input-type=module", "-e", source],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_files_are_sections_by_path_and_a_tree(node, tmp_path):
    module = wasm.files_module({"/a/b.txt": b"hello", "/a/ü.py": b"\0" * 200}, empty=["/lib/x.so"])
    script = """
console.log(JSON.stringify([JSON.parse(text('index')), text('/a/b.txt'), text('/a/ü.py').length]));
"""
    assert run(node, tmp_path, module, script) == [
        {"a": {"b.txt": 5, "ü.py": 200}, "lib": {"x.so": 8}},
        "hello",
        200,
    ]


def test_packed_files_have_a_place_in_the_blocks(node, tmp_path):
    packed = {"/lib/b": b"x" * packing.BLOCK, "/lib/a": b"yes"}
    blocks = packing.pack(packed.values())
    module = wasm.files_module({"/lib/c": b"plain"}, packed=packed, blocks=blocks)
    script = """
console.log(JSON.stringify([JSON.parse(text('index')), text('/lib/c')]));
"""
    tree = {"lib": {"a": [3, packing.BLOCK], "b": [packing.BLOCK, 0], "c": 5}}
    assert run(node, tmp_path, module, script) == [tree, "plain"]
    assert b"".join(map(lzma.decompress, blocks)) == b"x" * packing.BLOCK + b"yes"


@pytest.mark.parametrize(
    "heap",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\0" * 65536, id="all zeros"),
        pytest.param(
            b"\1" + b"\0" * 63 + b"\2" + b"\0" * 64 + b"\3" + b"\0" * 65000 + b"\4",
            id="runs of zeros",
        ),
        pytest.param(bytes(range(256)) * 256, id="no long run"),
    ],
)
def test_an_image_writes_the_heap_it_was_made_of(node, tmp_path, heap):
    module = wasm.image_module(heap, {"size": len(heap)})
    script = """
const memory = new WebAssembly.Memory({ initial: 2 });
new WebAssembly.Instance(module, { env: { memory } });
const heap = Buffer.from(memory.buffer).toString('hex');
console.log(JSON.stringify([heap, JSON.parse(text('memory'))]));
"""
    written, memory = run(node, tmp_path, module, script)
    assert bytes.fromhex(written) == heap + bytes(2 * 65536 - len(heap))
    assert memory == {"size": len(heap)}


def test_zeros_cost_nothing():
    full = wasm.image_module(b"\1" * 1000 + b"\0" * 1_000_000 + b"\1" * 1000, {})
    assert len(full) < 2100
