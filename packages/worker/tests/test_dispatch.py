"""What a worker that is to be loaded is made of."""

import pytest
from worker.dispatch import WorkerModule


@pytest.mark.parametrize(
    ("sources", "told"),
    [({}, "not none"), ({"js": "a", "text": "b"}, "not js and text")],
)
def test_a_module_has_one_source(sources, told: str):
    with pytest.raises(ValueError, match=f"a module has one source, {told}"):
        WorkerModule(**sources)


def test_a_source_may_be_empty_text():
    assert WorkerModule(text="").text == ""
