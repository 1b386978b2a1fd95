from fastapi import FastAPI
from pydantic import BaseModel
from worker import asgi, event

app = FastAPI()
fetch = event.fetch(asgi.app(app))


class Item(BaseModel):
    name: str
    price: float


@app.get("/")
async def index() -> dict[str, str]:
    return {"hello": "FastAPI"}


@app.post("/items")
async def create(item: Item) -> Item:
    return item
