from worker_build.miniflare import Miniflare


def test_the_application_answers(miniflare: Miniflare) -> None:
    assert miniflare.fetch("/").json() == {"hello": "FastAPI"}


def test_a_body_is_checked(miniflare: Miniflare) -> None:
    item = {"name": "tea", "price": 2.5}
    assert miniflare.fetch("/items", method="POST", json=item).json() == item
    assert miniflare.fetch("/items", method="POST", json={"name": "tea"}).status_code == 422
