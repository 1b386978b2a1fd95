"""Browser rendering: pages as pictures, PDF, Markdown, or data.

Source: https://developers.cloudflare.com/browser-rendering/
"""

from __future__ import annotations

from typing import Any, Literal, final

from worker_sys import calls, convert

from worker.response import Response
from worker.service import Fetcher

__all__ = ["Browser"]

type Action = Literal[
    "screenshot", "pdf", "content", "scrape", "links", "snapshot", "json", "markdown"
]


@final
class Browser(Fetcher):
    """A browser at Cloudflare: `env.browser("BROWSER")`.

    `fetch` reaches its own protocol, which libraries for Puppeteer and Playwright speak.

    Source: https://developers.cloudflare.com/browser-rendering/
    """

    __slots__ = ()

    async def quick_action(
        self,
        action: Action,
        *,
        url: str | None = None,
        html: str | None = None,
        **options: Any,
    ) -> Response:
        """Open a page, do one thing with it, and close it.

        Args:
            action: what to do; `json` has a model read the page.
            url: the page.
            html: or its source.
            **options: of the action, under the platform's own names: `viewport`, `gotoOptions`,
                `screenshotOptions`, `waitForSelector`, `elements` …

        Returns:
            The picture or PDF, or JSON with `success` and `result`. A status of 400 or more says
            what was wrong.

        Raises:
            ValueError: there is neither a page nor its source, or both.

        Source: https://developers.cloudflare.com/browser-rendering/rest-api/
        """
        if (url is None) == (html is None):
            raise ValueError("a quick action needs a url or html")
        sent = convert.options(url=url, html=html, **options)
        return Response._from_js(await calls.acall(self.js, "quickAction", action, sent))
