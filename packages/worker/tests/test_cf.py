"""What Cloudflare says about a request: typed, None when absent (where workers-rs panics)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker.cf import BotManagement, Cf, RequestPriority, TlsClientAuth

KNOWN = [field.metadata.get("key") for field in dataclasses.fields(Cf) if field.init]


def test_every_field_is_none_when_nothing_is_known() -> None:
    cf = Cf._from_dict({})
    values = {f.name: getattr(cf, f.name) for f in dataclasses.fields(cf)}
    assert values.pop("is_eu_country") is False
    assert values.pop("raw") == {}
    assert set(values.values()) == {None}
    assert (cf.coordinates, cf.timezone) == (None, None)


def test_fields_have_their_types() -> None:
    cf = Cf._from_dict(
        {
            "asn": 395747,
            "colo": "DFW",
            "isEUCountry": "1",
            "latitude": "30.27130",
            "longitude": "-97.74260",
            "timezone": "America/Chicago",
            "clientTcpRtt": 12,
            "requestPriority": "weight=192;exclusive=1;group=3;group-weight=127",
            "botManagement": {
                "score": 99,
                "verifiedBot": False,
                "ja3Hash": "abc",
                "jsDetection": {"passed": True},
                "detectionIds": [1, 2],
            },
            "tlsClientAuth": {"certPresented": "1", "certIssuerDN": "CN=x", "certRevoked": "0"},
            "newer": {"than": "we"},
        }
    )
    assert cf.coordinates == (30.2713, -97.7426)
    assert cf.is_eu_country is True
    assert (cf.asn, cf.colo, cf.timezone_name) == (395747, "DFW", "America/Chicago")
    assert cf.request_priority == RequestPriority(192, True, 3, 127)
    bot = cf.bot_management
    assert isinstance(bot, BotManagement)
    assert (bot.score, bot.verified_bot, bot.detection_ids) == (99, False, [1, 2])
    assert bot.js_detection is not None
    assert bot.js_detection.passed
    auth = cf.tls_client_auth
    assert isinstance(auth, TlsClientAuth)
    assert (auth.cert_presented, auth.cert_issuer_dn, auth.cert_revoked) == (True, "CN=x", False)
    assert cf.raw["newer"] == {"than": "we"}


@pytest.mark.parametrize("name", ["Nowhere/Nothing", "", "../etc", "a\0b"])
def test_an_unknown_time_zone_is_none(name: str) -> None:
    assert Cf._from_dict({"timezone": name}).timezone is None


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([f for f in KNOWN if f] + ["asn", "botManagement"]), VALUES))
def test_no_value_of_any_field_raises(data: dict[str, Any]) -> None:
    assert Cf._from_dict(data).raw == data or data != data
