"""Write the declarations, or check that those in the tree are what would be written.

python -m codegen [--check] [--node NODE --modules NODE_MODULES] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from .coverage import report
from .lower import lower
from .modules import generate
from .reader import load

HERE = Path(__file__).parent
OUTPUT = HERE.parent / "src" / "worker_sys" / "_generated"


def files(node: Path, modules: Path) -> dict[str, str]:
    """Return what the folder of generated declarations holds: text by file name."""
    types = modules / "@cloudflare" / "workers-types"
    version = json.loads((types / "package.json").read_text("utf-8"))["version"]
    package = f"@cloudflare/workers-types {version}"
    command = [node, HERE / "extract.mjs", modules, types / "index.d.ts"]
    model = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    world = lower(load(model))
    generated = generate(world, package)
    return {**generated.files, "COVERAGE.md": report(world, generated, package)}


def differences(wanted: dict[str, str], folder: Path) -> list[str]:
    """Name the files of a folder that are missing, superfluous or different."""
    present = {path.name: path.read_text("utf-8") for path in folder.glob("*.*")}
    names = sorted(wanted.keys() | present.keys())
    return [name for name in names if wanted.get(name) != present.get(name)]


def write(wanted: dict[str, str], folder: Path) -> None:
    """Make a folder hold exactly these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in differences(wanted, folder):
        if name in wanted:
            (folder / name).write_text(wanted[name], "utf-8", newline="\n")
        else:
            (folder / name).unlink()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the tree has drifted")
    parser.add_argument("--node", type=Path, help="a Node instead of the toolchain's")
    parser.add_argument("--modules", type=Path, help="a node_modules instead of the toolchain's")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    node, modules = options.node, options.modules
    if node is None or modules is None:
        from worker_build.toolchain import install

        tools = install()
        node, modules = node or tools.node, modules or tools.modules
    wanted = files(node, modules)
    changed = differences(wanted, options.output)
    if not options.check:
        write(wanted, options.output)
        print(f"{len(wanted)} files, {len(changed)} changed")
        return 0
    for name in changed:
        print(f"differs from a fresh generation: {options.output / name}", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
