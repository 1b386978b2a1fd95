"""One page, an API of books, and the door for migrations."""

from __future__ import annotations

import io
import json
import secrets

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from library.forms import BookForm
from library.models import Book


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The books, as a page."""
    found = Book.objects.select_related("author")
    return render(request, "library/index.html", {"books": found})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def books(request: HttpRequest) -> HttpResponse:
    """All books, those of one author with `?author=`; a new one."""
    if request.method == "POST":
        return _saved(Book(), request, status=201)
    found = Book.objects.select_related("author")
    if author := request.GET.get("author"):
        found = found.filter(author__name__icontains=author)
    return JsonResponse({"books": [each.as_dict() for each in found]})


@csrf_exempt
@require_http_methods(["GET", "PUT", "DELETE"])
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """One book: told, changed, deleted."""
    found = get_object_or_404(Book.objects.select_related("author"), pk=pk)
    if request.method == "PUT":
        return _saved(found, request)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=204)
    return JsonResponse(found.as_dict())


@require_GET
def years(request: HttpRequest) -> HttpResponse:
    """How many books appeared in each year."""
    found = Book.objects.exclude(published=None).values_list(ExtractYear("published"))
    return JsonResponse(dict(found.annotate(count=Count("pk")).order_by("extractyear1")))


@csrf_exempt
@require_POST
def migrate(request: HttpRequest) -> HttpResponse:
    """Bring the tables up to date; `?to=0001` for one migration of the library.

    The database is reached from inside the worker alone, so the worker migrates it.
    """
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(token.encode(), settings.ADMIN_TOKEN.encode()):
        return HttpResponse("a bearer token is needed", status=401)
    said = io.StringIO()
    to = request.GET.get("to")
    call_command("migrate", *(["library", to] if to else []), stdout=said, no_color=True)
    return HttpResponse(said.getvalue(), content_type="text/plain")


def _saved(found: Book, request: HttpRequest, status: int = 200) -> HttpResponse:
    """Check a book that came as JSON, and keep it."""
    try:
        form = BookForm(json.loads(request.body), instance=found)
    except ValueError:
        return HttpResponse("the body must be JSON", status=400)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return JsonResponse(form.save().as_dict(), status=status)
