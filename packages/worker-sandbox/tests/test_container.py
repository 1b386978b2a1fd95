"""A container beside an object.

Without a container engine there is no container to run: what can be held to then is that an object
says so, and that nothing else suffers. With one, the image is built and everything is run.
"""

import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from worker_build.miniflare import Miniflare

pytestmark = pytest.mark.miniflare

IMAGE = "worker-dev/echocontainer:latest"


def engine() -> bool:
    """Whether a container engine answers."""
    docker = shutil.which("docker")
    return (
        docker is not None
        and not subprocess.run([docker, "info"], capture_output=True, check=False).returncode
    )


needs_engine = pytest.mark.skipif(not engine(), reason="no container engine runs on this machine")


@pytest.fixture(scope="module")
def contained(worker_build: Path) -> Generator[Miniflare]:
    """The worker with its container."""
    options: dict[str, Any] = {
        "durableObjects": {
            "ECHO_CONTAINER": {
                "className": "EchoContainer",
                "useSQLite": True,
                "container": {"imageName": IMAGE},
            },
        },
    }
    with Miniflare(worker_build, options, outbound={}) as worker:
        yield worker


@pytest.fixture(scope="module")
def image(worker_project: Path) -> None:
    """The image of the container."""
    context = worker_project / "container-echo"
    subprocess.run(["docker", "build", "--tag", IMAGE, context], check=True)


def test_an_object_without_a_container_says_so(miniflare):
    response = miniflare.fetch("/container/echo", method="POST", body="hello")
    assert (response.status_code, response.text) == (500, "Error: failed to get container")
    with pytest.raises(Exception, match="500"), miniflare.websocket("/container/ws"):
        pass


@pytest.mark.skipif(engine(), reason="a container engine runs on this machine")
def test_without_an_engine_only_the_object_fails(contained):
    assert contained.fetch("/container/echo", method="POST", body="hello").status_code == 500
    contained.logs.wait_for("docker.sock")
    assert contained.fetch("/bytes").status_code == 200


@needs_engine
def test_a_request_reaches_the_container_and_its_answer_comes_back(image, contained):
    response = contained.fetch("/container/echo", method="POST", body="hello container!")
    assert (response.status_code, response.text) == (200, "hello container!")


@needs_engine
def test_a_socket_reaches_the_container(image, contained):
    with contained.websocket("/container/ws") as socket:
        for text in ("one", "two", "three", "four"):
            socket.send(text)
            assert socket.recv(timeout=10) == text
