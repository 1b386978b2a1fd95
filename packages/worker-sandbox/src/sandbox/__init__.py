"""A reference worker: one module a feature, each with its routes; copy a module and you have the feature."""

from __future__ import annotations

import sys
import traceback

from worker import Context, Env, Request, Response, event

from sandbox import contract
from sandbox.router import router


@event.fetch
async def main(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    try:
        return await router.run(req, env, ctx)
    except Exception as error:  # noqa: BLE001  the contract says how each failure is told
        traceback.print_exception(error, file=sys.stderr)
        return contract.answer(error)
