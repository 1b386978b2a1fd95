"""Whose password goes to which address: by server and path of the index, as uv has it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from worker_build.packages import auth

INDEXES = """\
[[index]]
name = "one"
url = "https://a:1@files.example.com/one/simple"

[[index]]
name = "deep"
url = "https://b:2@files.example.com/one/deep/simple/"

[[index]]
name = "other"
url = "https://c:3@files.example.com:8443/one/simple"

[[index]]
name = "plain"
url = "http://d:4@plain.example.com/simple"
"""


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("UV_CREDENTIALS_DIR", str(tmp_path))
    for name in ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "uv.toml").write_text(INDEXES)


def header(url: str, root: Path) -> str | None:
    found = auth.header(url, root)
    return base64.b64decode(found.removeprefix("Basic ")).decode() if found else None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://files.example.com/one/simple/x/", "a:1"),
        ("https://files.example.com/one/files/x.whl", "a:1"),
        ("https://files.example.com:443/one/files/x.whl", "a:1"),
        ("https://files.example.com/one/deep/files/x.whl", "b:2"),
        ("https://files.example.com/one/deeper/x.whl", "a:1"),
        ("https://files.example.com/elsewhere/x.whl", "a:1"),
        ("https://files.example.com:8443/one/x.whl", "c:3"),
        ("https://files.example.com:9999/one/x.whl", None),
        ("http://files.example.com/one/x.whl", None),
        ("https://other.example.com/one/x.whl", None),
        ("http://plain.example.com/files/x.whl", "d:4"),
        ("https://plain.example.com/files/x.whl", None),
    ],
)
def test_the_password_of_an_index_goes_to_its_server_and_below_its_path(
    tmp_path: Path, url: str, expected: str | None
):
    assert header(url, tmp_path) == expected


def test_a_password_by_the_name_of_an_index_goes_below_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("UV_INDEX_DEEP_PASSWORD", "new")
    assert header("https://files.example.com/one/deep/files/x.whl", tmp_path) == "b:new"
    assert header("https://files.example.com/one/files/x.whl", tmp_path) == "a:1"


def test_netrc_knows_hosts_alone(tmp_path: Path):
    (tmp_path / "netrc").write_text("machine other.example.com login me password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    assert header("https://other.example.com:8443/x.whl", tmp_path) == "me:secret"
