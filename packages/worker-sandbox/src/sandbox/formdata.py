"""Forms and the files in them."""

from __future__ import annotations

import hashlib
from typing import TypedDict

from worker import File, Request, Response, RouteContext, Router
from worker.formdata import FormEntry


class FileSize(TypedDict):
    """What is remembered of a file."""

    name: str
    size: int


async def formdata_name(req: Request, ctx: RouteContext) -> Response:
    """One field, or several of one name."""
    match (await req.form_data()).get_all("name"):
        case []:
            return Response.error("Bad Request", 400)
        case [str() as name]:
            return Response.from_json({"name": name})
        case [File()]:
            return Response.error("Bad Request", 400)
        case entries:
            return Response.from_json(
                {"names": [entry.name if isinstance(entry, File) else entry for entry in entries]}
            )


async def is_secret(req: Request, ctx: RouteContext) -> Response:
    """A secret that a form names."""
    name = (await req.form_data()).get("secret")
    if not isinstance(name, str):
        return Response.error("Bad Request", 400)
    return Response.ok(ctx.secret(name))


async def formdata_file_size(req: Request, ctx: RouteContext) -> Response:
    """Hash an uploaded file and remember its size under the hash."""
    file = (await req.form_data()).get("file")
    if not isinstance(file, File):
        return Response.error("Bad Request", 400)
    data = await file.bytes()
    sizes = ctx.kv("FILE_SIZES")
    await sizes.put(hashlib.blake2b(data).hexdigest(), FileSize(name=file.name, size=len(data)))
    listed = await sizes.list()
    return Response.from_json(
        [
            {"name": key.name, "expiration": key.expiration, "metadata": key.metadata}
            for key in listed.keys
        ]
    )


async def formdata_file_size_hash(req: Request, ctx: RouteContext) -> Response:
    """What is known of the file with a hash."""
    found = await ctx.kv("FILE_SIZES").get(ctx.param("hash"), FileSize)
    return Response.error("Not Found", 404) if found is None else Response.from_json(found)


async def forward_form(req: Request, ctx: RouteContext) -> Response:
    """Send a form on, with a field more; its files pass through in pieces."""
    form = await req.form_data()
    form["via"] = "sandbox"
    form.append("note", File("made here", "note.txt", type="text/plain"))
    sent = Request("https://sandbox.example/", body=form)
    entries = (await sent.form_data()).multi_items()
    return Response.from_json([[name, await _digest(value)] for name, value in entries])


async def _digest(value: FormEntry) -> str:
    """Text as it is; a file's name, type, and the digest of what it streams."""
    if isinstance(value, str):
        return value
    digest = hashlib.sha256()
    async for chunk in value.stream():
        digest.update(chunk)
    return f"{value.name} {value.type} {digest.hexdigest()}"


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.post("/formdata-forward", forward_form)
    router.post("/formdata-name", formdata_name)
    router.post("/is-secret", is_secret)
    router.post("/formdata-file-size", formdata_file_size)
    router.get("/formdata-file-size/:hash", formdata_file_size_hash)
