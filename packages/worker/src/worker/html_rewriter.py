"""Changing HTML while it streams past, without holding the page.

    rewriter = HTMLRewriter()

    @rewriter.on("a[href]")
    def secure(element: Element) -> None:
        element["href"] = element["href"].replace("http:", "https:")

    return rewriter.transform(await fetch(req))

Source: https://developers.cloudflare.com/workers/runtime-apis/html-rewriter/ (no counterpart in
workers-rs)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, Protocol, Self, TypeVar, final

from worker_sys import aio, calls, convert, js, proxies

from worker._handle import Handle
from worker.response import Response

__all__ = [
    "Comment",
    "Doctype",
    "DocumentEnd",
    "DocumentHandler",
    "Element",
    "ElementHandler",
    "EndTag",
    "HTMLRewriter",
    "Text",
]

F = TypeVar("F", bound=Callable[..., Any])

type Handler[A] = Callable[[A], object]
"""A plain or an async function; the page waits for it. What it returns plays no part."""


class ElementHandler(Protocol):
    """What an object given to `on` may have; each method is optional, and plain or async."""

    def element(self, element: Element, /) -> Awaitable[None] | None:
        """An element's start tag."""

    def comments(self, comment: Comment, /) -> Awaitable[None] | None:
        """A comment inside it."""

    def text(self, text: Text, /) -> Awaitable[None] | None:
        """A piece of text inside it."""


class DocumentHandler(Protocol):
    """What an object given to `on_document` may have; each method is optional, plain or async."""

    def doctype(self, doctype: Doctype, /) -> Awaitable[None] | None:
        """The document type."""

    def comments(self, comment: Comment, /) -> Awaitable[None] | None:
        """Any comment."""

    def text(self, text: Text, /) -> Awaitable[None] | None:
        """Any piece of text."""

    def end(self, end: DocumentEnd, /) -> Awaitable[None] | None:
        """The end of the document."""


class _Content(Handle):
    """What can be put around, or taken out."""

    __slots__ = ()

    def _put(self, method: str, content: str | Response, html: bool | None) -> Self:
        source = content._to_js() if isinstance(content, Response) else content
        calls.call(self.js, method, source, convert.options(html=html))
        return self

    def before(self, content: str | Response, *, html: bool | None = None) -> Self:
        """Insert in front of it.

        Args:
            content: text, or a response whose body is inserted as it arrives.
            html: insert as HTML; it is escaped when not given.
        """
        return self._put("before", content, html)

    def after(self, content: str | Response, *, html: bool | None = None) -> Self:
        """Insert behind it; see `before`."""
        return self._put("after", content, html)

    def replace(self, content: str | Response, *, html: bool | None = None) -> Self:
        """Put something in its place; see `before`."""
        return self._put("replace", content, html)

    def remove(self) -> Self:
        """Take it out, with everything inside."""
        calls.call(self.js, "remove")
        return self

    @property
    def removed(self) -> bool:
        """Whether it was taken out or replaced."""
        return bool(self.js.removed)


