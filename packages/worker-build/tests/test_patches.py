"""Every patch of Pyodide's glue matches as often as it says; a surprise stops the build by name."""

import pytest
from worker_build import toolchain
from worker_build.errors import BuildError
from worker_build.patches import PATCHES, patch_glue


@pytest.fixture(scope="module")
def glue():
    return (toolchain.install().package("pyodide") / "pyodide.asm.mjs").read_text("utf-8")


def test_the_pinned_glue_takes_every_patch(glue):
    patched = patch_glue(glue)
    for needle in (
        "new WebAssembly.Module(",
        "Date.now()",
        "crypto.getRandomValues(",
        "await import(",
    ):
        assert needle not in patched
    assert " eval(" not in patched
    assert "=eval(" not in patched


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_a_patch_that_does_not_match_stops_the_build_with_its_name(glue, patch):
    changed = glue.replace(patch.find, "", 1)
    with pytest.raises(BuildError) as caught:
        patch_glue(changed)
    assert caught.value.code == "WB901"
    assert "patch" in str(caught.value)


def test_names_are_unique():
    assert len({patch.name for patch in PATCHES}) == len(PATCHES)
