"""Requests that present a client certificate.

Source: https://developers.cloudflare.com/workers/runtime-apis/bindings/mtls/
"""

from __future__ import annotations

from typing import final

from worker.service import Fetcher

__all__ = ["MtlsCertificate"]


@final
class MtlsCertificate(Fetcher):
    """A client certificate: `await env.mtls("CERT").fetch("https://…")` presents it to the origin.

    Source: https://developers.cloudflare.com/workers/runtime-apis/bindings/mtls/
    """

    __slots__ = ()