@final
class Element(_Content, MutableMapping[str, str]):
    """An element: a mapping of its attributes, usable only while its handler runs."""

    __slots__ = ()

    @property
    def tag_name(self) -> str:
        """Its name, in lower case."""
        return str(self.js.tagName)

    @tag_name.setter
    def tag_name(self, name: str) -> None:
        self.js.tagName = name

    @property
    def namespace_uri(self) -> str:
        """Its namespace, as a URI."""
        return str(self.js.namespaceURI)

    def __getitem__(self, name: str) -> str:
        value = convert.to_py(calls.call(self.js, "getAttribute", name))
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: str) -> None:
        calls.call(self.js, "setAttribute", name, value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        calls.call(self.js, "removeAttribute", name)

    def __contains__(self, name: object) -> bool:
        return bool(calls.call(self.js, "hasAttribute", name))

    def __iter__(self) -> Iterator[str]:
        return iter([pair[0] for pair in calls.call(js.Array, "from", self.js.attributes)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__  # type: ignore[assignment]

    def prepend(self, content: str | Response, *, html: bool | None = None) -> Element:
        """Insert behind its start tag; see `before`."""
        return self._put("prepend", content, html)

    def append(self, content: str | Response, *, html: bool | None = None) -> Element:
        """Insert in front of its end tag; see `before`."""
        return self._put("append", content, html)

    def set_inner_content(self, content: str | Response, *, html: bool | None = None) -> Element:
        """Replace everything inside; see `before`."""
        return self._put("setInnerContent", content, html)

    def remove_and_keep_content(self) -> Element:
        """Take out its tags, and keep what is inside."""
        calls.call(self.js, "removeAndKeepContent")
        return self

    def on_end_tag(self, handler: Handler[EndTag]) -> None:
        """Call `handler` at its end tag."""
        calls.call(self.js, "onEndTag", _callback(EndTag, handler))


@final
class EndTag(Handle):
    """An element's end tag."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The tag's name."""
        return str(self.js.name)

    def before(self, content: str, *, html: bool | None = None) -> EndTag:
        """Insert in front of it; see `Element.before`."""
        calls.call(self.js, "before", content, convert.options(html=html))
        return self

    def after(self, content: str, *, html: bool | None = None) -> EndTag:
        """Insert behind it; see `Element.before`."""
        calls.call(self.js, "after", content, convert.options(html=html))
        return self

    def remove(self) -> EndTag:
        """Take it out."""
        calls.call(self.js, "remove")
        return self


@final
class Comment(_Content):
    """A comment."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.js.text)

    @text.setter
    def text(self, text: str) -> None:
        self.js.text = text


@final
class Text(_Content):
    """A piece of text: one text may come in several."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The piece, escapes as in the source; may be empty in the last one."""
        return str(self.js.text)

    @property
    def last_in_text_node(self) -> bool:
        """Whether the text ends with this piece."""
        return bool(self.js.lastInTextNode)


@final
class Doctype(Handle):
    """The document type."""

    __slots__ = ()

    @property
    def name(self) -> str | None:
        """`html`."""
        return convert.to_py(self.js.name)

    @property
    def public_id(self) -> str | None:
        """The public identifier between its quotes."""
        return convert.to_py(self.js.publicId)

    @property
    def system_id(self) -> str | None:
        """The system identifier between its quotes."""
        return convert.to_py(self.js.systemId)


@final
class DocumentEnd(Handle):
    """The end of the document."""

    __slots__ = ()

    def append(self, content: str, *, html: bool | None = None) -> DocumentEnd:
        """Insert at the end; see `Element.before`."""
        calls.call(self.js, "append", content, convert.options(html=html))
        return self


_PARTS: dict[str, type[Handle]] = {
    "element": Element,
    "comments": Comment,
    "text": Text,
    "doctype": Doctype,
    "end": DocumentEnd,
}


@final
class HTMLRewriter:
    """Handlers for parts of a page. It may be kept and used for many responses.

    Source: https://developers.cloudflare.com/workers/runtime-apis/html-rewriter/
    """

    __slots__ = ("_rules",)

    def __init__(self) -> None:
        self._rules: list[tuple[str | None, Any]] = []

    def on(self, selector: str, handler: Any = None) -> Any:
        """Handle what a CSS selector finds.

        Args:
            selector: `a[href]`, `div.note > p`, `*`.
            handler: an object with methods as of `ElementHandler`. Without one this is a decorator
                for a function of an element.

        Returns:
            The rewriter, or the decorator.
        """
        return self._add(selector, handler, "element")

    def on_document(self, handler: Any = None) -> Any:
        """Handle the document as a whole.

        Args:
            handler: an object with methods as of `DocumentHandler`. Without one this is a decorator
                for a function called at the end.
        """
        return self._add(None, handler, "end")

    def _add(self, selector: str | None, handler: Any, method: str) -> Any:
        if handler is not None:
            self._rules.append((selector, handler))
            return self

        def decorate(function: F) -> F:
            self._rules.append((selector, _Single(method, function)))
            return function

        return decorate

    def transform(self, response: Response) -> Response:
        """The response with a body that runs through the handlers as it is read.

        Raises:
            JsError: a selector is not valid.
        """
        rewriter = calls.call(js.HTMLRewriter, "new")
        for selector, handler in self._rules:
            calls_back = {
                method: _callback(part, function)
                for method, part in _PARTS.items()
                if (function := getattr(handler, method, None)) is not None
            }
            if selector is None:
                calls.call(rewriter, "onDocument", convert.options(**calls_back))
            else:
                calls.call(rewriter, "on", selector, convert.options(**calls_back))
        changed = calls.call(rewriter, "transform", response._to_js())
        event = aio.current_event()
        if event is not None:
            # The handlers run while the client reads, after the answer.
            release = proxies.one_shot(event.keep())
            changed = calls.call(js.runtime, "whenRead", changed, release, event.js.ctx)
        return Response._from_js(changed)


class _Single:
    """A handler of one method."""

    def __init__(self, method: str, function: Callable[..., Any]) -> None:
        setattr(self, method, function)


def _callback(part: type[Handle], function: Handler[Any]) -> Any:
    async def call(js_part: Any) -> None:
        result = function(part._from_js(js_part))
        if isinstance(result, Awaitable):
            await result

    return proxies.callback(call, aio.current_event())
