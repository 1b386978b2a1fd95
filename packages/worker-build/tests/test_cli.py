"""The command line as a user meets it: what it prints where, and how it exits."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import TypeAdapter
from worker_build import pipeline, toolchain
from worker_build.cli import _main, events
from worker_build.errors import BuildError

HELP = Path(__file__).parent / "help"
COMMANDS = ("build", "dev", "new", "types", "clean", "doctor")
EVENT: TypeAdapter[Any] = TypeAdapter(events.Event)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command line in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*args: str) -> tuple[int, str, str]:
        code = _main.run([*args])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def project(folder: Path) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.py").touch()
    (folder / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    return folder


def checked(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    for event in found:
        EVENT.validate_python(event)
    return found


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_what_the_golden_file_says(run: Run, command: str) -> None:
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert out == (HELP / f"{command or 'worker-build'}.txt").read_text("utf-8")


def test_the_version_is_told(run: Run) -> None:
    assert run("--version")[1].startswith("worker-build, version 20")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["biuld"], "Did you mean 'build'?"),
        (["xyz"], "The commands are build, dev"),
        (["--relase"], "Did you mean '--release'?"),
        (["dev", "--prot", "1"], "Did you mean"),
        (["build", ".", "b"], "unexpected extra argument"),
        (["build", "nowhere"], "does not exist"),
        (["new"], "Missing argument 'NAME'"),
        (["new", "x", "--template", "ruoter"], "Did you mean 'router'?"),
        (["new", "x", "--template", "zzz"], "There are hello-world"),
        (["dev", "--port", "70000"], "70000"),
    ],
)
def test_wrong_usage_exits_with_2_and_a_hint(run: Run, args: list[str], words: str) -> None:
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert words in err


def test_the_command_may_be_left_out_or_come_after_options(run: Run) -> None:
    for args in ([], ["-v"], ["-v", "build"], ["."], ["--env", "build"], ["--dev", "."]):
        code, _, err = run(*args)
        assert code == 1
        assert "WB101" in err


def test_options_that_take_a_value_are_known_before_their_command_is() -> None:
    context = click.Context(_main.cli)
    commands = [_main.cli.get_command(context, name) for name in COMMANDS]
    takers = {
        name
        for command in commands
        if command is not None
        for option in command.params
        if isinstance(option, click.Option) and not option.is_flag and not option.count
        for name in option.opts
    }
    assert takers == _main._WITH_VALUE


def test_help_is_a_word_too(run: Run) -> None:
    assert run("help") == run("--help")
    assert run("help", "build") == run("build", "--help")


def test_doctor_says_that_there_is_no_project(run: Run, tmp_path: Path) -> None:
    toolchain.install()
    app = project(tmp_path / "app")
    assert "· project: none here" in run("doctor")[1]
    assert run("doctor", str(app / "pyproject.toml"))[0] == 0
    code, out, _ = run("doctor", str(app / "src" / "main.py"))
    assert code == 1
    assert "✗ project: WB101: this is a file" in out


def test_a_folder_with_a_manifest_is_no_bundle_yet(run: Run, tmp_path: Path) -> None:
    app = project(tmp_path / "app")
    (app / "build").mkdir()
    (app / "build" / "manifest.json").write_text("{}")
    code, _, err = run("clean", "app")
    assert code == 1
    assert "holds something that is not a bundle" in err
    code, _, err = run("build", "app", "--out-dir", "app")
    assert code == 1
    assert "would replace the project itself" in err


def test_an_error_says_what_where_and_how_to_fix_it(run: Run, tmp_path: Path) -> None:
    code, out, err = run("build")
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert lines[0] == "project: reading the project"
    assert lines[1].startswith("WB101: ")
    assert lines[2] == f"  at {tmp_path}"
    assert lines[3].startswith("  fix: ")


def test_quiet_leaves_the_error_alone(run: Run) -> None:
    assert run("-q")[2].startswith("WB101")


def test_json_is_one_event_a_line_of_the_documented_schema(run: Run) -> None:
    code, out, err = run("build", "--json")
    assert (code, err) == (1, "")
    assert [event["type"] for event in checked(out)] == ["step", "error"]
    assert checked(out)[1]["family"] == "project"


def test_the_schema_file_is_the_one_of_the_events() -> None:
    file = Path(events.__file__).with_name("events.schema.json")
    assert file.read_text("utf-8") == events.schema()


def test_an_unforeseen_exception_is_our_fault_and_shows_no_traceback(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(pipeline, "build", broken)
    code, _, err = run("build")
    assert code == 1
    assert "WB900: worker-build failed: ZeroDivisionError: of ours" in err
    assert "Traceback" not in err
    assert "Traceback" in run("build", "-vv")[2]


def test_an_interrupt_exits_with_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "build", interrupted)
    code, _, err = run("build")
    assert code == 130
    assert err.endswith("interrupted\n")


def test_an_interrupt_while_we_are_being_imported_shows_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        [sys.executable, "-m", "worker_build", "build"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_no_color_means_no_escape_codes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("build")[2]


def test_clean_removes_a_bundle_and_its_state_and_nothing_else(run: Run, tmp_path: Path) -> None:
    app = project(tmp_path / "app")
    assert "nothing to remove" in run("clean", "app")[2]
    for path in ("build/manifest.json", "build/worker/shim.mjs", ".wrangler/state/x", "keep"):
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text("1")
    code, out, _ = run("clean", "app")
    assert (code, out) == (0, f"removed {app / 'build'}\n")
    assert not (app / "build").exists()
    assert (app / ".wrangler" / "state" / "x").exists()
    code, out, _ = run("clean", "app", "--state", "--json")
    assert checked(out)[0]["files"] == [str(app / ".wrangler" / "state")]
    assert (app / "keep").exists()


def test_clean_refuses_a_folder_that_no_build_made(run: Run, tmp_path: Path) -> None:
    app = project(tmp_path / "app")
    (app / "build").mkdir()
    (app / "build" / "thesis.tex").touch()
    code, _, err = run("clean", "app")
    assert code == 1
    assert "WB120" in err
    assert (app / "build" / "thesis.tex").exists()


def test_clean_empties_our_parts_of_the_cache(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv(toolchain.CACHE_VARIABLE, str(cache))
    for path in ("toolchain/x/y", "packages/z", "somebody/else"):
        (cache / path).mkdir(parents=True)
    assert run("clean", "--cache")[0] == 0
    assert [path.name for path in cache.iterdir()] == ["somebody"]


def test_doctor_finds_everything_here_in_order(run: Run, tmp_path: Path) -> None:
    toolchain.install()
    app = project(tmp_path / "app")
    (app / "wrangler.toml").write_text('name = "app"\ncompatibility_date = "2026-04-01"\n')
    code, out, _ = run("doctor", "app", "--json")
    assert code == 0
    found = {event["name"]: event["status"] for event in checked(out)}
    assert set(found.values()) == {"ok"}
    assert list(found)[:2] == ["Python", "Node"]
    assert list(found)[-2:] == ["project", "wrangler file"]


def test_doctor_says_what_to_do_about_what_is_wrong(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = project(tmp_path / "app")
    (app / "src" / "main.py").unlink()
    (tmp_path / "file").touch()
    monkeypatch.setenv(toolchain.CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    code, out, _ = run("doctor", "app")
    assert code == 1
    assert "✗ cache" in out
    assert "· npm packages" in out
    assert "✗ project: WB104" in out
    assert "WORKER_BUILD_CACHE" in out


def test_new_refuses_a_folder_in_use_and_a_bad_name(run: Run, tmp_path: Path) -> None:
    code, out, err = run("new", "my-app")
    assert code == 0
    assert "my-app/src/main.py" in out
    assert "cd my-app && worker-build dev" in err
    assert 'name = "my-app"' in (tmp_path / "my-app" / "pyproject.toml").read_text()
    code, _, err = run("new", "my-app")
    assert code == 1
    assert "not empty" in err
    (tmp_path / "file").touch()
    assert "there is a file here" in run("new", "file")[2]
    (tmp_path / "file").unlink()
    code, _, err = run("new", "My App")
    assert code == 1
    assert "did you mean `my-app`?" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my-app"]


def test_a_taken_port_is_refused_and_the_default_gives_way() -> None:
    from worker_build.serve import free_port

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BuildError, match=f"port {port} cannot be used"):
            free_port(port)
    assert free_port(port) == port
    assert free_port(0) == 0


def test_the_module_runs_and_dies_of_a_signal_with_130(tmp_path: Path) -> None:
    app = project(tmp_path / "app")
    command = [sys.executable, "-m", "worker_build", "dev", str(app), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "project: reading the project\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == 130
