"""What Cloudflare knows about an incoming request.

Every documented field is typed, and None when the platform did not send it; `raw` has everything as
it came, so that a field newer than this release can be read.

Source: workers-rs `Cf`;
https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Self, cast, final

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = [
    "BotManagement",
    "Cf",
    "EdgeL4",
    "ExportedAuthenticator",
    "JsDetection",
    "RequestPriority",
    "TlsClientAuth",
]


class _Record:
    """A dataclass that is filled from the platform's object, field by field, never failing."""

    __slots__ = ()

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Self:
        given: dict[str, Any] = {}
        for spec in fields(cls):  # type: ignore[arg-type]
            if not spec.init:
                continue
            value = data.get(spec.metadata.get("key") or _camel(spec.name))
            if value is not None:
                given[spec.name] = _READERS[str(spec.type)](value)
        return cls(**given)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _key(name: str) -> Any:
    return field(default=None, metadata={"key": name})


@final
@dataclass(frozen=True, slots=True)
class RequestPriority:
    """How an HTTP/2 client ranks the request.

    Attributes:
        weight: 1 to 256.
        exclusive: whether it depends on its parent alone.
        group: the stream it depends on; 0 for none.
        group_weight: the weight of that group.
    """

    weight: int = 16
    exclusive: bool = False
    group: int = 0
    group_weight: int = 0

    @classmethod
    def parse(cls, text: str) -> RequestPriority | None:
        """Read `weight=192;exclusive=0;group=3;group-weight=127`; None when it is empty."""
        pairs = (part.partition("=") for part in text.split(";"))
        found = {name.strip(): int(value) for name, _, value in pairs if value.strip().isdecimal()}
        if not found:
            return None
        return cls(
            weight=found.get("weight", 16),
            exclusive=bool(found.get("exclusive", 0)),
            group=found.get("group", 0),
            group_weight=found.get("group-weight", 0),
        )


@final
@dataclass(frozen=True, slots=True)
class JsDetection(_Record):
    """The verdict of the JavaScript challenge."""

    passed: bool | None = None


@final
@dataclass(frozen=True, slots=True)
class BotManagement(_Record):
    """Bot Management's view of the client.

    Attributes:
        score: 1 (certainly a bot) to 99 (certainly a person).
        verified_bot: a bot known to be good.
        corporate_proxy: from a corporate proxy.
        static_resource: for a file that bots are not scored on.
        ja3_hash: fingerprint of the TLS handshake.
        ja4: its successor.
        ja4_signals: statistics on that fingerprint, by name.
        js_detection: the JavaScript challenge.
        detection_ids: what the score is based on.
    """

    score: int | None = None
    verified_bot: bool | None = None
    corporate_proxy: bool | None = None
    static_resource: bool | None = None
    ja3_hash: str | None = None
    ja4: str | None = None
    ja4_signals: Mapping[str, Any] | None = None
    js_detection: JsDetection | None = None
    detection_ids: list[int] | None = None


@final
@dataclass(frozen=True, slots=True)
class TlsClientAuth(_Record):
    """The client's certificate (mTLS).

    Attributes:
        cert_presented: whether there is one. The other fields are None without it.
        cert_verified: `SUCCESS`, `NONE`, or `FAILED:` and why.
        cert_revoked: whether it was revoked.
        cert_not_before: as the certificate prints it, `Dec 22 19:39:00 2018 GMT`.
        cert_not_after: likewise.
        cert_rfc9440: the certificate as RFC 9440 sends it.
        cert_rfc9440_too_large: it is left out because it is too large.
    """

    cert_presented: bool | None = None
    cert_verified: str | None = None
    cert_revoked: bool | None = None
    cert_issuer_dn: str | None = _key("certIssuerDN")
    cert_issuer_dn_legacy: str | None = _key("certIssuerDNLegacy")
    cert_issuer_dn_rfc2253: str | None = _key("certIssuerDNRFC2253")
    cert_subject_dn: str | None = _key("certSubjectDN")
    cert_subject_dn_legacy: str | None = _key("certSubjectDNLegacy")
    cert_subject_dn_rfc2253: str | None = _key("certSubjectDNRFC2253")
    cert_serial: str | None = None
    cert_issuer_serial: str | None = None
    cert_ski: str | None = _key("certSKI")
    cert_issuer_ski: str | None = _key("certIssuerSKI")
    cert_fingerprint_sha1: str | None = _key("certFingerprintSHA1")
    cert_fingerprint_sha256: str | None = _key("certFingerprintSHA256")
    cert_not_before: str | None = None
    cert_not_after: str | None = None
    cert_rfc9440: str | None = _key("certRFC9440")
    cert_rfc9440_too_large: bool | None = _key("certRFC9440TooLarge")


