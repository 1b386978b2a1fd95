from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def worker_project() -> Path:
    """The sandbox itself: built once a session, served to each module of tests with fresh storage."""
    return Path(__file__).parents[1]
