"""A Django site as a worker."""

import os

import d1
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from worker import Context, Env, Request, Response, event, wsgi

os.environ["DJANGO_SETTINGS_MODULE"] = "library.settings"
site = wsgi.app(get_wsgi_application())


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer with Django; what belongs to the worker is there only while a request is."""
    settings.SECRET_KEY = env.secret("SECRET_KEY")
    settings.ADMIN_TOKEN = env.secret("ADMIN_TOKEN")
    with d1.bindings(env):
        return await site(req, env, ctx)
