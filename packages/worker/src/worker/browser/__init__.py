"""Browser rendering: pages as pictures, PDF, Markdown, or data.

Source: https://developers.cloudflare.com/browser-rendering/
"""

from worker.browser.binding import Action, Browser
from worker.browser.options import PageOptions, PdfOptions, ScreenshotOptions

__all__ = ["Action", "Browser", "PageOptions", "PdfOptions", "ScreenshotOptions"]
