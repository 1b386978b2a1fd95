"""Each template as its user meets it: made in an empty folder, built, tested, type-checked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from worker_build import env_types, pipeline
from worker_build.miniflare import Miniflare
from worker_build.new import TEMPLATES, create

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_project_builds_and_its_own_tests_pass(tmp_path: Path, template: str) -> None:
    create(tmp_path / "made", template)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ran = subprocess.run(
        command, cwd=tmp_path / "made", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not [path for path in tmp_path.iterdir() if path.name != "made"]


TYPED = """
from worker import Context, Env as AnyEnv, Request, Response, event
from worker_env import Env


@event.fetch
async def fetch(req: Request, env: AnyEnv, ctx: Context) -> Response:
    bound = Env.of(env)
    await bound.CACHE.put("key", bound.GREETING)
    return Response.ok(await bound.CACHE.get("key") or "nothing")
"""


def test_the_env_that_types_writes_works_in_the_worker(tmp_path: Path) -> None:
    made = tmp_path / "typed"
    create(made, "hello-world")
    with (made / "wrangler.toml").open("a") as file:
        file.write('[vars]\nGREETING = "hi"\n[[kv_namespaces]]\nbinding = "CACHE"\nid = "CACHE"\n')
    env_types.write(made, env=None, output=None, check=False)
    (made / "src" / "main.py").write_text(TYPED)
    pipeline.build(made)
    with Miniflare.from_project(made, outbound={}) as running:
        assert running.fetch("/").text == "hi"


def test_every_template_is_clean_under_strict_type_checking(tmp_path: Path) -> None:
    for template in TEMPLATES:
        create(tmp_path / template, template)
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.12",
        "executionEnvironments": [{"root": f"{name}/src"} for name in TEMPLATES],
        # FastAPI belongs to the made project's environment, which is not this one.
        "reportMissingImports": False,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    ran = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    mistakes = [
        line for line in ran.stdout.splitlines() if " - error:" in line and "fastapi" not in line
    ]
    assert mistakes == [], ran.stdout
    assert "0 files" not in ran.stdout


def test_a_template_is_filled_completely(tmp_path: Path) -> None:
    for template in TEMPLATES:
        for file in create(tmp_path / template, template):
            assert "{{" not in file.read_text("utf-8")
        assert (tmp_path / template / ".gitignore").is_file()
        assert (tmp_path / template / "pyproject.toml").is_file()
