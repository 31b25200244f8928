"""What every page of the site needs, without touching the session of a public page."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, override

from surveys.models import Consultation


@dataclass(frozen=True)
class LanguageLink:
    code: str
    tag: str
    name: str
    url: str
    is_current: bool


def site(request: HttpRequest) -> dict[str, Any]:
    language = get_language() or settings.LANGUAGE_CODE
    consultation = SimpleLazyObject(lambda: Consultation.objects.with_programme().current())
    programme = SimpleLazyObject(lambda: getattr(consultation, "programme", None))
    return {
        "kiosk": "kiosk" in request.GET,
        "kiosk_query": "?kiosk=1" if "kiosk" in request.GET else "",
        "html_lang": settings.SPOKEN[language].tag,
        "is_cyrillic": settings.SPOKEN[language].is_cyrillic,
        "language_links": [_link(request, code, language) for code, _ in settings.LANGUAGES],
        "consultation": consultation,
        "programme": programme,
        "privacy_notice": SimpleLazyObject(
            lambda: consultation.privacy_notices.newest() if consultation else None
        ),
        "clocks": SimpleLazyObject(lambda: list(programme.countries.all()) if programme else []),
    }


def _link(request: HttpRequest, code: str, current: str) -> LanguageLink:
    return LanguageLink(
        code,
        settings.SPOKEN[code].tag,
        settings.SPOKEN[code].own_name,
        _address(request, code),
        code == current,
    )


def _address(request: HttpRequest, code: str) -> str:
    """This page in that language; the first page where this one is no page or has no languages."""
    page, first = request.resolver_match, f"/{code}/"
    if page is None:
        return first
    try:
        # What Django's translate_url does, without looking for the page anew in each language.
        with override(code):
            url = reverse(page.view_name, args=page.args, kwargs=page.kwargs)
    except NoReverseMatch:
        return first
    return url if url.startswith(first) else first
