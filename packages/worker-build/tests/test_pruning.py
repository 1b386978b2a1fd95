"""What the interpreter's module sheds; what is left is checked by Node's engine."""

import json
import subprocess

import pytest
from worker_build import pruning, toolchain


@pytest.fixture(scope="module")
def tools():
    return toolchain.install()


@pytest.fixture(scope="module")
def interpreter(tools):
    return (tools.package("pyodide") / "pyodide.asm.wasm").read_bytes()


def facts(tools, folder, module: bytes) -> dict[str, object]:
    (folder / "module.wasm").write_bytes(module)
    script = """
import fs from 'node:fs';
const bytes = fs.readFileSync('module.wasm');
const module = new WebAssembly.Module(bytes);
const exports = WebAssembly.Module.exports(module).map(found => found.name);
console.log(JSON.stringify({ exports, imports: WebAssembly.Module.imports(module).length }));
"""
    done = subprocess.run(
        [tools.node, "--input-type=module", "-e", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_module_without_its_data_is_valid_and_exports_the_same(tools, interpreter, tmp_path):
    stripped = pruning.strip_data(interpreter)
    assert len(stripped.module) < len(interpreter) - 3_000_000
    assert stripped.end > 3_000_000
    assert facts(tools, tmp_path, stripped.module) == facts(tools, tmp_path, interpreter)


def test_the_end_of_the_data_is_that_of_the_highest_segment():
    segment = b"\0\x41%b\x0b%b"
    data = (
        b"\x02"
        + segment % (b"\x80\x08", b"\x03abc")  # 1024
        + segment % (b"\x90\x03", b"\x02xy")  # 400
    )
    module = b"\0asm\x01\0\0\0" + b"\x0b" + bytes([len(data)]) + data
    assert pruning.strip_data(module) == pruning.Stripped(b"\0asm\x01\0\0\0", 1027)


def test_data_at_a_place_that_is_not_constant_are_refused():
    data = b"\x01\0\x23\0\x0b\x01a"
    module = b"\0asm\x01\0\0\0" + b"\x0b" + bytes([len(data)]) + data
    with pytest.raises(ValueError, match="constant address"):
        pruning.strip_data(module)
