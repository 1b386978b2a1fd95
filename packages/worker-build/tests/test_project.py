from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from worker_build import config, project
from worker_build.errors import BuildError

HEAD = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.12"\n'


def write(root: Path, *files: str, pyproject: str = HEAD) -> Path:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    (root / "pyproject.toml").write_text(pyproject)
    return root


def refused(root: Path) -> BuildError:
    with pytest.raises(BuildError) as caught:
        project.load(root)
    return caught.value


def test_the_one_package_under_src_is_the_entry_module(tmp_path: Path):
    loaded = project.load(write(tmp_path, "src/hello/__init__.py"))
    assert (loaded.name, loaded.entry, loaded.src) == ("app", "hello", (tmp_path / "src",))


def test_main_is_the_entry_module_where_there_is_no_package(tmp_path: Path):
    loaded = project.load(write(tmp_path, "src/main.py", "src/helpers.py"))
    assert loaded.entry == "main"


def test_the_entry_module_can_be_named(tmp_path: Path):
    root = write(
        tmp_path,
        "src/hello/app.py",
        "src/other/__init__.py",
        pyproject=HEAD + '[tool.worker-build]\nentry = "hello.app"\n',
    )
    assert project.load(root).entry == "hello.app"


def test_a_project_is_found_by_its_pyproject_too(tmp_path: Path):
    root = write(tmp_path, "src/main.py")
    assert project.load(root / "pyproject.toml") == project.load(root)


def test_the_wrangler_file_is_found_in_the_order_of_wrangler(tmp_path: Path):
    root = write(tmp_path, "src/main.py", "wrangler.toml", "wrangler.jsonc")
    assert project.load(root).wrangler == root / "wrangler.jsonc"


def test_a_project_without_a_wrangler_file_has_none(tmp_path: Path):
    loaded = project.load(write(tmp_path, "src/main.py"), env="staging")
    assert (loaded.wrangler, loaded.env) == (None, "staging")


def test_the_output_folder_is_build_unless_configured(tmp_path: Path):
    root = write(tmp_path, "src/main.py")
    assert project.load(root).out_dir == root / "build"
    write(root, pyproject=HEAD + '[tool.worker-build]\nout-dir = "out/here"\n')
    assert project.load(root).out_dir == root / "out" / "here"


def test_a_folder_without_a_project_is_refused_with_the_project_above_it(tmp_path: Path):
    root = write(tmp_path, "src/main.py")
    error = refused(root / "src")
    assert error.code == "WB101"
    assert error.fix == f"did you mean {root}?"


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path):
    error = refused(tmp_path / "nothing")
    assert (error.code, error.what) == ("WB101", "there is no such folder")


def test_a_broken_pyproject_is_refused_with_its_line(tmp_path: Path):
    error = refused(write(tmp_path, pyproject="[project]\nname = \n"))
    assert error.code == "WB102"
    assert "line 2" in error.what


def test_a_pyproject_without_a_name_is_refused(tmp_path: Path):
    assert refused(write(tmp_path, pyproject="[build-system]\n")).code == "WB102"


def test_no_entry_module_is_refused_with_what_to_do(tmp_path: Path):
    error = refused(write(tmp_path, "src/helpers.py"))
    assert error.code == "WB104"
    assert error.fix is not None
    assert error.fix.startswith("write src/main.py")


def test_two_candidates_are_refused_with_the_line_to_paste(tmp_path: Path):
    error = refused(write(tmp_path, "src/hello/__init__.py", "src/main.py"))
    assert error.code == "WB105"
    assert "hello, main" in error.what
    assert error.fix == 'choose one in pyproject.toml: [tool.worker-build] entry = "main"'


def test_private_and_foreign_folders_are_no_candidates(tmp_path: Path):
    root = write(
        tmp_path, "src/hello/__init__.py", "src/_private/x.py", "src/app.egg-info/x", "src/data/x"
    )
    assert project.load(root).entry == "hello"


def test_an_entry_module_that_is_not_there_is_refused_where_it_is_named(tmp_path: Path):
    pyproject = HEAD + '\n[tool.worker-build]\nentry = "helo"\n'
    error = refused(write(tmp_path, "src/hello/__init__.py", pyproject=pyproject))
    assert (error.code, error.where) == ("WB104", "pyproject.toml:7")
    assert error.fix == "did you mean `hello`?"


