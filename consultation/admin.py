from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from surveys.accounts.second_factor import has_second_factor
from surveys.desk import dashboard, navigation


class AdminSite(admin.AdminSite):
    """The desk. It opens to staff who have shown a second factor."""

    site_title = site_header = _("Consultation")
    index_title = _("Joint Secretariat")
    # The row of links over every page is what one moves about by.
    enable_nav_sidebar = False
    # The middleware adds a missing slash, and does so without losing what was posted.
    final_catch_all_view = False

    def get_urls(self) -> list[Any]:
        # Its pages are wrapped in this site's own sign-in, which exists only now.
        from surveys.desk import urls  # noqa: PLC0415

        return [*urls.urlpatterns, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"desk_links": list(navigation.links(request))}

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, dashboard.context(request) | (extra_context or {}))

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_second_factor(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Staff without a second factor set one up; where DEBUG is on, passwords are asked for."""
        user = request.user
        if user.is_authenticated and user.is_staff and not has_second_factor(request):
            return redirect("account")
        if settings.DEBUG and not user.is_authenticated:
            return super().login(request, extra_context)
        if user.is_authenticated and self.has_permission(request):
            return redirect("admin:index")
        following = request.GET.get("next") or resolve_url("admin:index")
        return redirect_to_login(following, resolve_url(settings.LOGIN_URL))
