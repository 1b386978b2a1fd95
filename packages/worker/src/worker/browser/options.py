"""What a browser is told about a page, and about what is made of it.

Source: https://developers.cloudflare.com/browser-rendering/rest-api/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypedDict

from worker._spelling import spelled

__all__ = ["PageOptions", "PdfOptions", "ScreenshotOptions", "page_options"]

type Length = str | float
"""Pixels, or text with a unit: `2cm`."""

type Lifecycle = Literal["load", "domcontentloaded", "networkidle0", "networkidle2"]

type Resource = Literal[
    "document", "stylesheet", "image", "media", "font", "script", "texttrack", "xhr", "fetch",
    "prefetch", "eventsource", "websocket", "manifest", "signedexchange", "ping",
    "cspviolationreport", "preflight", "other",
]  # fmt: skip
"""What a page asks for."""


class Script(TypedDict, total=False):
    """A script to add: its source, or where it is."""

    content: str
    url: str
    type: str
    id: str


class Style(TypedDict, total=False):
    """A style sheet to add: its source, or where it is."""

    content: str
    url: str


class Credentials(TypedDict):
    """For HTTP authentication."""

    username: str
    password: str


class _CookieIdentity(TypedDict):
    name: str
    value: str


class Cookie(_CookieIdentity, total=False):
    """A cookie that the page shall find; `expires` in seconds since 1970."""

    url: str
    domain: str
    path: str
    secure: bool
    http_only: bool
    same_site: Literal["Strict", "Lax", "None"]
    expires: float
    priority: Literal["Low", "Medium", "High"]
    same_party: bool
    source_scheme: Literal["Unset", "NonSecure", "Secure"]
    source_port: int
    partition_key: str


class Goto(TypedDict, total=False):
    """How the page is opened; `timeout` in milliseconds."""

    timeout: float
    wait_until: Lifecycle | Sequence[Lifecycle]
    referer: str
    referrer_policy: str


class _Size(TypedDict):
    width: float
    height: float


class Viewport(_Size, total=False):
    """The window: CSS pixels, and what kind of device it pretends to be."""

    device_scale_factor: float
    is_mobile: bool
    is_landscape: bool
    has_touch: bool


class _Selected(TypedDict):
    selector: str


class WaitForSelector(_Selected, total=False):
    """An element to wait for: until it is there, seen, or gone; `timeout` in milliseconds."""

    hidden: Literal[True]
    visible: Literal[True]
    timeout: float


class _Corner(_Size):
    x: float
    y: float


class Clip(_Corner, total=False):
    """The part of the page to take a picture of, in CSS pixels."""

    scale: float


class ScreenshotOptions(TypedDict, total=False):
    """How a picture is taken; `quality` 0 to 100, for JPEG and WebP."""

    type: Literal["png", "jpeg", "webp"]
    encoding: Literal["binary", "base64"]
    quality: int
    full_page: bool
    clip: Clip
    omit_background: bool
    optimize_for_speed: bool
    capture_beyond_viewport: bool
    from_surface: bool


class Margin(TypedDict, total=False):
    """The margins of a sheet."""

    top: Length
    right: Length
    bottom: Length
    left: Length


class PdfOptions(TypedDict, total=False):
    """How a PDF is made; `timeout` in milliseconds, `page_ranges` as `1-5, 8`."""

    scale: float
    display_header_footer: bool
    header_template: str
    footer_template: str
    print_background: bool
    landscape: bool
    page_ranges: str
    format: Literal[
        "letter", "legal", "tabloid", "ledger", "a0", "a1", "a2", "a3", "a4", "a5", "a6"
    ]
    width: Length
    height: Length
    prefer_css_page_size: bool
    margin: Margin
    omit_background: bool
    tagged: bool
    outline: bool
    timeout: float


class _Named(TypedDict):
    model: str


class Model(_Named, total=False):
    """A model to read the page with, and the key for it."""

    authorization: str


class PageOptions(TypedDict, total=False):
    """What a quick action takes besides the page."""

    add_script_tag: Sequence[Script]
    """Scripts to run in the page."""
    add_style_tag: Sequence[Style]
    """Style sheets to add."""
    authenticate: Credentials
    """For a page behind HTTP authentication."""
    cookies: Sequence[Cookie]
    """Cookies to send."""
    emulate_media_type: str
    """`screen` or `print`."""
    goto_options: Goto
    """How the page is opened."""
    reject_request_pattern: Sequence[str]
    """Regular expressions of addresses that the page shall not load."""
    allow_request_pattern: Sequence[str]
    """Regular expressions of the only addresses that the page shall load."""
    reject_resource_types: Sequence[Resource]
    """Kinds of resources that the page shall not load."""
    allow_resource_types: Sequence[Resource]
    """The only kinds of resources that the page shall load."""
    set_extra_http_headers: Mapping[str, str]
    """Headers for every request of the page."""
    set_javascript_enabled: bool
    """Whether the page's scripts run."""
    user_agent: str
    """What the browser calls itself."""
    viewport: Viewport
    """The window."""
    wait_for_selector: WaitForSelector
    """An element to wait for."""
    wait_for_timeout: float
    """Milliseconds to wait."""
    best_attempt: bool
    """Go on when what was waited for does not come."""
    action_timeout: float
    """Milliseconds that the action may take, once the page is there."""
    cache_ttl: int
    """Seconds that the answer is kept: 5 when not given, 0 for not at all, at most 86400."""
    selector: str
    """`screenshot`: the element to take a picture of."""
    scroll_page: bool
    """`screenshot`: scroll through the page first, for what loads late."""
    screenshot_options: ScreenshotOptions
    """`screenshot` and `snapshot`: how the picture is taken."""
    pdf_options: PdfOptions
    """`pdf`: how it is made."""
    elements: Sequence[_Selected]
    """`scrape`: which elements to read: `[{"selector": "h1"}]`."""
    visible_links_only: bool
    """`links`: only those that can be seen."""
    exclude_external_links: bool
    """`links`: only those of the page's own domain."""
    prompt: str
    """`json`: what to look for."""
    response_format: Mapping[str, Any]
    """`json`: the form of the answer: `{"type": "json_schema", "json_schema": …}`."""
    custom_ai: Sequence[Model]
    """`json`: the models to try, the first that works."""


_NAMES: Final = {
    "cache_ttl": "cacheTTL",
    "custom_ai": "custom_ai",
    "prefer_css_page_size": "preferCSSPageSize",
    "response_format": "response_format",
    "set_extra_http_headers": "setExtraHTTPHeaders",
    "set_javascript_enabled": "setJavaScriptEnabled",
}
_DATA: Final = frozenset({"response_format", "set_extra_http_headers"})


def page_options(options: PageOptions) -> dict[str, Any]:
    """The options as the platform spells them."""
    return spelled(options, _NAMES, data=_DATA)