def test_an_unknown_key_is_refused_with_its_line_and_a_suggestion(tmp_path: Path):
    error = refused(write(tmp_path, pyproject=HEAD + "[tool.worker-build]\nentrry = 'a'\n"))
    assert (error.code, error.where) == ("WB103", "pyproject.toml:6")
    assert error.fix == "did you mean `entry`?"


def test_a_python_spelling_of_a_key_is_answered_with_the_right_one(tmp_path: Path):
    error = refused(write(tmp_path, pyproject=HEAD + "[tool.worker-build]\nout_dir = 'a'\n"))
    assert error.fix == "did you mean `out-dir`?"


def test_a_key_like_no_other_is_answered_with_all_of_them(tmp_path: Path):
    error = refused(write(tmp_path, pyproject=HEAD + "[tool.worker-build]\nzzz = 'a'\n"))
    keys = ", ".join(key.name.replace("_", "-") for key in fields(config.Config))
    assert error.fix == f"the keys are {keys}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("entry = 3", "valid string"),
        ("entry = 'a-b'", "dotted module name"),
        ("out-dir = '../x'", "inside the project"),
        ("src = ['/abs']", "inside the project"),
        ("src = []", "at least 1 item"),
        ("groups = 'dev'", "valid list"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(tmp_path: Path, line: str, said: str):
    error = refused(write(tmp_path, pyproject=f"{HEAD}[tool.worker-build]\n{line}\n"))
    assert (error.code, error.where) == ("WB103", "pyproject.toml:6")
    assert said in error.what


def test_a_table_with_a_misspelt_name_is_refused(tmp_path: Path):
    error = refused(write(tmp_path, pyproject=HEAD + "[tool.worker_build]\nentry = 'a'\n"))
    assert error.code == "WB103"
    assert "worker_build" in error.what


def test_a_project_that_excludes_python_3_14_is_refused_with_the_line(tmp_path: Path):
    pyproject = HEAD.replace(">=3.12", ">=3.12,<3.14")
    error = refused(write(tmp_path, "src/main.py", pyproject=pyproject))
    assert (error.code, error.where) == ("WB103", "pyproject.toml:4")


def test_groups_and_extras_that_do_not_exist_are_refused(tmp_path: Path):
    more = '[dependency-groups]\nworker = []\n[tool.worker-build]\ngroups = ["workers"]\n'
    error = refused(write(tmp_path, "src/main.py", pyproject=HEAD + more))
    assert (error.code, error.where) == ("WB103", "pyproject.toml:8")
    assert error.fix == "did you mean 'worker'?"


def test_the_published_schema_is_the_one_of_the_model():
    file = Path(config.__file__).with_name("worker-build.schema.json")
    assert file.read_text("utf-8") == config.schema()


@pytest.mark.parametrize(
    ("pyproject", "line", "said"),
    [
        ('[project]\nname = "a b"\n', ":2", "`name`"),
        ('[project]\nname = "a"\nversion = 1\n', ":3", "1 is no text"),
        ('[project]\nname = "a"\nversion = "x y"\n', ":3", "Invalid version"),
        ('[project]\nname = "a"\ndependencies = "worker"\n', ":3", "is no list"),
        ('[project]\nname = "a"\ndependencies = ["w @@ x"]\n', ":3", "'w @@ x' is no requirement"),
        ('tool = 3\n[project]\nname = "a"\n', "", "`tool` is 3"),
        ('[project]\nname = "a"\n[tool]\nworker-build = 3\n', "", "must be a table"),
    ],
)
def test_metadata_that_no_tool_takes_is_refused_in_our_words(
    tmp_path: Path, pyproject: str, line: str, said: str
):
    error = refused(write(tmp_path, "src/main.py", pyproject=pyproject))
    assert (error.code, error.where) == ("WB103", f"pyproject.toml{line}")
    assert said in error.what


def test_a_file_in_the_place_of_a_project_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    assert refused(tmp_path / "file").what == "this is a file, and a project is a folder"


@pytest.mark.parametrize("folder", [".", "src", "..", "src/../src"])
def test_a_bundle_never_takes_the_place_of_what_it_is_made_of(tmp_path: Path, folder: str):
    root = write(tmp_path / "app", "src/main.py", "manifest.json", "worker/shim.mjs")
    loaded = project.load(root)
    with pytest.raises(BuildError, match="replace the project itself"):
        loaded.check_out_dir(root / folder)
    loaded.check_out_dir(root / "build")
    loaded.check_out_dir(root / "src" / "build")
