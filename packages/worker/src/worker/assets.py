"""Static assets of this worker, as a binding.

Source: workers-rs `Env::assets`; https://developers.cloudflare.com/workers/static-assets/binding/
"""

from __future__ import annotations

from typing import final

from worker.service import Fetcher

__all__ = ["Assets"]


@final
class Assets(Fetcher):
    """The files under the assets directory: `await env.assets("ASSETS").fetch(req)`.

    Only the path of the URL counts; the host may be any. A file that does not exist is answered as
    `not_found_handling` in the wrangler file says.

    Source: workers-rs `Env::assets`; https://developers.cloudflare.com/workers/static-assets/binding/
    """

    __slots__ = ()
