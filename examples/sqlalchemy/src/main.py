"""Books in D1, by way of SQLAlchemy's ORM."""

from collections.abc import Callable
from typing import Any

from dialect import engine
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from worker import Context, Env, Request, Response, RouteContext, Router, event, run_blocking


class Base(DeclarativeBase):
    """The tables of this app."""


class Book(Base):
    """A book."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    year: Mapped[int | None]


router: Router[None] = Router()


@event.fetch
async def main(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)


async def in_session[T](ctx: RouteContext[Any], work: Callable[[Session], T]) -> T:
    """Run what waits for the database where it may wait."""

    def run() -> T:
        with Session(engine(ctx.d1("DB"))) as session:
            Base.metadata.create_all(session.get_bind())
            return work(session)

    return await run_blocking(run)


@router.post("/books/:title")
async def add(req: Request, ctx: RouteContext[Any]) -> Response:
    """Store a book; `?year=1969` says when it appeared."""
    year = req.query().get("year")

    def work(session: Session) -> int:
        book = Book(title=ctx.param("title"), year=int(year) if year else None)
        session.add(book)
        session.flush()
        return book.id

    return Response.from_json({"id": await in_session(ctx, work)}, status=201)


@router.get("/books")
async def books(req: Request, ctx: RouteContext[Any]) -> Response:
    """Every book, the oldest first."""

    def work(session: Session) -> list[dict[str, Any]]:
        found = session.scalars(select(Book).order_by(Book.year, Book.id))
        return [{"id": book.id, "title": book.title, "year": book.year} for book in found]

    return Response.from_json(await in_session(ctx, work))
