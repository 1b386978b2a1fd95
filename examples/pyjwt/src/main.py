"""Tokens made and checked with PyJWT."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from worker import Context, Env, Request, Response, RouteContext, Router, event

AUDIENCE = "pyjwt-example"
LASTS = timedelta(hours=1)

router: Router[None] = Router()


@router.post("/tokens/{name}")
async def issue(req: Request, ctx: RouteContext) -> Response:
    """A token for somebody, signed with the worker's secret."""
    now = datetime.now(UTC)
    claims = {"sub": ctx.param("name"), "aud": AUDIENCE, "iat": now, "exp": now + LASTS}
    token = jwt.encode(claims, ctx.env.secret("SECRET_KEY"), algorithm="HS256")
    return Response.from_json({"token": token}, status=201)


def claims_of(req: Request, env: Env) -> dict[str, Any]:
    """What the request's token says.

    Raises:
        InvalidTokenError: there is none, it has run out, or somebody else has signed it.
    """
    scheme, _, token = req.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise jwt.InvalidTokenError("a bearer token is needed")
    key = env.secret("SECRET_KEY")
    options: Any = {"require": ["exp", "sub"]}
    return jwt.decode(token, key, algorithms=["HS256"], audience=AUDIENCE, options=options)


@router.get("/me")
async def me(req: Request, ctx: RouteContext) -> Response:
    """Who the request comes from."""
    try:
        claims = claims_of(req, ctx.env)
    except jwt.InvalidTokenError as error:
        response = Response.error(str(error), 401)
        return response.with_header("www-authenticate", "Bearer")
    return Response.from_json({"name": claims["sub"]})


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)
