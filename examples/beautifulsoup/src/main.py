"""What a page says of itself, read with BeautifulSoup."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from worker import Context, Env, Request, Response, event
from worker import fetch as get
from worker.errors import Error


def text_of(tag: Tag | None) -> str | None:
    """The text of a tag, without the space around it."""
    return None if tag is None else tag.get_text(" ", strip=True)


def described(html: str, url: str) -> dict[str, Any]:
    """A page's title, headings and links."""
    soup = BeautifulSoup(html, "html.parser")
    links = [urljoin(url, str(link["href"])) for link in soup.select("a[href]")]
    return {
        "title": text_of(soup.title),
        "headings": [text_of(heading) for heading in soup.select("h1, h2")],
        "links": list(dict.fromkeys(links)),
    }


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """The page at `?url=`."""
    url = req.query().get("url")
    if url is None:
        return Response.error("which page? /?url=https://example.com", 400)
    try:
        page = await get(url, headers={"accept": "text/html"}, timeout=10)
    except Error as error:
        return Response.error(str(error), 502)
    return Response.from_json(described(await page.text(), page.url or url))
