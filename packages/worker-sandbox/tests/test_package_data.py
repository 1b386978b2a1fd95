"""Files of the package, and modules imported late, also in an isolate that died and came back."""

import ast

import pytest

pytestmark = pytest.mark.miniflare

GREETING = "Hello from a file of the package!\n"


def late(worker_project) -> list[str]:
    """The modules that the sandbox imports late, read from its source."""
    source = (worker_project / "src" / "sandbox" / "package_data.py").read_text()
    (value,) = (
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "LATE"
    )
    return list(ast.literal_eval(value))


@pytest.mark.parametrize("way", ["resource", "opened"])
def test_a_file_of_the_package_is_read(miniflare, way):
    assert miniflare.fetch(f"/package-data/{way}").text == GREETING
    miniflare.fetch("/test-abort")
    assert miniflare.fetch(f"/package-data/{way}").text == GREETING


def test_a_module_imported_late_is_there(miniflare, worker_project):
    for name in late(worker_project):
        response = miniflare.fetch(f"/package-data/late/{name}")
        assert (response.status_code, response.text.split()[0]) == (200, name)


def test_a_module_is_imported_by_the_first_request_of_a_new_instance(miniflare, worker_project):
    for name in late(worker_project):
        miniflare.fetch("/test-abort")
        response = miniflare.fetch(f"/package-data/late/{name}")
        assert (response.status_code, response.text.split()[0]) == (200, name)
