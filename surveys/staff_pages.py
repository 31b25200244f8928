"""What every page of the desk has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from surveys.models import User

View = Callable[..., HttpResponseBase]


def staff_page(*permissions: str) -> Callable[[View], View]:
    """For staff who have shown a second factor and hold all of the permissions; no copy is kept."""

    def decorate(view: View) -> View:
        @wraps(view)
        def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perms(permissions):
                raise PermissionDenied
            answer = view(request, *args, **kwargs)
            answer["Cache-Control"] = "private, no-store"
            return answer

        page: View = admin.site.admin_view(allowed)
        # What tests hold against the roles.
        page.permissions = permissions  # type: ignore[attr-defined]
        return page

    return decorate


def member_of_staff(request: HttpRequest) -> User:
    """Who is signed in. Behind `staff_page` it is always somebody."""
    if isinstance(request.user, User):
        return request.user
    raise PermissionDenied


def render_page(
    request: HttpRequest, name: str, title: str, ctx: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page `templates/admin/desk/NAME.html`, in the admin's frame."""
    ctx = {**admin.site.each_context(request), "title": title, **ctx}
    return render(request, f"admin/desk/{name}.html", ctx, status=status)
