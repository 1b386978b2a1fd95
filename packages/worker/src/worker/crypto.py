"""Cryptography that Python does not bring: digests of streams, and the platform's SubtleCrypto.

For everything else use the standard library: `hashlib`, `hmac`, `secrets`, `uuid`.

Source: workers-rs `crypto`; https://developers.cloudflare.com/workers/runtime-apis/web-crypto/
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal, final

from worker_sys import calls, convert, js

from worker._handle import Handle
from worker.streams import ByteStream, WritableStream

__all__ = ["CryptoKey", "DigestStream", "DigestStreamAlgorithm", "subtle", "timing_safe_equal"]

type Data = bytes | bytearray | memoryview
type Algorithm = str | Mapping[str, Any]
"""A name, or its parameters as Web Crypto spells them: `{"name": "AES-GCM", "iv": iv}`."""

type KeyFormat = Literal["raw", "pkcs8", "spki", "jwk"]


class DigestStreamAlgorithm(StrEnum):
    """What a `DigestStream` computes."""

    MD5 = "MD5"
    SHA1 = "SHA-1"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


@final
class DigestStream(WritableStream):
    """A stream to write to that keeps nothing but the digest.

    `await stream.pipe_to(DigestStream("SHA-256"))` hashes a body without bringing it into Python.

    Source: workers-rs `DigestStream`.
    """

    __slots__ = ()

    def __init__(self, algorithm: DigestStreamAlgorithm | str) -> None:
        name = DigestStreamAlgorithm(algorithm).value
        self.js = calls.call(js.crypto.DigestStream, "new", name)
        self._writer = None

    async def digest(self) -> bytes:
        """The digest, once the stream has been closed."""
        return convert.to_py(await calls.acall(js.runtime, "property", self.js, "digest"))

    @classmethod
    async def of(cls, stream: ByteStream, algorithm: DigestStreamAlgorithm | str) -> bytes:
        """The digest of everything in `stream`."""
        digest = cls(algorithm)
        await stream.pipe_to(digest)
        return await digest.digest()


def timing_safe_equal(left: Data, right: Data) -> bool:
    """Whether both hold the same bytes, in a time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)


@final
class CryptoKey(Handle):
    """A key that the platform holds."""

    __slots__ = ()

    @property
    def type(self) -> str:
        """`secret`, `private` or `public`."""
        return str(self.js.type)

    @property
    def extractable(self) -> bool:
        """Whether `export_key` gives it out."""
        return bool(self.js.extractable)

    @property
    def algorithm(self) -> dict[str, Any]:
        """What it is for, with its parameters."""
        return convert.to_py(self.js.algorithm)

    @property
    def usages(self) -> list[str]:
        """What it may be used for."""
        return convert.to_py(self.js.usages)


