"""A reference worker: one module a feature; copy a module and you have the feature."""

from __future__ import annotations

import logging

from worker import Context, Env, FormDataError, Request, Response, RouteContext, event
from worker.logging import install

from sandbox import contract
from sandbox.router import Shared, router

install()
log = logging.getLogger(__name__)


# The contract has an answer of its own for what is no form; without its name, the router's 400.
@router.exception_handler(Exception, FormDataError)
def failed(req: Request, ctx: RouteContext[Shared], error: Exception) -> Response:
    """What no route has handled; without this, the router lets it through to the platform's 500."""
    log.error("no route handled this", exc_info=error)
    return contract.answer(req, error)


@event.fetch
async def main(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)
