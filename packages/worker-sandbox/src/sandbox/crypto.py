"""Digests of streams, and ciphers that the standard library lacks."""

from __future__ import annotations

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


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.post("/crypto/digest/:algorithm", digest)
    router.post("/crypto/cipher", cipher)
    router.post("/crypto/signature", signature)
