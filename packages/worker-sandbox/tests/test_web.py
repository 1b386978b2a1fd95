"""What many handlers share: CORS, cookies, middleware, typed bodies, waiting in plain functions."""

import pytest

pytestmark = pytest.mark.miniflare

PAGE = "https://app.example"


def test_an_answer_for_every_page(miniflare):
    answer = miniflare.fetch("/cors/anyone", headers={"origin": "https://x.example"})
    assert (answer.text, answer.headers["access-control-allow-origin"]) == ("for everyone", "*")


def test_a_preflight_is_answered_for_the_pages_that_may(miniflare):
    asked = {"origin": PAGE, "access-control-request-method": "PUT"}
    answer = miniflare.fetch("/cors/shop/basket", method="OPTIONS", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-methods"] == "PUT"
    assert answer.headers["access-control-max-age"] == "3600"
    asked["origin"] = "https://evil.example"
    refused = miniflare.fetch("/cors/shop/basket", method="OPTIONS", headers=asked)
    assert "access-control-allow-origin" not in refused.headers


def test_an_answer_says_which_page_may_read_it(miniflare):
    answer = miniflare.fetch("/cors/shop/basket", headers={"origin": PAGE})
    assert answer.json() == []
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-expose-headers"] == "x-total"
    assert "Origin" in answer.headers["vary"]


def test_cookies_are_set_sent_back_and_removed(miniflare):
    answer = miniflare.fetch("/cookies", method="POST", body="Ada")
    visitor, theme = answer.headers.get_list("set-cookie")
    assert visitor.endswith("; Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Lax")
    pair = visitor.partition(";")[0]
    sent = {"cookie": f"{pair}; {theme.partition(';')[0]}"}
    found = miniflare.fetch("/cookies", headers=sent).json()
    assert (found["visitor"], found["cookies"]["theme"]) == ("Ada", "dark")
    gone = miniflare.fetch("/cookies", method="DELETE").headers["set-cookie"]
    assert gone.startswith("visitor=;")


def test_a_cookie_that_somebody_made_up_is_nobody(miniflare):
    found = miniflare.fetch("/cookies", headers={"cookie": "visitor=Ada.forged"}).json()
    assert found["visitor"] is None


def test_middleware_stands_before_and_after_a_handler(miniflare):
    key = {"authorization": "Bearer secret!"}
    answer = miniflare.fetch("/middleware/report", headers=key)
    assert answer.json() == {"visits": 7}
    assert answer.headers["server-timing"].startswith("handler;dur=")


def test_middleware_answers_in_place_of_a_handler(miniflare):
    answer = miniflare.fetch("/middleware/report")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "server-timing" in answer.headers


def test_a_body_a_query_and_a_parameter_are_what_their_types_say(miniflare):
    path = "/typed/4?day=2026-11-28&outside=true"
    answer = miniflare.fetch(path, method="POST", json={"name": "Ada"})
    assert answer.status_code == 201
    assert answer.json() == {
        "table": 4,
        "guest": {"name": "Ada", "seats": 1},
        "on": {"day": "2026-11-28", "outside": True},
    }


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/typed/4?day=2026-11-28", {"name": "", "seats": 9}, "seats"),
        ("/typed/4?day=never", {"name": "Ada"}, "day"),
        ("/typed/four?day=2026-11-28", {"name": "Ada"}, "number"),
    ],
)
def test_what_does_not_fit_is_answered_with_every_problem(miniflare, path, body, place):
    answer = miniflare.fetch(path, method="POST", json=body)
    assert answer.status_code == 422
    assert place in answer.text


def test_plain_functions_wait_and_others_go_on(miniflare):
    assert miniflare.fetch("/run-sync/blocking/x").json() == [1, 1]
    assert miniflare.fetch("/run-sync/blocking/x").json() == [2, 2]


def test_a_plain_handler_waits(miniflare):
    assert [miniflare.fetch("/run-sync/handler/y").text for _ in range(2)] == ["1", "2"]