@final
@dataclass(frozen=True, slots=True)
class ExportedAuthenticator(_Record):
    """Keys exported from the TLS session, as hexadecimal text."""

    client_handshake: str | None = None
    server_handshake: str | None = None
    client_finished: str | None = None
    server_finished: str | None = None


@final
@dataclass(frozen=True, slots=True)
class EdgeL4(_Record):
    """Transport statistics.

    Attributes:
        delivery_rate: bytes per second that the client was last seen to take.
    """

    delivery_rate: float | None = None


@final
@dataclass(frozen=True, slots=True)
class Cf(_Record):
    """What Cloudflare knows about an incoming request.

    Attributes:
        asn: number of the client's network, 395747.
        as_organization: who owns it.
        colo: the three-letter code of the data centre.
        country: two letters, `T1` for Tor.
        is_eu_country: whether the country is in the European Union; False when not said.
        continent: two letters.
        region: `Texas`.
        region_code: `TX`.
        city: `Austin`.
        postal_code: `78701`.
        metro_code: `635`.
        latitude: degrees north.
        longitude: degrees east.
        timezone_name: `America/Chicago`; `timezone` is the same as a `ZoneInfo`.
        client_tcp_rtt: milliseconds there and back; None over QUIC.
        client_quic_rtt: the same over QUIC.
        client_accept_encoding: what the client accepts, when the header was changed on the way.
        client_trust_score: the older bot score.
        host_metadata: a custom hostname's metadata (Cloudflare for SaaS).
        raw: everything, as it came.

    Source: workers-rs `Cf`.
    """

    asn: int | None = None
    as_organization: str | None = None
    bot_management: BotManagement | None = None
    client_accept_encoding: str | None = None
    client_quic_rtt: float | None = None
    client_tcp_rtt: float | None = None
    client_trust_score: int | None = None
    colo: str | None = None
    country: str | None = None
    is_eu_country: bool = field(default=False, metadata={"key": "isEUCountry"})
    continent: str | None = None
    region: str | None = None
    region_code: str | None = None
    city: str | None = None
    postal_code: str | None = None
    metro_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    timezone_name: str | None = _key("timezone")
    edge_l4: EdgeL4 | None = field(default=None, metadata={"key": "edgeL4"})
    edge_request_keep_alive_status: int | None = None
    host_metadata: Any = None
    http_protocol: str | None = None
    request_priority: RequestPriority | None = None
    tls_cipher: str | None = None
    tls_client_auth: TlsClientAuth | None = None
    tls_client_ciphers_sha1: str | None = None
    tls_client_extensions_sha1: str | None = None
    tls_client_extensions_sha1_le: str | None = None
    tls_client_hello_length: int | None = None
    tls_client_random: str | None = None
    tls_exported_authenticator: ExportedAuthenticator | None = None
    tls_version: str | None = None
    verified_bot_category: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], init=False, repr=False)

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Cf:
        cf = super(Cf, cls)._from_dict(data)
        object.__setattr__(cf, "raw", data)
        return cf

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Latitude and longitude; None unless both are known."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def timezone(self) -> ZoneInfo | None:
        """The client's time zone; None when Python does not know it (see the package `tzdata`)."""
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(self.timezone_name) if self.timezone_name else None
        except (LookupError, ValueError, OSError):
            return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 2**63 else None


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() in {"1", "true"}


def _record(kind: type[_Record]) -> Callable[[Any], Any]:
    def read(value: Any) -> _Record | None:
        found = _mapping(value)
        return None if found is None else kind._from_dict(found)

    return read


def _mapping(value: Any) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def _whole_list(value: Any) -> list[int] | None:
    if not isinstance(value, list | tuple):
        return None
    numbers = (_whole(item) for item in value)  # type: ignore[reportUnknownVariableType]
    return [number for number in numbers if number is not None]


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "Any": lambda value: value,
    "bool": _truth,
    "bool | None": _truth,
    "float | None": _number,
    "int | None": _whole,
    "list[int] | None": _whole_list,
    "str | None": _text,
    "BotManagement | None": _record(BotManagement),
    "EdgeL4 | None": _record(EdgeL4),
    "ExportedAuthenticator | None": _record(ExportedAuthenticator),
    "JsDetection | None": _record(JsDetection),
    "Mapping[str, Any] | None": _mapping,
    "RequestPriority | None": lambda value: RequestPriority.parse(str(value)),
    "TlsClientAuth | None": _record(TlsClientAuth),
}
"""How a field is read, by its annotation as it is written."""
