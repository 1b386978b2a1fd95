"""What a worker sees of a project and its packages, and what it does not."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from worker_build import pipeline, project, resolve
from worker_build.errors import BuildError
from worker_build.stage import APP, SITE_PACKAGES, Stage, StagedFile, stage

from .conftest import DYLINK, TARGET, MakeProject, MakeWheel


def staged(root: Path) -> Stage:
    loaded = project.load(root)
    return stage(loaded, resolve.resolve(loaded))


OWN = f"{SITE_PACKAGES}/app-1.0.dist-info/METADATA"


def paths(files: Iterable[StagedFile], under: str) -> list[str]:
    return [file.vfs.removeprefix(f"{under}/") for file in files if file.vfs != OWN]


def of_package(result: Stage, name: str) -> list[str]:
    return paths((file for file in result.files if file.package == name), SITE_PACKAGES)


def test_the_app_lies_under_one_fixed_folder(make_project: MakeProject):
    result = staged(make_project(files={"src/lib/page.html": "<p>"}))
    assert paths(result.app, APP) == ["lib/page.html", "main.py"]
    assert result.entry == "main"


def test_what_is_for_tools_stays_out_of_the_app(make_project: MakeProject):
    root = make_project(
        files={
            "src/.env": "SECRET=1",
            "src/.dev.vars": "SECRET=1",
            "src/.git/config": "secret",
            "src/__pycache__/main.cpython-313.pyc": b"x",
            "src/node_modules/left/pad.js": "",
            "src/app.egg-info/PKG-INFO": "",
            "src/venv/pyvenv.cfg": "home = /somewhere",
            "src/main.pyi": "",
            "src/py.typed": "",
            "README.md": "",
            "tests/test_main.py": "",
        }
    )
    assert paths(staged(root).app, APP) == ["main.py"]


def test_a_flat_project_leaves_its_own_files_out(make_project: MakeProject):
    root = make_project(
        extra='[tool.worker-build]\nentry = "hello"\nsrc = ["."]\nexclude = ["src"]\n',
        files={
            "hello.py": "",
            "build/worker/shim.mjs": "",
            "wrangler.toml": "",
            "package.json": "",
        },
    )
    assert paths(staged(root).app, APP) == ["hello.py"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("**/tests/**", ["lib/data/a.bin", "lib/x.py", "main.py"]),
        ("lib/tests", ["lib/data/a.bin", "lib/x.py", "main.py"]),
        ("*.bin", ["lib/data/a.bin", "lib/tests/test_x.py", "lib/x.py", "main.py"]),
        ("**/*.bin", ["lib/tests/test_x.py", "lib/x.py", "main.py"]),
        ("lib/*.py", ["lib/data/a.bin", "lib/tests/test_x.py", "main.py"]),
        ("lib", ["main.py"]),
    ],
)
def test_files_of_the_app_can_be_left_out(make_project: MakeProject, pattern: str, left: list[str]):
    root = make_project(
        extra=f'[tool.worker-build]\nentry = "main"\nexclude = ["{pattern}"]\n',
        files={"src/lib/x.py": "", "src/lib/tests/test_x.py": "", "src/lib/data/a.bin": ""},
    )
    assert paths(staged(root).app, APP) == left


def test_a_link_in_the_app_is_the_file_it_points_to(make_project: MakeProject, tmp_path: Path):
    root = make_project()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "words.txt").write_text("one")
    (root / "src" / "shared").symlink_to(tmp_path / "shared")
    (tmp_path / "shared" / "loop").symlink_to(tmp_path / "shared")
    assert paths(staged(root).app, APP) == ["main.py", "shared/words.txt"]


def test_one_name_in_two_source_folders_is_refused(make_project: MakeProject):
    root = make_project(
        extra='[tool.worker-build]\nentry = "main"\nsrc = ["src", "lib"]\n',
        files={"src/a.py": "1", "lib/a.py": "2", "lib/main.py": ""},
    )
    with pytest.raises(BuildError) as caught:
        staged(root)
    assert caught.value.code == "WB408"
    assert f"{APP}/a.py" in caught.value.what


def test_the_app_can_ask_for_its_own_version(make_project: MakeProject):
    own = next(file for file in staged(make_project()).app if file.vfs == OWN)
    assert own.path.read_text() == "Metadata-Version: 2.1\nName: app\nVersion: 1.0\n"


def test_package_data_entry_points_and_metadata_are_kept(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel(
        "a",
        files={
            "a/__init__.py": "",
            "a/data/words.txt": "one two",
            "a-1.0.dist-info/entry_points.txt": "[g]\nn = a\n",
            "a_paths.pth": "a",
        },
    )
    assert of_package(staged(make_project("a")), "a") == [
        "a-1.0.dist-info/METADATA",
        "a-1.0.dist-info/RECORD",
        "a-1.0.dist-info/entry_points.txt",
        "a/__init__.py",
        "a/data/words.txt",
        "a_paths.pth",
    ]


def test_dead_weight_stays_out(make_project: MakeProject, make_wheel: MakeWheel):
    make_wheel(
        "a",
        files={
            "a/__init__.py": "",
            "a/__init__.pyi": "",
            "a/py.typed": "",
            "a/_fast.c": "",
            "a/include/fast.h": "",
            "a/locale/pl/a.po": "",
            "a/locale/pl/a.mo": b"\xde\x12\x04\x95",
            "a/__pycache__/__init__.cpython-314.pyc": "",
            "a/tests/__init__.py": "",
            "a/tests/test_a.py": "",
            "a/tests/data/big.bin": "",
            "a/test/client.py": "",
            "a-1.0.data/scripts/a": "#!python",
            "a-1.0.data/purelib/a/more.py": "",
            "a-1.0.dist-info/licenses/LICENSE": "",
            "a-1.0.dist-info/direct_url.json": '{"url": "file:///home/me/a"}',
        },
    )
    assert of_package(staged(make_project("a")), "a") == [
        "a-1.0.dist-info/METADATA",
        "a-1.0.dist-info/RECORD",
        "a/__init__.py",
        "a/locale/pl/a.mo",
        "a/more.py",
        "a/test/client.py",
    ]


def test_a_packages_share_is_what_of_it_is_in_the_bundle(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel(
        "a",
        files={
            "a/__init__.py": "x = 1\n",
            "a/data.bin": b"x" * 1000,
            "a/__init__.pyi": "#" * 5000,
            "a/tests/test_a.py": "#" * 5000,
        },
    )
    metadata = "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n"
    shares = pipeline._sizes(staged(make_project("a", files={"src/main.py": "y = 2\n"})))
    listed = ("METADATA", "RECORD")
    record = "".join(f"a-1.0.dist-info/{name},,\n" for name in listed)
    record += "a/__init__.py,,\na/data.bin,,\n"
    assert shares["a"] == len("x = 1\n") + 1000 + len(metadata) + len(record)
    assert shares["(app)"] == len("y = 2\n") + len(metadata.replace("Name: a", "Name: app"))


def test_namespace_packages_share_their_folder(make_project: MakeProject, make_wheel: MakeWheel):
    same = {"ns/__init__.py": "__path__ = []\n"}
    make_wheel("ns-a", files={"ns/a.py": "", **same})
    make_wheel("ns-b", files={"ns/b.py": "", **same})
    names = paths(staged(make_project("ns-a", "ns-b")).dependencies, f"{SITE_PACKAGES}/ns")
    assert [name for name in names if not name.startswith("/")] == ["__init__.py", "a.py", "b.py"]


def test_two_packages_that_want_one_place_are_refused(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("one", files={"common/x.py": "1"})
    make_wheel("two", files={"common/x.py": "2"})
    with pytest.raises(BuildError) as caught:
        staged(make_project("one", "two"))
    assert caught.value.code == "WB408"
    assert caught.value.details == ("one from the package one", "one from the package two")


@pytest.mark.parametrize("file", ["src/a.py", "src/a/__init__.py"])
def test_a_module_of_the_app_that_hides_a_package_is_refused(
    make_project: MakeProject, make_wheel: MakeWheel, file: str
):
    make_wheel("a")
    root = make_project("a", files={file: ""}, extra='[tool.worker-build]\nentry = "main"\n')
    with pytest.raises(BuildError) as caught:
        staged(root)
    assert (caught.value.code, caught.value.where) == ("WB408", str(root / file))
    assert caught.value.what == "the app's own `a` hides the package a"


def test_extension_modules_stand_apart(make_project: MakeProject, make_wheel: MakeWheel):
    make_wheel("fast", tag=TARGET, files={"fast/core.so": DYLINK, "fast/__init__.py": ""})
    result = staged(make_project("fast"))
    assert paths(result.extensions, SITE_PACKAGES) == ["fast/core.so"]
    assert "fast/core.so" not in of_package(result, "fast")


def test_an_extension_module_for_another_machine_is_refused(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("fast", tag=TARGET, files={"fast/core.so": b"\x7fELF"})
    with pytest.raises(BuildError) as caught:
        staged(make_project("fast"))
    assert (caught.value.code, caught.value.where) == ("WB409", f"{SITE_PACKAGES}/fast/core.so")


def test_declarations_for_type_checkers_stay_out(make_project: MakeProject):
    result = staged(make_project())
    assert not any("worker_sys/_generated/" in file.vfs for file in result.files)
    assert f"{SITE_PACKAGES}/worker_sys/__init__.py" in {file.vfs for file in result.files}


def test_the_same_project_elsewhere_is_staged_the_same(
    make_project: MakeProject, make_wheel: MakeWheel, tmp_path: Path
):
    make_wheel("fast", tag=TARGET, files={"fast/core.so": DYLINK, "fast/__init__.py": ""})
    root = make_project("fast", files={"src/lib/a.txt": "a"})
    here = staged(root)
    elsewhere = tmp_path / "some" / "where else"
    shutil.copytree(root, elsewhere)
    there = staged(elsewhere)
    assert (here.digest, here.base_digest) == (there.digest, there.base_digest)
    assert [f.vfs for f in here.files] == [f.vfs for f in there.files]


def test_a_cold_cache_stages_the_same_as_a_warm_one(
    make_project: MakeProject, make_wheel: MakeWheel, own_cache: Path
):
    make_wheel("a")
    root = make_project("a")
    warm = staged(root)
    shutil.rmtree(own_cache)
    assert staged(root) == warm


def test_the_digest_follows_names_and_bytes(make_project: MakeProject):
    root = make_project()
    first = staged(root)
    (root / "src" / "main.py").write_text("x = 1\n")
    second = staged(root)
    (root / "src" / "other.py").write_text("")
    third = staged(root)
    assert len({first.digest, second.digest, third.digest}) == 3
    assert first.base_digest == second.base_digest == third.base_digest


def test_no_path_of_this_machine_is_staged(make_project: MakeProject, tmp_path: Path):
    root = make_project("mine", extra='[tool.uv.sources]\nmine = { path = "../mine" }\n')
    make_project(
        name="mine",
        worker=False,
        extra='[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n',
        files={"src/mine/__init__.py": ""},
    )
    canaries = [str(tmp_path).encode(), str(Path.home()).encode() + b"/"]
    for file in staged(root).files:
        content = file.path.read_bytes()
        assert not any(canary in content for canary in canaries), file.vfs
        assert str(tmp_path) not in file.vfs


@pytest.mark.index
def test_pydantic_is_staged_whole(make_project: MakeProject):
    result = staged(make_project("pydantic>=2", index=True))
    assert [file.package for file in result.extensions] == ["pydantic-core"]
    assert "pydantic/main.py" in of_package(result, "pydantic")
    assert any(name.endswith("/METADATA") for name in of_package(result, "pydantic"))
