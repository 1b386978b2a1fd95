"""Cross-origin policies: what browsers are told (Fetch standard; the crate joins origins)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from worker.cors import Cors
from worker.headers import Headers

APP, OTHER = "https://app.example", "https://other.example:8443"


def applied(cors: Cors, origin: str | None = None, **headers: str) -> dict[str, str]:
    marked = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    cors.apply_headers(marked, origin=origin)
    return dict(marked)


def preflight(cors: Cors, origin: str = APP, method: str = "PUT", headers: str = "") -> Any:
    asked = Headers({"origin": origin, "access-control-request-method": method})
    if headers:
        asked["access-control-request-headers"] = headers
    answer = cors.preflight("OPTIONS", asked)
    return None if answer is None else dict(answer)


def test_the_default_says_nothing() -> None:
    assert applied(Cors(), APP) == {}
    assert not Cors().allows(APP)


def test_every_origin_is_a_star_without_vary() -> None:
    cors = Cors(origins="*", exposed_headers=["X-A", "X-B"])
    expected = {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "X-A, X-B",
    }
    assert applied(cors) == applied(cors, APP) == expected


def test_a_listed_origin_is_given_back_alone() -> None:
    cors = Cors(origins=[APP, OTHER])
    assert applied(cors, APP) == {"vary": "Origin", "access-control-allow-origin": APP}
    assert applied(cors, OTHER)["access-control-allow-origin"] == OTHER


@pytest.mark.parametrize(
    "origin", [None, "https://evil.example", "null", "HTTPS://APP.EXAMPLE", ""]
)
def test_others_get_nothing_and_caches_are_told(origin: str | None) -> None:
    cors = Cors(origins=[APP], credentials=True, exposed_headers=["X"])
    assert applied(cors, origin) == {"vary": "Origin"}


def test_a_policy_of_its_own_headers_is_replaced() -> None:
    marked = applied(
        Cors(origins=[APP]),
        "https://evil.example",
        access_control_allow_origin="*",
        access_control_allow_credentials="true",
    )
    assert marked == {"vary": "Origin"}


def test_a_function_decides() -> None:
    cors = Cors(origins=lambda origin: origin.endswith(".example"), credentials=True)
    assert applied(cors, APP) == {
        "vary": "Origin",
        "access-control-allow-origin": APP,
        "access-control-allow-credentials": "true",
    }
    assert applied(cors, "https://x.test") == {"vary": "Origin"}


def test_pages_without_an_origin_are_listed_as_null() -> None:
    assert Cors(origins=["null"]).allows("null")
    assert not Cors(origins=[APP]).allows("null")


@pytest.mark.parametrize(
    ("vary", "expected"),
    [
        ("Accept", "Accept, Origin"),
        ("accept, ORIGIN", "accept, ORIGIN"),
        ("*", "*"),
    ],
)
def test_vary_is_extended_once(vary: str, expected: str) -> None:
    assert applied(Cors(origins=[APP]), APP, vary=vary)["vary"] == expected


def test_credentials_for_everybody_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be allowed for every origin"):
        Cors(origins="*", credentials=True)


@pytest.mark.parametrize(
    "origin", ["app.example", "https://app.example/", "https://a.b/c", "", "https://a, https://b"]
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        Cors(origins=[origin])


def test_one_origin_as_text_is_refused_with_the_fix() -> None:
    with pytest.raises(ValueError, match=r"write \['https://app.example'\]"):
        Cors(origins=APP)


def test_a_preflight_is_answered() -> None:
    cors = Cors(
        origins=[APP],
        methods=["PUT", "DELETE"],
        allowed_headers=["X-Token"],
        credentials=True,
        max_age=timedelta(hours=1),
    )
    assert preflight(cors) == {
        "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        "access-control-allow-origin": APP,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "PUT, DELETE",
        "access-control-allow-headers": "X-Token",
        "access-control-max-age": "3600",
    }


def test_stars_give_back_what_was_asked_for() -> None:
    cors = Cors(origins=[APP], methods="*", allowed_headers="*", credentials=True)
    answer = preflight(cors, method="PATCH", headers="x-a, x-b")
    assert answer["access-control-allow-methods"] == "PATCH"
    assert answer["access-control-allow-headers"] == "x-a, x-b"
    assert "access-control-allow-headers" not in preflight(cors)
    assert "access-control-max-age" not in answer


def test_a_preflight_of_another_origin_gets_no_permission() -> None:
    answer = preflight(Cors(origins=[APP], methods="*", max_age=5), origin="https://evil.example")
    assert list(answer) == ["vary"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"origin": APP, "access-control-request-method": "PUT"}),
        ("OPTIONS", {"origin": APP}),
        ("OPTIONS", {"access-control-request-method": "PUT"}),
        ("OPTIONS", {}),
    ],
)
def test_other_requests_are_no_preflights(method: str, headers: dict[str, str]) -> None:
    assert Cors(origins="*").preflight(method, Headers(headers)) is None
