"""Check the JSDoc types of our JavaScript with the toolchain's TypeScript compiler.

    python -m tools.check_javascript

Two programs: what runs in workerd sees the platform's declarations, what runs in Node the few of
`javascript/node.d.ts`. What a build generates is declared in `javascript/worker.d.ts`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from worker_build.toolchain import Toolchain, install

ROOT = Path(__file__).parents[1]
BUILD = "packages/worker-build/src/worker_build"


@dataclass(frozen=True, slots=True)
class Program:
    """Files that are checked together, against the same globals."""

    globs: tuple[str, ...]
    declarations: str
    libraries: tuple[str, ...] = ()


PROGRAMS = (
    Program(
        (
            f"{BUILD}/runtime/*.mjs",
            "packages/worker-sandbox/src/**/*.mjs",
            "benchmarks/workers/*.mjs",
        ),
        "worker.d.ts",
        ("@cloudflare/workers-types",),
    ),
    Program(
        (
            f"{BUILD}/miniflare/*.mjs",
            "packages/worker-sys/codegen/*.mjs",
            "tests/support/*.mjs",
            "benchmarks/http/load.mjs",
            f"{BUILD}/pruning/*.mjs",
        ),
        "node.d.ts",
    ),
)


def config(program: Program, tools: Toolchain) -> dict[str, object]:
    """Return the compiler's settings for a program, all paths absolute."""
    found = sorted(path for glob in program.globs for path in ROOT.glob(glob))
    declarations = Path(__file__).parent / "javascript" / program.declarations
    return {
        "compilerOptions": {
            "allowJs": True,
            "checkJs": True,
            "noEmit": True,
            "strict": True,
            "noUnusedLocals": True,
            "noFallthroughCasesInSwitch": True,
            "target": "es2024",
            "lib": ["es2024", "esnext.disposable"],
            "module": "esnext",
            "moduleResolution": "bundler",
            "skipLibCheck": True,
            "types": [str(tools.package(name)) for name in program.libraries],
            "paths": {"typescript": [str(tools.package("typescript"))]},
        },
        "files": [str(path) for path in (declarations, *found)],
    }


def check(program: Program, tools: Toolchain) -> int:
    """Print what the compiler finds; return its exit code."""
    compiler = tools.package("typescript") / "bin" / "tsc"
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "tsconfig.json"
        settings.write_text(json.dumps(config(program, tools)), encoding="utf-8")
        command = [tools.node, compiler, "--project", settings, "--pretty", "false"]
        return subprocess.run(command, check=False, cwd=ROOT).returncode


def main() -> int:
    tools = install(print)
    return max([check(program, tools) for program in PROGRAMS])


if __name__ == "__main__":
    sys.exit(main())
