from dataclasses import dataclass

from worker import Context, Env, Request, Response, RouteContext, Router, event

SCHEMA = "CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, name TEXT, text TEXT)"
router = Router()


@dataclass
class Entry:
    name: str
    text: str


@router.get("/")
async def entries(req: Request, ctx: RouteContext) -> Response:
    found = await ctx.d1("DB").query("SELECT name, text FROM entries ORDER BY id DESC").all()
    return Response.from_json(list(found))


@router.post("/")
async def add(req: Request, ctx: RouteContext) -> Response:
    entry = await req.json(Entry)
    insert = "INSERT INTO entries (name, text) VALUES (?, ?)"
    await ctx.d1("DB").query(insert, entry.name, entry.text).run()
    return Response.ok("Thank you.").with_status(201)


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    await env.d1("DB").exec(SCHEMA)  # a project that grows keeps migrations instead
    return await router.run(req, env, ctx)
