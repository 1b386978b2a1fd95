"""The headers of most responses, as the shim takes them.

Constants: JavaScript knows them again by their places in memory, and reads each once.
"""

from __future__ import annotations

from typing import Final

TEXT: Final = "content-type\ntext/plain; charset=utf-8"
HTML: Final = "content-type\ntext/html; charset=utf-8"
JSON: Final = "content-type\napplication/json"
BYTES: Final = "content-type\napplication/octet-stream"
