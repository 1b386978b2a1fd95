from pydantic import BaseModel
from worker import Context, Env, Request, Response, RouteContext, Router, event

router = Router()


class Shape(BaseModel):
    width: float
    height: float


@router.get("/")
async def index(req: Request, ctx: RouteContext) -> Response:
    return Response.ok("Try /hello/you, or POST a shape to /area.")


@router.get("/hello/:name")
async def hello(req: Request, ctx: RouteContext) -> Response:
    return Response.from_json({"hello": ctx.param("name")})


@router.post("/area")
async def area(req: Request, ctx: RouteContext) -> Response:
    shape = await req.json(Shape)  # what does not fit is answered with a 422 that says why
    return Response.from_json({"area": shape.width * shape.height})


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    return await router.run(req, env, ctx)
