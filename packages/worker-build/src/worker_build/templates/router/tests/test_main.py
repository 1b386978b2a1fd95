from worker_build.miniflare import Miniflare


def test_a_parameter_comes_from_the_path(miniflare: Miniflare) -> None:
    assert miniflare.fetch("/hello/Ada%20L").json() == {"hello": "Ada L"}


def test_a_body_is_checked(miniflare: Miniflare) -> None:
    shape = {"width": 2, "height": 3.5}
    assert miniflare.fetch("/area", method="POST", json=shape).json() == {"area": 7}
    wrong = miniflare.fetch("/area", method="POST", json={"width": "wide"})
    assert wrong.status_code == 422


def test_other_paths_and_methods_are_refused(miniflare: Miniflare) -> None:
    assert miniflare.fetch("/elsewhere").status_code == 404
    assert miniflare.fetch("/area").status_code == 405
