"""Nothing of the machine that builds is in the bundle: canaries are planted, and looked for."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from worker_build.packages import uv
from worker_build.toolchain import CACHE_VARIABLE

from ._decoding import pieces
from .conftest import HELLO, PYPROJECT, cold_cache, tree

CANARY = "zqcanary"
"""Every planted text begins with it, and says after it where it was."""

MAIN = HELLO + f'\nKNOWN = "{CANARY}-of-the-source"\n'


def write_all(root: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def plant(root: Path) -> tuple[Path, Path]:
    """A project and a home full of canaries; their folders are canaries too."""
    home = root / f"{CANARY}-home"
    write_all(
        home,
        {
            ".npmrc": f"//registry.invalid/:_authToken={CANARY}-npm\n",
            ".config/pip/pip.conf": f"[global]\ntrusted-host = {CANARY}-pip.invalid\n",
            ".config/uv/uv.toml": f'allow-insecure-host = ["{CANARY}-uv.invalid"]\n',
            ".netrc": f"machine registry.invalid login me password {CANARY}-netrc\n",
            ".gitconfig": f"[user]\n\tname = {CANARY}-git\n\temail = {CANARY}-git@mail.invalid\n",
        },
    )
    project = root / f"{CANARY}-folder"
    write_all(
        project,
        {
            "pyproject.toml": PYPROJECT,
            "wrangler.toml": f'name = "hello"\n[vars]\nTOKEN = "{CANARY}-vars"\n',
            ".dev.vars": f"SECRET={CANARY}-dev-vars\n",
            ".env": f"SECRET={CANARY}-env\n",
            ".git/config": f"[user]\n\tname = {CANARY}-git-project\n",
            "src/main.py": MAIN,
            "src/.env": f"SECRET={CANARY}-env-in-src\n",
            "src/.dev.vars": f"SECRET={CANARY}-dev-vars-in-src\n",
            "src/__pycache__/main.cpython-314.pyc": f"{CANARY}-bytecode",
        },
    )
    return project, home


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    root = tmp_path_factory.mktemp("leaks")
    project, home = plant(root)
    out = root / "out"
    told = subprocess.run([uv.binary(), "cache", "dir"], capture_output=True, text=True, check=True)
    subprocess.run(
        [sys.executable, "-m", "worker_build", "build", str(project), "--out-dir", str(out)],
        check=True,
        cwd=home,
        env={
            **os.environ,
            "HOME": str(home),
            "TMPDIR": str(home),
            "USER": f"{CANARY}-user",
            "LOGNAME": f"{CANARY}-logname",
            "HOSTNAME": f"{CANARY}-host",
            "CLOUDFLARE_API_TOKEN": f"{CANARY}-token",
            "PIP_CONFIG_FILE": str(home / ".config" / "pip" / "pip.conf"),
            "NPM_CONFIG__AUTH": f"{CANARY}-npm-variable",
            "UV_CACHE_DIR": told.stdout.strip(),
            CACHE_VARIABLE: str(cold_cache(home / "cache")),
        },
    )
    return tree(out)


def written(text: str) -> Iterator[bytes]:
    """How a text may stand in memory or in a file: as Python keeps strings, and as tools do."""
    yield text.encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-32-le")
    yield text.encode().hex().encode()
    # Base64 depends on what stands before: three alignments, without the ends.
    for shift in range(3):
        yield base64.b64encode(b"\0" * shift + text.encode())[4:-4]


def places(bundle: Mapping[str, bytes], text: str) -> list[str]:
    ways = list(written(text))
    return [where for where, content in pieces(bundle) if any(way in content for way in ways)]


@pytest.mark.index
def test_the_search_finds_what_is_there(bundle: Mapping[str, bytes]):
    found = places(bundle, f"{CANARY}-of-the-source")
    assert "worker/files.wasm: /session/app/main.py" in found
    assert "worker/image.wasm: data" in found
    assert any("python314.zip: secrets.py" in where for where in places(bundle, "token_urlsafe"))


@pytest.mark.index
def test_no_canary_is_in_the_bundle(bundle: Mapping[str, bytes]):
    around: list[str] = []
    for where, content in pieces(bundle):
        rest = content.replace(f"{CANARY}-of-the-source".encode(), b"")
        around += [where for way in written(CANARY) if way in rest]
    assert around == []


@pytest.mark.index
def test_nothing_else_of_this_machine_is_in_the_bundle(bundle: Mapping[str, bytes]):
    # Short names are words of other texts too; a path or a host name of some length is not.
    facts = {str(Path.home()), str(Path(__file__).parents[4]), sys.prefix, socket.gethostname()}
    facts |= {value for name, value in os.environ.items() if "TOKEN" in name or "SECRET" in name}
    found = {fact: places(bundle, fact) for fact in facts if len(fact) > 7}
    assert {fact: where for fact, where in found.items() if where} == {}
