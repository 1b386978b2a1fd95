import pytest
from worker_macros import registry


@pytest.fixture(autouse=True)
def empty_registry():
    before = registry.specs()
    registry.clear()
    yield
    registry.clear()
    for spec in before:
        registry.record(spec)
