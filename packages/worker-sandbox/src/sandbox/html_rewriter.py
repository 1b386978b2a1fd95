"""HTML changed while it streams past."""

from __future__ import annotations

import asyncio

from worker import HTMLRewriter, JsError, Request, Response, RouteContext, Router
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


class Item:
    """Every kind of content of one selector, and everything that can be done with it."""

    def element(self, element: Element) -> None:
        """Attributes are a mapping."""
        told = [f"{name}={value}" for name, value in element.items()]
        kind = element.get("data-kind", "none")
        element.clear()
        element["told"] = " ".join(told)
        match kind:
            case "inner":
                element.set_inner_content("<em>inner</em>", html=True)
            case "keep":
                element.remove_and_keep_content()
            case "replace":
                element.replace("<hr>", html=True)
            case "stream":
                element.append(Response.ok("streamed & escaped"))
            case _:
                element.after(f"<!--{element.namespace_uri}-->", html=True)

    async def comments(self, comment: Comment) -> None:
        """Comments inside the element."""
        await asyncio.sleep(0)
        comment.text = comment.text.strip().upper()
        comment.before("(").after(")")

    def text(self, text: Text) -> None:
        """Texts inside the element."""
        if text.text:
            text.replace(f"[{text.text}]")


class Whole:
    """Texts of the whole document, and a document type that is told."""

    def __init__(self) -> None:
        self.told: list[str | None] = []

    def doctype(self, doctype: Doctype) -> None:
        """Name and identifiers."""
        self.told = [doctype.name, doctype.public_id, doctype.system_id]

    async def end(self, end: DocumentEnd) -> None:
        """What was told goes to the end."""
        await asyncio.sleep(0)
        end.append(f"{self.told}")


async def changed(req: Request, _ctx: RouteContext) -> Response:
    """The page of the body, whose list items are changed."""
    mine = HTMLRewriter().on("li", Item()).on_document(Whole())

    @mine.on("ol")
    def renamed(element: Element) -> None:
        element.on_end_tag(lambda end: end.before("last").after("<!--after-->", html=True))

    @mine.on_document()
    def at_end(end: DocumentEnd) -> None:
        end.append("!")

    return mine.transform(Response.from_html(await req.text()))


async def failing(_req: Request, _ctx: RouteContext) -> Response:
    """A handler that raises breaks the body off; at earlier dates as an error of JavaScript."""
    mine = HTMLRewriter()

    @mine.on("b")
    def fails(element: Element) -> None:
        raise ValueError(f"no use for {element.tag_name}")

    try:
        return Response.ok(await mine.transform(Response.from_html(PAGE)).text())
    except (ValueError, JsError) as error:
        return Response.error(str(error), 422)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.post("/html-rewriter", changed)
    router.get("/html-rewriter/failing", failing)
    router.get("/html-rewriter", rewritten)
