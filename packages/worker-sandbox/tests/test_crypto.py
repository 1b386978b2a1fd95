"""Web Crypto where Python has nothing of its own (workers-rs `crypto`)."""

import base64
import hashlib

import pytest


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"])
def test_the_digest_of_a_body_is_that_of_hashlib(miniflare, algorithm):
    body = b"chunk" * 10_000
    expected = hashlib.new(algorithm.replace("-", ""), body, usedforsecurity=False).hexdigest()
    assert miniflare.fetch(f"/crypto/digest/{algorithm}", method="POST", body=body).text == expected


def test_what_is_encrypted_can_be_decrypted(miniflare):
    body = b"\x00secret\xff"
    assert miniflare.fetch("/crypto/cipher", method="POST", body=body).content == body


def test_signatures_verify_their_own_data_only(miniflare):
    answer = miniflare.fetch("/crypto/signature", method="POST", body=b"signed")
    assert answer.json() == [64, True, False, "private", "public"]


def test_keys_are_agreed_on_wrapped_and_exported(miniflare):
    key = bytes(range(32))
    answer = miniflare.fetch("/crypto/agreement", method="POST", body=key)
    assert answer.json() == {
        "agreed": True,
        "digest": True,
        "key": base64.urlsafe_b64encode(key).rstrip(b"=").decode(),
        "usages": ["sign"],
        "algorithm": "HMAC",
    }
