"""A reference worker: one module a feature, each with its routes; copy a module and you have the feature."""

from __future__ import annotations

import logging

from worker import Context, Env, Request, Response, event
from worker.logging import install

from sandbox import contract
from sandbox.router import router

install()
log = logging.getLogger(__name__)


@event.fetch
async def main(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    try:
        return await router.run(req, env, ctx)
    except Exception as error:  # the contract says how each failure is told
        log.exception("no route handled this")
        return contract.answer(error)
