from fastapi import FastAPI
from pydantic import BaseModel
from worker import Context, Env, Request, Response, asgi, event

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float


@app.get("/")
async def index() -> dict[str, str]:
    return {"hello": "FastAPI"}


@app.post("/items")
async def create(item: Item) -> Item:
    return item


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    return await asgi.fetch(app, req, env, ctx)
