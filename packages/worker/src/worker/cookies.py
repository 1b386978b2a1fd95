"""Cookies: those a request carries, those a response sets, and signed values.

The crate has no cookie API. This one follows RFC 6265bis, and refuses what browsers drop without a
word. Values may be any text: what a cookie cannot carry is percent-encoded on the way out and
decoded on the way in.

    session = Cookies(req.headers.get("cookie")).get("session")
    headers.append("set-cookie", str(Cookie("session", token, http_only=True, secure=True)))

Source: RFC 6265bis; https://developers.cloudflare.com/workers/examples/extract-cookie-value/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final, Literal, Self
from urllib.parse import quote, unquote

from worker._cookie_dates import parse_cookie_date
from worker._hints import require
from worker.errors import CookieError

__all__ = ["Cookie", "CookieSigner", "Cookies"]

type SameSite = Literal["Strict", "Lax", "None"]
type Priority = Literal["Low", "Medium", "High"]

_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_ATTRIBUTE: Final = re.compile(r"[\x20-\x3a\x3c-\x7e]*")
# cookie-octet of RFC 6265 without "%", which introduces an escape.
_PLAIN: Final = "!#$&'()*+-./:<=>?@[]^_`{|}~"
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_SHORTEST_KEY: Final = 16


class Cookies(Mapping[str, str]):
    """The cookies of a request, by name.

    Parsing never fails: what is not `name=value` is passed over. Of two cookies with one name the
    first wins, which browsers send from the more specific path; `get_all` gives every one.

    Args:
        header: the `Cookie` header, None when the request has none.
        decode: whether percent escapes in values are decoded.
    """

    __slots__ = ("_values",)

    def __init__(self, header: str | None, *, decode: bool = True) -> None:
        self._values: dict[str, list[str]] = {}
        for pair in (header or "").split(";"):
            name, equals, value = pair.partition("=")
            name = name.strip(" \t")
            if equals and _NAME.fullmatch(name):
                text = _unquoted(value)
                self._values.setdefault(name, []).append(unquote(text) if decode else text)

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Cookies({', '.join(self._values)})"

    def get_all(self, name: str) -> list[str]:
        """Every value sent under that name, in the order of the header."""
        return list(self._values.get(name, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie to set, with every attribute; `str(cookie)` is the `Set-Cookie` value.

    Attributes:
        name: an HTTP token. `__Host-` and `__Secure-` names must keep what they promise.
        value: any text; percent-encoded where a cookie needs it.
        max_age: seconds (or a timedelta) to live; zero or less removes the cookie. Browsers cap
            it at 400 days.
        expires: when it ends, aware; sent in UTC with whole seconds. `max_age` wins over it.
        domain: the host whose subdomains get it too; None for this host only.
        path: the path prefix it is sent for, `/` unless told.
        secure: only over HTTPS.
        http_only: hidden from scripts.
        same_site: `Strict`, `Lax`, `None` (which needs `secure`); unset leaves it to the browser.
        partitioned: kept apart for each top-level site (CHIPS); needs `secure`.
        priority: which of a site's cookies Chromium evicts first.

    Raises:
        CookieError: the name is no token, the value has lone surrogates, an attribute holds `;` or
            a control character, or browsers would drop the combination.
    """

    name: str = field(kw_only=False)
    value: str = field(kw_only=False)
    max_age: int | timedelta | None = None
    expires: datetime | None = None
    domain: str | None = None
    path: str | None = "/"
    secure: bool = False
    http_only: bool = False
    same_site: SameSite | None = None
    partitioned: bool = False
    priority: Priority | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CookieError(f"invalid cookie name: {self.name!r}")
        expected = f"the value of cookie {self.name!r} is text"
        require(str, self.value, expected, hint="Write str(value).")
        for label, text in (("domain", self.domain), ("path", self.path)):
            if text is not None and not _ATTRIBUTE.fullmatch(text):
                raise CookieError(f"invalid {label} of cookie {self.name!r}: {text!r}")
        if self.expires is not None and self.expires.tzinfo is None:
            raise CookieError(f"expires of cookie {self.name!r} has no time zone")
        if any("\ud800" <= char <= "\udfff" for char in self.value):
            raise CookieError(f"the value of cookie {self.name!r} is not text")
        broken = _broken_promise(self)
        if broken is not None:
            raise CookieError(f"cookie {self.name!r} {broken}")

    def __str__(self) -> str:
        parts = [f"{self.name}={quote(self.value, safe=_PLAIN)}", *_attributes(self)]
        return "; ".join(parts)

    @classmethod
    def removal(cls, name: str, *, path: str | None = "/", domain: str | None = None) -> Self:
        """The cookie that makes a browser forget `name`; path and domain as it was set with."""
        prefixed = name.lower().startswith(("__host-", "__secure-"))
        return cls(name, "", max_age=0, expires=_EPOCH, path=path, domain=domain, secure=prefixed)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a `Set-Cookie` value as browsers do: what they do not understand is dropped.

        Raises:
            CookieError: there is no `name=value`, or browsers would drop the cookie.
        """
        pair, *rest = text.split(";")
        name, equals, value = pair.partition("=")
        if not equals:
            raise CookieError("a Set-Cookie value begins with name=value")
        attributes = {
            key.strip().lower(): content.strip()
            for key, _, content in (part.partition("=") for part in rest)
        }
        max_age = attributes.get("max-age", "")
        path = attributes.get("path", "")
        return cls(
            name.strip(" \t"),
            unquote(_unquoted(value)),
            max_age=int(max_age) if re.fullmatch(r"-?[0-9]{1,18}", max_age) else None,
            expires=parse_cookie_date(attributes.get("expires", "")),
            domain=attributes.get("domain", "").removeprefix(".").lower() or None,
            path=path if path.startswith("/") else None,
            secure="secure" in attributes,
            http_only="httponly" in attributes,
            same_site=_SAME_SITE.get(attributes.get("samesite", "").lower()),
            partitioned="partitioned" in attributes,
            priority=_PRIORITY.get(attributes.get("priority", "").lower()),
        )


_SAME_SITE: Final[dict[str, SameSite]] = {"strict": "Strict", "lax": "Lax", "none": "None"}
_PRIORITY: Final[dict[str, Priority]] = {"low": "Low", "medium": "Medium", "high": "High"}


class CookieSigner:
    """Signs cookie values so that a client can read but not change them (HMAC-SHA-256).

    The signature covers the cookie's name too: a value cannot be moved to another cookie. Nothing
    in it ages: put an expiry in the value when a stolen cookie must die.

    Args:
        keys: secrets of at least 16 bytes. The first signs; all verify, so that a key is rotated
            by putting the new one in front and removing the old one later.

    Raises:
        ValueError: no key is given, or one is too short.

    Example:
        >>> signer = CookieSigner("a new secret of 32 characters..", "the old one, still honoured")
        >>> signer.verify("user", signer.sign("user", "42"))
        '42'
    """

    __slots__ = ("_keys",)

    def __init__(self, *keys: str | bytes) -> None:
        self._keys = tuple(key.encode() if isinstance(key, str) else key for key in keys)
        if not self._keys:
            raise ValueError("a CookieSigner needs at least one key")
        if any(len(key) < _SHORTEST_KEY for key in self._keys):
            raise ValueError(f"a key needs at least {_SHORTEST_KEY} bytes")

    def __repr__(self) -> str:
        return f"CookieSigner(<{len(self._keys)} keys>)"

    def sign(self, name: str, value: str) -> str:
        """The value with its signature behind it: `value.signature`."""
        return f"{value}.{_signature(self._keys[0], name, value)}"

    def verify(self, name: str, signed: str | None) -> str | None:
        """The value, or None when it is absent or none of the keys signed it for that name.

        Takes the same time whether or not the signature is right.
        """
        value, dot, given = (signed or "").rpartition(".")
        text = given.encode("utf-8", "surrogatepass")
        # Every key is tried: which of them signed does not show in the time.
        matches = [
            hmac.compare_digest(_signature(key, name, value).encode(), text) for key in self._keys
        ]
        return value if dot and any(matches) else None


def _signature(key: bytes, name: str, value: str) -> str:
    # With the length in front no other name and value give the same text.
    text = f"{len(name)}:{name}={value}".encode("utf-8", "surrogatepass")
    digest = hmac.new(key, text, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _unquoted(value: str) -> str:
    value = value.strip(" \t")
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value


def _attributes(cookie: Cookie) -> Iterator[str]:
    if cookie.max_age is not None:
        age = cookie.max_age
        yield f"Max-Age={int(age.total_seconds()) if isinstance(age, timedelta) else age}"
    if cookie.expires is not None:
        yield f"Expires={format_datetime(cookie.expires.astimezone(UTC), usegmt=True)}"
    if cookie.domain:
        yield f"Domain={cookie.domain}"
    if cookie.path:
        yield f"Path={cookie.path}"
    if cookie.secure:
        yield "Secure"
    if cookie.http_only:
        yield "HttpOnly"
    if cookie.same_site is not None:
        yield f"SameSite={cookie.same_site}"
    if cookie.partitioned:
        yield "Partitioned"
    if cookie.priority is not None:
        yield f"Priority={cookie.priority}"


def _broken_promise(cookie: Cookie) -> str | None:
    """Why every browser would drop the cookie; None when it would not."""
    name = cookie.name.lower()
    if not cookie.secure:
        if name.startswith(("__host-", "__secure-")):
            return "needs secure=True for its prefix"
        if cookie.same_site == "None":
            return "needs secure=True for same_site='None'"
        if cookie.partitioned:
            return "needs secure=True for partitioned=True"
    if name.startswith("__host-") and (cookie.domain or cookie.path != "/"):
        return "needs path='/' and no domain for its prefix"
    return None
