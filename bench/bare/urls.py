"""`/page` answers with the bytes of a file, `/row` inserts one row of what was sent to it."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

CONTENT = Path(settings.PAGE).read_bytes() if settings.PAGE else b""


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(CONTENT, headers={"Content-Length": str(len(CONTENT))})


def row(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare_row (answers) VALUES (%s)", [request.POST["answers"]])
    return HttpResponse(status=302, headers={"Location": "/page", "Content-Length": "0"})


urlpatterns = [path("page", page), path("row", row)]
