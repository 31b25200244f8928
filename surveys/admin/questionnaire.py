from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from surveys.admin.audited import AuditedAdmin
from surveys.models import Question, Questionnaire, Version


@admin.register(Questionnaire)
class QuestionnaireAdmin(AuditedAdmin):
    list_display = ["__str__", "consultation", "answered_by", "minutes"]


@admin.register(Version)
class VersionAdmin(AuditedAdmin):
    """Versions come from files and are frozen once published, so they are only read here."""

    list_display = ["__str__", "number", "published_at", "question_count"]
    list_select_related = ["questionnaire"]

    @admin.display(description=_("questions"))
    def question_count(self, version: Version) -> int:
        return Question.objects.filter(version=version).count()

    def has_add_permission(self, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Version | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Version | None = None) -> bool:
        return False
