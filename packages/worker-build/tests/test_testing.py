"""The pytest plugin, run by pytest itself on a project that is built already."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.miniflare

BUILD = Path(__file__).parent / "miniflare_worker"
WRANGLER = """
name = "tiny"
main = "build/index.js"
compatibility_date = "2026-04-01"
kv_namespaces = [{ binding = "KV", id = "KV" }]
vars = { GREETING = "top" }
[env.staging]
vars = { GREETING = "staging" }
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makefile(".toml", wrangler=WRANGLER)
    (pytester.path / "build").symlink_to(BUILD)
    return pytester


def test_a_test_asks_for_miniflare_and_gets_the_worker(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_hello(miniflare):
            assert miniflare.fetch("/hello").text == "hello"
            miniflare.kv("KV").put("k", "v")

        def test_storage_is_kept_within_a_module(miniflare):
            assert miniflare.kv("KV").get("k") == "v"

        def test_the_outside_is_refused(miniflare):
            assert miniflare.fetch("/outbound?url=https://example.com/").status_code == 502
        """
    )
    project.makepyfile(
        test_other="""
        def test_storage_is_fresh_in_the_next_module(miniflare):
            assert miniflare.kv("KV").get("k") is None
        """
    )
    project.runpytest_inprocess("--worker-no-build").assert_outcomes(passed=4)


def test_options_are_given_by_a_fixture_of_the_same_name(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def miniflare_options():
            outbound = {"https://example.com/": (200, {}, "mocked")}
            return {"outbound": outbound, "env": "staging"}

        def test_mocked(miniflare):
            assert miniflare.fetch("/outbound?url=https://example.com/").text == "mocked"
            assert miniflare.fetch("/vars").json()["GREETING"] == "staging"
        """
    )
    project.runpytest_inprocess("--worker-no-build").assert_outcomes(passed=1)


def test_settings_name_the_project_and_the_environment(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("app")
    (folder / "wrangler.toml").write_text(WRANGLER)
    (folder / "build").symlink_to(BUILD)
    pytester.makeini("[pytest]\nworker_project = app\nworker_env = staging\n")
    pytester.makepyfile(
        """
        def test_staging(miniflare):
            assert miniflare.fetch("/vars").json() == {"GREETING": "staging"}
        """
    )
    pytester.runpytest_inprocess("--worker-no-build").assert_outcomes(passed=1)


def test_a_failing_test_shows_what_the_worker_logged_during_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_before(miniflare):
            miniflare.fetch("/throw")
            miniflare.logs.wait_for("the worker threw")

        def test_fails(miniflare):
            miniflare.fetch("/log")
            miniflare.logs.wait_for("a error")
            assert False
        """
    )
    result = project.runpytest_inprocess("--worker-no-build")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Captured worker log*", "warn: a warn"])
    result.stdout.no_fnmatch_line("*the worker threw*")


def test_no_build_to_take_is_said(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", wrangler=WRANGLER)
    pytester.makepyfile("def test_any(miniflare): pass")
    result = pytester.runpytest_inprocess("--worker-no-build")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*there is no build in*run `worker-build` first*"])


def test_a_project_that_cannot_be_built_is_said_without_a_traceback(
    pytester: pytest.Pytester,
) -> None:
    pytester.makefile(".toml", wrangler=WRANGLER, pyproject="[project]\nname = 'app'\n")
    pytester.makepyfile("def test_any(miniflare): pass")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["WB1*", "*fix:*"])
    result.stdout.no_fnmatch_line("*pipeline.py*")
