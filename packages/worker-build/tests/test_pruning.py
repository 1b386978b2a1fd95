"""What the interpreter's module sheds; what is left is checked by Node's engine."""

import json
import subprocess

import pytest
from worker_build import pruning, toolchain
from worker_build.errors import BuildError
from worker_build.patches import patch_glue


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


@pytest.fixture(scope="module")
def prune(tools):
    pyodide = tools.package("pyodide")
    glue = patch_glue((pyodide / "pyodide.asm.mjs").read_text("utf-8"))

    def run(*, extensions=None, runtime=(), sources=(), minify=False):
        return pruning.prune(
            tools,
            glue,
            pyodide / "pyodide.asm.wasm",
            extensions=extensions or {},
            runtime=runtime,
            sources=sources,
            minify=minify,
        )

    return run


def name(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def extension(*imports: str, weak: str = "") -> bytes:
    """A module that imports functions of one type, one of them perhaps weakly."""
    information = b"\x01" + name("env") + name(weak) + b"\x01"
    dylink = name("dylink.0") + b"\x04" + bytes([len(information)]) + information
    entries = b"".join(name("env") + name(each) + b"\0\0" for each in imports)
    listed = bytes([len(imports)]) + entries
    parts = ((0, dylink), (1, b"\x01\x60\0\0"), (2, listed))
    return b"\0asm\x01\0\0\0" + b"".join(
        bytes([kind, len(content)]) + content for kind, content in parts
    )


def test_only_what_is_named_is_exported_and_offered(tools, prune, interpreter, tmp_path):
    pruned = prune()
    found = facts(tools, tmp_path, pruned.module)
    before = facts(tools, tmp_path, interpreter)
    assert {"malloc", "memory", "__wasm_call_ctors", "_pyproxy_apply"} <= set(found["exports"])
    assert len(found["exports"]) < 300 < 8000 < len(before["exports"])
    assert found["imports"] < before["imports"]
    assert len(pruned.module) < len(interpreter) - 900_000
    assert b'wasmExports["PyNumber_Xor"]' not in pruned.glue
    assert b"glDrawArrays:" not in pruned.glue


def test_what_an_extension_module_imports_stays(tools, prune, tmp_path):
    pruned = prune(extensions={"/lib/x.so": extension("PyNumber_Xor", "emscripten_glDrawArrays")})
    assert "PyNumber_Xor" in facts(tools, tmp_path, pruned.module)["exports"]
    assert b"emscripten_glDrawArrays:" in pruned.glue


def test_what_our_runtime_and_ctypes_name_stays(tools, prune, tmp_path):
    source = b"from ctypes import pythonapi\npythonapi.PyNumber_Or(1, 2)\n"
    pruned = prune(runtime=["Module._PyNumber_And(1)"], sources=[source, b"PyNumber_Lshift"])
    exports = set(facts(tools, tmp_path, pruned.module)["exports"])
    assert {"PyNumber_And", "PyNumber_Or"} <= exports
    assert "PyNumber_Lshift" not in exports


def test_an_extension_module_that_needs_what_nobody_has_stops_the_build(prune):
    module = extension("PyNumber_Xor", "PyNumber_Wrong", "not_there", weak="not_there")
    with pytest.raises(BuildError, match="PyNumber_Wrong") as caught:
        prune(extensions={"/lib/site-packages/x.so": module})
    assert caught.value.code == "WB409"
    assert "not_there" not in str(caught.value)


def test_an_instruction_that_the_pruning_does_not_know_stops_the_build(tools, tmp_path):
    body = b"\x04\0\xfd\x0f\x0b"  # i8x16.splat
    code = b"\0asm\x01\0\0\0" + b"\x01\x04\x01\x60\0\0" + b"\x03\x02\x01\0"
    code += b"\x07\x05\x01\x01f\0\0" + b"\x0a" + bytes([len(body) + 1]) + b"\x01" + body
    (tmp_path / "in.wasm").write_bytes(code)
    (tmp_path / "keep.json").write_text('["f"]')
    with pytest.raises(BuildError, match="0xfd"):
        pruning.run_node(
            tools, "module.mjs", *(tmp_path / n for n in ("in.wasm", "keep.json", "out"))
        )
