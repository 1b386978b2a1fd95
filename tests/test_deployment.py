"""The sandbox's bundle: wrangler deploys and serves it, Miniflare loads it by one rule."""

import shutil
from pathlib import Path

import httpx
import pytest
from support import wrangler
from worker_build import pipeline
from worker_build.miniflare import Miniflare

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]

SANDBOX = Path(__file__).parents[1] / "packages" / "worker-sandbox"
BUILD_COMMAND = '[build]\ncommand = "worker-build"\nwatch_dir = "src"\n'
HELLO = "/account/4/zones"
SAID = "Account id: 4..... You get a zone, you get a zone!"


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    """The sandbox's wrangler file with a finished build beside it."""
    folder = tmp_path_factory.mktemp("deployment")
    text = (SANDBOX / "wrangler.toml").read_text("utf-8")
    # Building is done here: in its own folder the sandbox may be in use by other tests.
    assert BUILD_COMMAND in text
    (folder / "wrangler.toml").write_text(text.replace(BUILD_COMMAND, ""), "utf-8")
    shutil.copytree(SANDBOX / "public", folder / "public")
    pipeline.build(SANDBOX, out_dir=folder / "build")
    return folder


def test_the_bundle_is_modules_of_javascript_and_wasm_and_nothing_else(deployment):
    files = [path for path in (deployment / "build" / "worker").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".mjs", ".wasm"}
    assert {path.name for path in (deployment / "build").iterdir()} == {
        "index.js", "manifest.json", "worker",
    }  # fmt: skip


def test_a_dry_run_of_deploy_accepts_the_sandbox_and_its_outdir_boots(deployment):
    said = wrangler.deploy(deployment, "out")
    assert "Total Upload" in said
    sent = {path.name for path in (deployment / "out").rglob("*.wasm")}
    assert sent == {path.name for path in (deployment / "build").rglob("*.wasm")}
    with Miniflare.from_project(deployment, build=deployment / "out" / "shim.mjs") as running:
        assert running.fetch(HELLO).text == SAID


def test_wrangler_dev_serves_the_sandbox(deployment):
    with wrangler.served(deployment) as url:
        assert httpx.get(url + HELLO, trust_env=False, timeout=60).text == SAID


@pytest.mark.parametrize("main", ["index.js", "worker/shim.mjs"])
def test_both_main_modules_load_with_the_one_rule_of_the_crate(deployment, main):
    # `modules: true` and one rule for `**/*.wasm`: what Miniflare is given when nothing else is.
    with Miniflare(deployment / "build" / main) as running:
        assert running.fetch(HELLO).text == SAID
