"""ASGI applications (FastAPI, Starlette, Django, Quart, …) as fetch handlers.

    api = FastAPI(lifespan=lifespan)
    fetch = event.fetch(asgi.app(api))

Source: https://asgi.readthedocs.io/en/latest/specs/ (no counterpart in workers-rs)
"""

from __future__ import annotations

from worker.asgi.application import app

__all__ = ["app"]
