from worker_build.miniflare import Miniflare


def test_every_request_is_greeted(miniflare: Miniflare) -> None:
    response = miniflare.fetch("/")
    assert response.status_code == 200
    assert response.text == "Hello from Python!"
