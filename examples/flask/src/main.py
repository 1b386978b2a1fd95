"""A Flask application as a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from flask import Flask, Response, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from worker import Env, event, run_sync, wsgi

site = Flask(__name__)


def env() -> Env:
    """The worker's bindings, of the current request."""
    return request.environ["worker.env"]


class Sessions(SecureCookieSessionInterface):
    """Sessions signed with the worker's secret, which is there only while a request is."""

    def get_signing_serializer(self, app: Flask):  # noqa: ANN201  as in Flask
        """The signer, with the key that it needs."""
        app.secret_key = env().secret("SECRET_KEY")
        return super().get_signing_serializer(app)


site.session_interface = Sessions()


@site.get("/")
def index() -> str:
    """A page; who is logged in stands in the session's cookie."""
    return render_template("index.html", name=session.get("name"))


@site.post("/login")
def login() -> ResponseReturnValue:
    """Remember the form's name."""
    session["name"] = request.form["name"]
    return redirect(url_for("index"))


@site.post("/logout")
def logout() -> ResponseReturnValue:
    """Forget it."""
    session.clear()
    return redirect(url_for("index"))


@site.get("/notes/<name>")
def read(name: str) -> ResponseReturnValue:
    """A note of KV. `run_sync` waits, and other requests go on."""
    text = run_sync(env().kv("NOTES").get(name))
    return (text, 200) if text is not None else ({"error": f"no note {name}"}, 404)


@site.put("/notes/<name>")
def keep(name: str) -> ResponseReturnValue:
    """Keep the body of the request as a note."""
    run_sync(env().kv("NOTES").put(name, request.get_data(as_text=True)))
    return "", 204


@site.post("/upload")
def upload() -> dict[str, object]:
    """What was uploaded; a large file goes to a temporary file, as everywhere."""
    file = request.files["file"]
    return {"name": file.filename, "type": file.mimetype, "size": len(file.read())}


@site.get("/count")
def count() -> Response:
    """A stream, sent as it is made."""

    def numbers() -> Iterator[str]:
        for number in range(10):
            yield f"{number}\n"
            run_sync(asyncio.sleep(0.1))

    return Response(numbers(), mimetype="text/plain")


fetch = event.fetch(wsgi.app(site))
