"""The README keeps its word: its code is built, type-checked and served; CI runs its commands."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from worker_build import new, pipeline
from worker_build.miniflare import Miniflare

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PACKAGES = sorted((ROOT / "packages").glob("*/README.md"))
PROSE = re.sub(r"^```.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
COMMANDS = re.findall(r"^    (\S.*)$", PROSE, re.MULTILINE)
KV = '\n[[kv_namespaces]]\nbinding = "{0}"\nid = "{0}"\n'


def blocks(text: str) -> list[str]:
    """The Python of a page."""
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


CODE = blocks(README)
served = pytest.mark.miniflare


def project(folder: Path, code: str) -> Path:
    """A project of its own for a code block, with the KV namespaces that it uses."""
    new.create(folder, "router" if "pydantic" in code else "hello-world")
    (folder / "src" / "main.py").write_text(code, "utf-8")
    with (folder / "wrangler.toml").open("a", encoding="utf-8") as file:
        for name in sorted(set(re.findall(r'\.kv\("(\w+)"\)', code))):
            file.write(KV.format(name))
    return folder


def serve(folder: Path, code: str):
    pipeline.build(project(folder, code))
    with Miniflare.from_project(folder, outbound={}) as running:
        yield running


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    yield from serve(tmp_path_factory.mktemp("readme") / "first", CODE[0])


@pytest.fixture(scope="module")
def router(tmp_path_factory):
    yield from serve(tmp_path_factory.mktemp("readme") / "router", CODE[1])


def test_every_block_of_code_is_driven_here():
    assert len(CODE) == 2


def test_its_code_is_clean_under_type_checking_and_so_is_that_of_the_packages(tmp_path):
    for number, code in enumerate(CODE):
        (tmp_path / f"block_{number}.py").write_text("# pyright: strict\n" + code, "utf-8")
    for page in PACKAGES:
        for number, code in enumerate(blocks(page.read_text("utf-8"))):
            (tmp_path / f"{page.parent.name}_{number}.py").write_text(code, "utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"pythonVersion": "3.12"}')
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@served
def test_the_first_worker_refuses_other_methods(first):
    answer = first.fetch("/")
    assert (answer.status_code, answer.text) == (405, "Method Not Allowed")


@served
def test_the_first_worker_tells_the_size_of_an_uploaded_file(first):
    answer = first.fetch("/", method="POST", files={"file": ("cat.png", b"\0" * 1234)})
    assert (answer.status_code, answer.text) == (200, "size = 1234")


@served
def test_the_first_worker_refuses_a_field_that_is_no_file(first):
    answer = first.fetch("/", method="POST", form={"file": "text"})
    assert (answer.status_code, answer.text) == (400, "Bad Request")


@served
def test_the_first_worker_logs_method_path_coordinates_and_region(first):
    cf = {"latitude": "50.10490", "longitude": "8.62950", "region": "Hesse"}
    first.fetch("/some/where?with=query", cf=cf)
    said = first.logs.wait_for("GET /some/where")
    assert said.message == "GET /some/where, located at: (50.1049, 8.6295), within: Hesse"


@served
def test_a_parameter_of_the_path_and_the_shared_data_make_a_greeting(router):
    assert router.fetch("/hello/J%C3%BCrgen").text == "Hello, Jürgen!"


@served
def test_an_account_is_json_from_kv(router):
    assert router.fetch("/account/7").status_code == 404
    router.kv("ACCOUNTS").put("7", '{"name": "Ada"}')
    answer = router.fetch("/account/7")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == {"name": "Ada"}


@served
def test_a_wildcard_takes_the_rest_of_the_path(router):
    assert router.fetch("/files/a/b/c.txt").text == "no file at a/b/c.txt"


@served
def test_an_uploaded_file_is_kept(router):
    answer = router.fetch("/upload", method="POST", files={"file": ("cat.png", b"\x89PNG")})
    assert (answer.status_code, answer.json()) == (201, {"name": "cat.png", "size": 4})
    assert router.kv("FILES").get_bytes("cat.png") == b"\x89PNG"
    assert router.fetch("/upload", method="POST", form={"file": "text"}).status_code == 400


@served
def test_bytes_are_echoed(router):
    data = bytes(range(256))
    assert router.fetch("/echo-bytes", method="POST", body=data).content == data


@served
def test_the_worker_of_the_package_is_kept_too(tmp_path):
    (code,) = blocks((ROOT / "packages" / "worker" / "README.md").read_text("utf-8"))
    for running in serve(tmp_path / "orders", code):
        answer = running.fetch("/", method="POST", json={"item": "tea"})
        assert (answer.status_code, answer.json()) == (201, {"item": "tea", "count": 1})
        assert json.loads(running.kv("ORDERS").get("tea") or "") == {"item": "tea", "count": 1}
        answer = running.fetch("/", method="POST", json={"item": "tea", "count": "many"})
        assert answer.status_code == 422
        assert "count" in answer.text


@pytest.mark.parametrize("page", PACKAGES, ids=lambda page: page.parent.name)
def test_a_package_says_what_it_is_how_to_get_it_and_shows_it_in_under_15_lines(page):
    text = page.read_text("utf-8")
    assert text.startswith(f"# {page.parent.name}\n")
    assert re.search(r"^    .*(pip|uv) ", text, re.MULTILINE)
    assert len(blocks(text)[0].splitlines()) < 15
    assert "What you did not have to write: " in text


def test_the_decorators_print_the_exports_that_their_page_says():
    (code,) = blocks((ROOT / "packages" / "worker-macros" / "README.md").read_text("utf-8"))
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "handlers(['fetch', 'scheduled'])" in done.stdout.replace('"', "'")


def test_the_sandbox_shows_a_module_as_it_is():
    (code,) = blocks((ROOT / "packages" / "worker-sandbox" / "README.md").read_text("utf-8"))
    module = ROOT / "packages" / "worker-sandbox" / "src" / "sandbox" / "version_metadata.py"
    written = {line for line in module.read_text("utf-8").splitlines() if line}
    assert set(filter(None, code.splitlines())) <= written


def test_its_first_screen_has_two_commands():
    served, tested = COMMANDS
    assert served == (
        "python -m pip install uv && python -m uv run worker-build dev packages/worker-sandbox"
    )
    assert tested == "python -m pip install uv && python -m uv run nox -s tests"
    assert README[: README.index(tested)].count("\n") < 25


def test_ci_installs_a_database_runs_the_second_command_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    work = [
        line
        for line in lines
        if line and not line.startswith(("#", "set ", "cd ", "export CI", "apt-get "))
    ]
    assert work == COMMANDS[1].split(" && ")


def test_contributing_sets_up_and_tests_the_same_way():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert "    python -m pip install uv\n" in text
    assert "`nox -s tests`" in text
    sessions = (ROOT / "noxfile.py").read_text("utf-8")
    for name in re.findall(r"nox -s (\w+)", README + text):
        assert f"def {name}(" in sessions


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/security.md",
        *(f"packages/{page.parent.name}/README.md" for page in PACKAGES),
    ],
)
def test_what_a_page_links_to_and_names_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"\]\((?!https?:)([^)#]+)\)|`((?:packages|tests)/[^`*]+)`", text)
    assert named
    for link, path in named:
        assert ((ROOT / page).parent / link if link else ROOT / path).exists()
