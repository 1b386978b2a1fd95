"""Digests of streams, and ciphers that the standard library lacks."""

from __future__ import annotations

import hashlib
import secrets

from worker import Request, Response, RouteContext, Router
from worker.crypto import DigestStream, subtle, timing_safe_equal


async def digest(req: Request, ctx: RouteContext) -> Response:
    """The digest of the body, which never enters Python."""
    found = await DigestStream.of(req.stream(), ctx.param("algorithm"))
    return Response.ok(found.hex())


async def cipher(req: Request, _ctx: RouteContext) -> Response:
    """The body encrypted and decrypted again, with keys made, exported and imported."""
    data = await req.bytes()
    made = await subtle.generate_key(
        {"name": "AES-GCM", "length": 256}, ["encrypt", "decrypt"], extractable=True
    )
    raw = await subtle.export_key("raw", made)
    assert isinstance(raw, bytes)
    key = await subtle.import_key("raw", raw, "AES-GCM", ["encrypt", "decrypt"])
    how = {"name": "AES-GCM", "iv": secrets.token_bytes(12)}
    hidden = await subtle.encrypt(how, made, data)
    assert not timing_safe_equal(hidden, data)
    return Response.from_bytes(await subtle.decrypt(how, key, hidden))


async def signature(req: Request, _ctx: RouteContext) -> Response:
    """The body signed and verified with a pair of keys."""
    data = await req.bytes()
    how = {"name": "ECDSA", "namedCurve": "P-256", "hash": "SHA-256"}
    private, public = await subtle.generate_key_pair(how, ["sign", "verify"])
    signed = await subtle.sign(how, private, data)
    right = await subtle.verify(how, public, signed, data)
    wrong = await subtle.verify(how, public, signed, data + b"!")
    return Response.from_json([len(signed), right, wrong, private.type, public.type])


async def agreement(req: Request, _ctx: RouteContext) -> Response:
    """Two pairs agree on a secret; a key derived from it wraps another, as JWK and back."""
    how = {"name": "ECDH", "namedCurve": "P-256"}
    mine, public = await subtle.generate_key_pair(how, ["deriveBits", "deriveKey"])
    theirs, their_public = await subtle.generate_key_pair(how, ["deriveBits", "deriveKey"])
    here = await subtle.derive_bits({**how, "public": their_public}, mine, 256)
    there = await subtle.derive_bits({**how, "public": public}, theirs, 256)
    aes = {"name": "AES-KW", "length": 256}
    wrapping = await subtle.derive_key(
        {**how, "public": public}, theirs, aes, ["wrapKey", "unwrapKey"]
    )
    hmac_key = {"name": "HMAC", "hash": "SHA-256"}
    made = await subtle.import_key("raw", await req.bytes(), hmac_key, ["sign"], extractable=True)
    wrapped = await subtle.wrap_key("raw", made, wrapping, "AES-KW")
    back = await subtle.unwrap_key(
        "raw", wrapped, wrapping, "AES-KW", unwrapped=hmac_key, usages=["sign"], extractable=True
    )
    jwk = await subtle.export_key("jwk", back)
    assert isinstance(jwk, dict)
    digest = await subtle.digest("SHA-256", here)
    return Response.from_json(
        {
            "agreed": timing_safe_equal(here, there),
            "digest": digest == hashlib.sha256(here).digest(),
            "key": jwk["k"],
            "usages": back.usages,
            "algorithm": back.algorithm["name"],
        }
    )


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.post("/crypto/agreement", agreement)
    router.post("/crypto/digest/:algorithm", digest)
    router.post("/crypto/cipher", cipher)
    router.post("/crypto/signature", signature)