class subtle:  # noqa: N801  the platform's name, used as a namespace
    """SubtleCrypto: ciphers, signatures and key derivation, which the standard library lacks.

    Parameters are those of Web Crypto, as dicts; data are bytes.

    Example:
        key = await subtle.generate_key({"name": "AES-GCM", "length": 256}, ["encrypt", "decrypt"])
        secret = await subtle.encrypt({"name": "AES-GCM", "iv": iv}, key, b"text")

    Source: https://developers.cloudflare.com/workers/runtime-apis/web-crypto/#subtlecrypto-methods
    """

    @staticmethod
    async def _call(method: str, *arguments: Any) -> Any:
        plain = (a.js if isinstance(a, CryptoKey) else _with_keys(a) for a in arguments)
        return await calls.acall(js.crypto.subtle, method, *plain)

    @staticmethod
    async def digest(algorithm: Algorithm, data: Data) -> bytes:
        """A digest; `hashlib` does the same without waiting."""
        return convert.to_py(await subtle._call("digest", algorithm, data))

    @staticmethod
    async def encrypt(algorithm: Algorithm, key: CryptoKey, data: Data) -> bytes:
        """Encrypt `data`."""
        return convert.to_py(await subtle._call("encrypt", algorithm, key, data))

    @staticmethod
    async def decrypt(algorithm: Algorithm, key: CryptoKey, data: Data) -> bytes:
        """Decrypt `data`; raises `JsError` (`OperationError`) when it is not authentic."""
        return convert.to_py(await subtle._call("decrypt", algorithm, key, data))

    @staticmethod
    async def sign(algorithm: Algorithm, key: CryptoKey, data: Data) -> bytes:
        """The signature of `data`."""
        return convert.to_py(await subtle._call("sign", algorithm, key, data))

    @staticmethod
    async def verify(algorithm: Algorithm, key: CryptoKey, signature: Data, data: Data) -> bool:
        """Whether `signature` is one of `data` by `key`."""
        return bool(await subtle._call("verify", algorithm, key, signature, data))

    @staticmethod
    async def derive_bits(algorithm: Algorithm, key: CryptoKey, length: int) -> bytes:
        """`length` bits (a multiple of 8) derived from `key`."""
        return convert.to_py(await subtle._call("deriveBits", algorithm, key, length))

    @staticmethod
    async def derive_key(
        algorithm: Algorithm,
        key: CryptoKey,
        derived: Algorithm,
        usages: Sequence[str],
        *,
        extractable: bool = False,
    ) -> CryptoKey:
        """A key for `derived`, derived from `key`."""
        made = await subtle._call("deriveKey", algorithm, key, derived, extractable, list(usages))
        return CryptoKey._from_js(made)

    @staticmethod
    async def generate_key(
        algorithm: Algorithm, usages: Sequence[str], *, extractable: bool = False
    ) -> CryptoKey:
        """A new secret key."""
        made = await subtle._call("generateKey", algorithm, extractable, list(usages))
        return CryptoKey._from_js(made)

    @staticmethod
    async def generate_key_pair(
        algorithm: Algorithm, usages: Sequence[str], *, extractable: bool = False
    ) -> tuple[CryptoKey, CryptoKey]:
        """A new pair: the private key, then the public one."""
        made = await subtle._call("generateKey", algorithm, extractable, list(usages))
        return CryptoKey._from_js(made.privateKey), CryptoKey._from_js(made.publicKey)

    @staticmethod
    async def import_key(
        format: KeyFormat,
        data: Data | Mapping[str, Any],
        algorithm: Algorithm,
        usages: Sequence[str],
        *,
        extractable: bool = False,
    ) -> CryptoKey:
        """A key from its bytes, or from a dict for `jwk`."""
        made = await subtle._call("importKey", format, data, algorithm, extractable, list(usages))
        return CryptoKey._from_js(made)

    @staticmethod
    async def wrap_key(
        format: KeyFormat, key: CryptoKey, wrapping: CryptoKey, algorithm: Algorithm
    ) -> bytes:
        """A key, exported and encrypted with another."""
        return convert.to_py(await subtle._call("wrapKey", format, key, wrapping, algorithm))

    @staticmethod
    async def unwrap_key(
        format: KeyFormat,
        wrapped: Data,
        wrapping: CryptoKey,
        algorithm: Algorithm,
        *,
        unwrapped: Algorithm,
        usages: Sequence[str],
        extractable: bool = False,
    ) -> CryptoKey:
        """A key from what `wrap_key` gave; `unwrapped` is what the key is for."""
        given = (format, wrapped, wrapping, algorithm, unwrapped, extractable, list(usages))
        return CryptoKey._from_js(await subtle._call("unwrapKey", *given))

    @staticmethod
    async def export_key(format: KeyFormat, key: CryptoKey) -> bytes | dict[str, Any]:
        """The bytes of a key, or a dict for `jwk`."""
        return convert.to_py(await subtle._call("exportKey", format, key))


def _with_keys(argument: Any) -> Any:
    """Parameters may hold keys: `{"name": "ECDH", "public": key}`."""
    if not isinstance(argument, Mapping):
        return argument
    return {k: v.js if isinstance(v, CryptoKey) else v for k, v in argument.items()}  # type: ignore[reportUnknownVariableType]
