from worker_build.miniflare import Miniflare


def test_an_entry_is_kept(miniflare: Miniflare) -> None:
    assert miniflare.fetch("/").json() == []
    entry = {"name": "Ada", "text": "Lovely."}
    assert miniflare.fetch("/", method="POST", json=entry).status_code == 201
    assert miniflare.fetch("/").json() == [entry]
    rows = miniflare.d1("DB").query("SELECT name FROM entries")
    assert rows == [{"name": "Ada"}]
