"""HTML changed while it streams past."""

from __future__ import annotations

import asyncio

from worker import HTMLRewriter, Request, Response, RouteContext, Router
from worker.html_rewriter import Comment, Doctype, DocumentEnd, Element, EndTag, Text

PAGE = (
    "<!doctype html><!-- gone --><main>"
    "<a href='http://h/' class=old>Link</a> text <b>bold</b><script>bad()</script></main>"
)

rewriter = HTMLRewriter()


@rewriter.on("a[href]")
async def secure(element: Element) -> None:
    """Handlers may wait; the page waits with them."""
    await asyncio.sleep(0.001)
    element["href"] = element["href"].replace("http:", "https:")
    del element["class"]
    element.append("<i>!</i>", html=True)
    element.before("<before & escaped>")


@rewriter.on("main")
def around(element: Element) -> None:
    """An element's end is told too."""
    element.tag_name = "section"
    element.prepend(f"{len(element)} attributes, ")

    def at_end(end: EndTag) -> None:
        end.before(f"end of {end.name}")

    element.on_end_tag(at_end)


@rewriter.on("script")
def drop(element: Element) -> None:
    """What is removed goes with its content."""
    element.remove()


class Shout:
    """An object handles several kinds of content of one selector."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def text(self, text: Text) -> None:
        """Texts may come in pieces."""
        self.parts.append(text.text)
        text.replace("".join(self.parts).upper() if text.last_in_text_node else "")


class Document:
    """Handlers of the document."""

    def doctype(self, doctype: Doctype) -> None:
        """Its type."""
        assert doctype.name == "html"

    def comments(self, comment: Comment) -> None:
        """Every comment."""
        comment.remove()

    def end(self, end: DocumentEnd) -> None:
        """The end."""
        end.append("<!-- the end -->", html=True)


rewriter.on_document(Document())


async def rewritten(_req: Request, _ctx: RouteContext) -> Response:
    """A page from Python, rewritten."""
    mine = HTMLRewriter()
    mine.on("b", Shout())
    return mine.transform(rewriter.transform(Response.from_html(PAGE)))


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/html-rewriter", rewritten)
