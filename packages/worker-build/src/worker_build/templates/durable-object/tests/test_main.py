from worker_build.miniflare import Miniflare


def test_each_path_has_a_counter(miniflare: Miniflare) -> None:
    assert miniflare.fetch("/a").json() == {"visits": 1}
    assert miniflare.fetch("/a").json() == {"visits": 2}
    assert miniflare.fetch("/b").json() == {"visits": 1}


def test_a_counter_survives_its_object(miniflare: Miniflare) -> None:
    before = miniflare.fetch("/kept").json()["visits"]
    miniflare.evict_durable_object("COUNTER", name="/kept")
    assert miniflare.fetch("/kept").json() == {"visits": before + 1}
