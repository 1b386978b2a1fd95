"""Cookies: what browsers send, every attribute that can be set, signatures. The crate has none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from worker.cookies import Cookie, Cookies, CookieSigner
from worker.errors import CookieError
from worker.headers import Headers

_TOKEN = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
names = st.text(_TOKEN, min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]))
OLD, NEW = "the old key of 32 characters ...", "the new key of 32 characters ..."


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, {}),
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;b=2", {"a": "1", "b": "2"}),
        (" a = 1 ;\tb= 2\t", {"a": "1", "b": "2"}),
        ("a=1=2", {"a": "1=2"}),
        ("a=", {"a": ""}),
        ('a="x y"', {"a": "x y"}),
        ('a="', {"a": '"'}),
        ("a=caf%C3%A9", {"a": "café"}),
        ("a=100%", {"a": "100%"}),
        ("junk; =x; a b=1; ok=1;;", {"ok": "1"}),
        ("A=1; a=2", {"A": "1", "a": "2"}),
    ],
)
def test_the_header_is_read_leniently(header: str | None, expected: dict[str, str]) -> None:
    assert dict(Cookies(header)) == expected


def test_the_first_of_two_cookies_with_one_name_wins() -> None:
    cookies = Cookies("a=specific; a=general")
    assert cookies["a"] == "specific"
    assert cookies.get_all("a") == ["specific", "general"]
    assert cookies.get_all("b") == []


def test_escapes_are_left_alone_on_request() -> None:
    assert Cookies("a=%41", decode=False)["a"] == "%41"


def test_a_cookie_says_every_attribute() -> None:
    cookie = Cookie(
        "id",
        "a b",
        max_age=timedelta(hours=1),
        expires=datetime(2026, 10, 21, 9, 28, tzinfo=timezone(timedelta(hours=2))),
        domain="example.com",
        path="/app",
        secure=True,
        http_only=True,
        same_site="None",
        partitioned=True,
        priority="High",
    )
    assert str(cookie) == (
        "id=a%20b; Max-Age=3600; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Domain=example.com; "
        "Path=/app; Secure; HttpOnly; SameSite=None; Partitioned; Priority=High"
    )
    assert Cookie.parse(str(cookie)) == Cookie(
        "id",
        "a b",
        max_age=3600,
        expires=datetime(2026, 10, 21, 7, 28, tzinfo=UTC),
        domain="example.com",
        path="/app",
        secure=True,
        http_only=True,
        same_site="None",
        partitioned=True,
        priority="High",
    )


def test_nothing_is_said_that_was_not_given() -> None:
    assert str(Cookie("a", "b", path=None)) == "a=b"
    assert str(Cookie("a", "b")) == "a=b; Path=/"


def test_a_removal_ends_the_cookie_at_once() -> None:
    assert str(Cookie.removal("a", path="/x", domain="example.com")) == (
        "a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.com; Path=/x"
    )
    assert "Secure" in str(Cookie.removal("__Host-a"))


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a;b", "é", "a\n", '"a"'])
def test_names_that_are_no_tokens_are_refused(name: str) -> None:
    with pytest.raises(CookieError, match="invalid cookie name"):
        Cookie(name, "x")


@pytest.mark.parametrize("text", ["a;b", "a\nb", "a\r", "é", "\x7f"])
def test_attributes_cannot_smuggle_others(text: str) -> None:
    with pytest.raises(CookieError, match="invalid path"):
        Cookie("a", "b", path=text)
    with pytest.raises(CookieError, match="invalid domain"):
        Cookie("a", "b", domain=text)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"name": "__Host-a"}, "needs secure=True for its prefix"),
        ({"name": "__Secure-a"}, "needs secure=True for its prefix"),
        ({"name": "__host-a", "secure": True, "domain": "x.y"}, "needs path='/' and no domain"),
        ({"name": "__Host-a", "secure": True, "path": "/x"}, "needs path='/' and no domain"),
        ({"name": "a", "same_site": "None"}, "same_site='None'"),
        ({"name": "a", "partitioned": True}, "partitioned=True"),
    ],
)
def test_what_every_browser_drops_is_refused(options: dict[str, object], why: str) -> None:
    name = str(options.pop("name"))
    with pytest.raises(CookieError, match=why):
        Cookie(name, "x", **options)  # type: ignore[arg-type]


def test_an_expiry_needs_a_time_zone() -> None:
    with pytest.raises(CookieError, match="no time zone"):
        Cookie("a", "b", expires=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(CookieError, match="value"):
        Cookie("a", "\ud800")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Wed, 21 Oct 2026 07:28:00 GMT", (2026, 10, 21, 7, 28, 0)),
        ("Wednesday, 21-Oct-26 07:28:00 GMT", (2026, 10, 21, 7, 28, 0)),
        ("Wed Oct 21 07:28:00 1998", (1998, 10, 21, 7, 28, 0)),
        ("21 october 98 7:8:9", (1998, 10, 21, 7, 8, 9)),
        ("Wed, 31 Feb 2026 07:28:00 GMT", None),
        ("Wed, 21 Oct 2026 25:28:00 GMT", None),
        ("Wed, 21 Oct 1600 07:28:00 GMT", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_dates_are_read_as_browsers_read_them(text: str, moment: tuple[int, ...] | None) -> None:
    expires = Cookie.parse(f"a=b; Expires={text}").expires
    assert expires == (moment and datetime(*moment, tzinfo=UTC))  # type: ignore[misc, arg-type]


def test_attributes_that_are_not_understood_are_dropped() -> None:
    cookie = Cookie.parse(
        "a=b; MAX-AGE=x; SameSite=odd; path=rel; DOMAIN=.Example.com; new; secure"
    )
    assert cookie == Cookie("a", "b", path=None, domain="example.com", secure=True)


@pytest.mark.parametrize("text", ["", "a", "=b", "a b=c"])
def test_a_set_cookie_value_without_a_cookie_is_refused(text: str) -> None:
    with pytest.raises(CookieError):
        Cookie.parse(text)


@given(names, texts)
def test_any_text_survives_the_round_trip(name: str, value: str) -> None:
    assume(not name.lower().startswith(("__host-", "__secure-")))
    cookie = Cookie(name, value)
    headers = Headers()
    headers.append("set-cookie", str(cookie))
    assert Cookie.parse(headers.get_all("set-cookie")[0]) == cookie
    sent = str(cookie).partition(";")[0]
    assert Cookies(f"x=1; {sent}").get_all(name)[-1] == value


@given(st.text())
def test_no_header_breaks_the_parser(header: str) -> None:
    for name, value in Cookies(header).items():
        assert name.isascii()
        assert isinstance(value, str)


@given(st.text())
def test_no_set_cookie_breaks_the_parser(text: str) -> None:
    try:
        cookie = Cookie.parse(text)
    except CookieError:
        return
    assert "\n" not in str(cookie)
    assert str(cookie).isascii()


def test_a_signed_value_comes_back() -> None:
    signer = CookieSigner(NEW)
    assert signer.verify("user", signer.sign("user", "42.x")) == "42.x"
    assert signer.verify("user", None) is None
    assert signer.verify("user", "") is None
    assert signer.verify("user", "42") is None


def test_keys_rotate() -> None:
    signed = CookieSigner(OLD).sign("user", "42")
    assert CookieSigner(NEW, OLD).verify("user", signed) == "42"
    assert CookieSigner(NEW).verify("user", signed) is None
    assert CookieSigner(NEW, OLD).sign("user", "42") == CookieSigner(NEW).sign("user", "42")


def test_a_value_cannot_be_moved_to_another_cookie() -> None:
    signer = CookieSigner(NEW)
    assert signer.verify("admin", signer.sign("user", "1")) is None
    assert signer.verify("a", signer.sign("a=b", "c").replace("c.", "b=c.", 1)) is None


def test_a_signature_has_one_spelling() -> None:
    signer = CookieSigner(NEW)
    value, _, mac = signer.sign("a", "1").rpartition(".")
    for text in (mac + "=", mac + "A", mac[:-1], mac.replace("-", "+").replace("_", "/") + "\n"):
        assert signer.verify("a", f"{value}.{text}") is None


@given(st.text(), st.binary(min_size=16))
def test_any_value_can_be_signed_and_sent(value: str, key: bytes) -> None:
    assume(not any("\ud800" <= char <= "\udfff" for char in value))
    signer = CookieSigner(key)
    cookie = Cookie("s", signer.sign("s", value))
    assert signer.verify("s", Cookies(str(cookie).partition(";")[0])["s"]) == value


@given(st.text())
def test_no_text_passes_for_a_signature(text: str) -> None:
    assert CookieSigner(NEW).verify("s", text) is None


def test_keys_must_be_worth_their_name() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        CookieSigner()
    with pytest.raises(ValueError, match="at least 16 bytes"):
        CookieSigner("short")
    assert NEW not in repr(CookieSigner(NEW))
