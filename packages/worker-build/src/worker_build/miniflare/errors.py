"""What can go wrong while a Miniflare is driven.

MiniflareError
├── StartError       the worker does not start: its module or its options are wrong
├── ConfigError      wrangler refuses the project's file
├── MissingBinding   the worker has no binding of that name (also a LookupError)
├── JsError          a call into Miniflare threw
└── Gone             the helper process ended, or the Miniflare is closed
"""

from __future__ import annotations

__all__ = ["ConfigError", "Gone", "JsError", "MiniflareError", "MissingBinding", "StartError"]


class MiniflareError(Exception):
    """Root of everything that driving a Miniflare raises."""


class StartError(MiniflareError):
    """The worker did not start; the text holds what the runtime said, a Python traceback too."""


class ConfigError(MiniflareError):
    """Wrangler refused the project's wrangler file; the text is wrangler's own."""


class Gone(MiniflareError):  # noqa: N818 - a state, as its readers say it
    """The helper process ended, or the Miniflare was closed already."""


class JsError(MiniflareError):
    """A call into Miniflare threw.

    Attributes:
        name: the JavaScript error's name, such as `TypeError`.
        message: its message.
        code: Miniflare's code, such as `ERR_VALIDATION`, or an empty string.
        js_stack: its stack.
    """

    def __init__(self, name: str, message: str, code: str = "", js_stack: str = "") -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.code = code
        self.js_stack = js_stack


class MissingBinding(JsError, LookupError):  # noqa: N818 - reads as the crate's errors do
    """The worker that runs has no binding of the name that was asked for."""
