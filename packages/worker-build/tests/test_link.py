"""A bundle is put in place whole, or not at all."""

import stat

import pytest
from worker_build import link
from worker_build.errors import BuildError


def bundle(text: bytes) -> link.Bundle:
    return link.Bundle({"index.js": text, "manifest.json": b"{}", "worker/shim.mjs": text}, {})


def test_a_new_bundle_replaces_the_old_one_whole(tmp_path):
    out = tmp_path / "build"
    link.put(bundle(b"one"), out)
    (out / "worker" / "left-over.wasm").write_bytes(b"")
    link.put(bundle(b"two"), out)
    assert (out / "index.js").read_bytes() == b"two"
    assert sorted(p.name for p in (out / "worker").iterdir()) == ["shim.mjs"]
    assert [p.name for p in tmp_path.iterdir()] == ["build"]


def test_a_folder_that_is_no_bundle_is_left_alone(tmp_path):
    out = tmp_path / "build"
    out.mkdir()
    (out / "thesis.txt").write_text("precious")
    with pytest.raises(BuildError) as caught:
        link.put(bundle(b"one"), out)
    assert caught.value.code == "WB120"
    assert (out / "thesis.txt").read_text() == "precious"


def test_a_failure_half_way_leaves_the_old_bundle(tmp_path, monkeypatch):
    out = tmp_path / "build"
    link.put(bundle(b"one"), out)

    def full(new, old):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(link, "_swap", full)
    with pytest.raises(BuildError) as caught:
        link.put(bundle(b"two"), out)
    assert caught.value.code == "WB120"
    assert "No space left" in str(caught.value)
    assert (out / "index.js").read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["build"]


def test_without_an_atomic_exchange_the_bundle_still_arrives(tmp_path, monkeypatch):
    monkeypatch.setattr(link, "_exchange", lambda one, other: False)
    out = tmp_path / "build"
    link.put(bundle(b"one"), out)
    link.put(bundle(b"two"), out)
    assert (out / "index.js").read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["build"]


def test_the_output_folder_is_readable_by_others(tmp_path):
    out = tmp_path / "build"
    link.put(bundle(b"one"), out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o755
