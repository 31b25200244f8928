"""What whoever runs the site is told by `manage.py check`, and each time they migrate."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections, models
from django.utils import timezone
from django.utils.translation import to_language

from surveys.accessibility.audit import last_audit
from surveys.translated import site_languages

HINT = "Run `make accessibility` and commit what it writes: see docs/accessibility.md."


@register
def the_audit_is_recent(**_kwargs: Any) -> list[CheckMessage]:
    """The accessibility statement is reviewed at least once a year, so its audit is repeated."""
    audit = last_audit()
    if audit is None:
        words = "The accessibility statement says that no audit was made: its file cannot be read."
        return [Warning(words, hint=HINT, id="surveys.W001")]
    if audit.is_old(timezone.localdate()):
        words = f"The accessibility statement is of {audit.made_on}, more than a year ago."
        return [Warning(words, hint=HINT, id="surveys.W001")]
    return []


@register(Tags.translation)
def every_language_has_its_words(**_kwargs: Any) -> list[CheckMessage]:
    """What the pages themselves say is in English where there is no catalog."""
    folders = [folder for path in settings.LOCALE_PATHS for folder in Path(path).glob("*")]
    translated = {settings.LANGUAGE_CODE, *(to_language(folder.name) for folder in folders)}
    return [
        Warning(
            f"The words of the pages are English in {language.english_name}.",
            hint="`make messages` fills each folder of consultation/locale that has LC_MESSAGES.",
            id="surveys.W002",
        )
        for code, language in settings.SPOKEN.items()
        if code not in translated
    ]


@register(Tags.database)
def what_is_kept_is_in_languages_of_the_site(**kwargs: Any) -> list[CheckMessage]:
    """Nobody could read it in the others: LANGUAGES may gain one, and lose one nobody has used."""
    if "default" not in (kwargs["databases"] or []):
        return []
    made = connections["default"].introspection.table_names()
    kept = {
        language
        for model in apps.get_app_config("surveys").get_models()
        for field in model._meta.fields
        if model._meta.db_table in made and _holds_a_language(field)
        for language in _others(model, field.name)
    }
    return [
        Error(
            f"LANGUAGES leaves out {language!r}, which is the language of something that is kept.",
            hint="Add it: what was answered, or is to be sent, in it could not be shown.",
            id="surveys.E001",
        )
        for language in sorted(kept)
    ]


def _holds_a_language(field: Any) -> bool:
    return getattr(field.choices, "func", None) is site_languages


def _others(model: type[models.Model], column: str) -> Iterable[str]:
    stored = model._base_manager.exclude(**{f"{column}__in": settings.SPOKEN})
    return stored.order_by().values_list(column, flat=True).distinct()
