"""The binding: a page is opened, one thing is done with it, and it is closed."""

from __future__ import annotations

from typing import Literal, Unpack, final

from worker_sys import calls

from worker.browser.options import PageOptions, page_options
from worker.response import Response
from worker.service import Fetcher

__all__ = ["Action", "Browser"]

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
        **options: Unpack[PageOptions],
    ) -> Response:
        """Open a page, do one thing with it, and close it (compatibility date 2026-03-24 or later).

        Args:
            action: what to do; `json` has a model read the page.
            url: the page.
            html: or its source.
            **options: see `PageOptions`; each action takes those of every page and its own.

        Returns:
            The picture or PDF, or JSON with `success` and `result`. A status of 400 or more says
            what was wrong.

        Raises:
            ValueError: there is neither a page nor its source, or both; or `scrape` has no
                `elements`, `json` neither a `prompt` nor a `response_format`.

        Source: https://developers.cloudflare.com/browser-rendering/rest-api/
        """
        _check(action, url, html, options)
        page = {"url": url} if html is None else {"html": html}
        sent = {**page, **page_options(options)}
        return Response._from_js(await calls.acall(self.js, "quickAction", action, sent))


def _check(action: str, url: str | None, html: str | None, options: PageOptions) -> None:
    if (url is None) == (html is None):
        raise ValueError("a quick action needs a url or html, and not both")
    if action == "scrape" and not options.get("elements"):
        raise ValueError('to scrape takes elements=[{"selector": …}]')
    if action == "json" and not (options.get("prompt") or options.get("response_format")):
        raise ValueError("a page becomes JSON by a prompt or a response_format")
