from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.admin.audited import AuditedAdmin
from surveys.models import Questionnaire, Version
from surveys.text_fields import TextFormField

FIELDS = (
    *("consultation", "slug", "position", "answered_by", "reference_prefix", "minutes"),
    *("name", "title", "lead"),
)
CARD = ("heading", "text", "button")
TAGS = 4


class QuestionnaireForm(forms.ModelForm):
    """A questionnaire with the card that invites to it on the landing page, field by field."""

    card_heading = TextFormField(label=gettext_lazy("Heading of the card"), required=False, rows=1)
    card_text = TextFormField(label=gettext_lazy("Text of the card"), required=False)
    card_button = TextFormField(label=gettext_lazy("Button of the card"), required=False, rows=1)
    card_tag_1 = TextFormField(label=gettext_lazy("First tag"), required=False, rows=1)
    card_tag_2 = TextFormField(label=gettext_lazy("Second tag"), required=False, rows=1)
    card_tag_3 = TextFormField(label=gettext_lazy("Third tag"), required=False, rows=1)
    card_tag_4 = TextFormField(label=gettext_lazy("Fourth tag"), required=False, rows=1)

    class Meta:
        model = Questionnaire
        fields = FIELDS
        help_texts = {
            "slug": gettext_lazy(
                "One word for those who answer, for file names and printed forms: small letters, "
                "digits and hyphens, such as citizens."
            ),
            "position": gettext_lazy(
                "Its place among the cards on the landing page. Of several for the same people "
                "only the first is shown."
            ),
            "reference_prefix": gettext_lazy(
                "What the reference of each response begins with, such as CIT."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        card = self.instance.invitation or {}
        tags = card.get("tags", [])
        for name in CARD:
            self.initial[f"card_{name}"] = card.get(name, {})
        for number in range(1, TAGS + 1):
            self.initial[f"card_tag_{number}"] = tags[number - 1] if number <= len(tags) else {}

    def clean(self) -> dict[str, Any]:
        """The card again, with whatever else is kept in it."""
        cleaned: dict[str, Any] = super().clean() or {}
        card = dict(self.instance.invitation or {})
        for name in CARD:
            card[name] = dict(cleaned.get(f"card_{name}") or {})
        tags = [cleaned.get(f"card_tag_{number}") for number in range(1, TAGS + 1)]
        card["tags"] = [dict(tag) for tag in tags if tag] + card.get("tags", [])[TAGS:]
        self.instance.invitation = card
        return cleaned


@admin.register(Questionnaire)
class QuestionnaireAdmin(AuditedAdmin):
    form = QuestionnaireForm
    list_display = ["__str__", "consultation", "answered_by", "minutes", "versions_link"]
    list_select_related = ["consultation"]
    fieldsets = [
        (None, {"fields": FIELDS}),
        (
            gettext_lazy("Card on the landing page"),
            {
                "description": gettext_lazy(
                    "What is left empty is said with the name and the lead above."
                ),
                "fields": [
                    *(f"card_{n}" for n in CARD),
                    *(f"card_tag_{n + 1}" for n in range(TAGS)),
                ],
            },
        ),
    ]

    def response_post_save_add(
        self, request: HttpRequest, obj: Questionnaire
    ) -> HttpResponseRedirect:
        """To where its questions are written."""
        return redirect("admin:drafting_questionnaire", obj.pk)

    @admin.display(description=gettext_lazy("versions"))
    def versions_link(self, questionnaire: Questionnaire) -> str:
        """To where its questions are written."""
        address = reverse("admin:drafting_questionnaire", args=[questionnaire.pk])
        return format_html('<a href="{}">{}</a>', address, _("Versions and questions"))


@admin.register(Version)
class VersionAdmin(AuditedAdmin):
    """Versions are written on the desk's own pages; here they are only listed."""

    list_display = ["__str__", "number", "published_at", "question_count"]
    list_select_related = ["questionnaire"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(asked=Count("sections__questions"))

    @admin.display(description=gettext_lazy("questions"))
    def question_count(self, version: Any) -> int:
        count: int = version.asked
        return count

    def has_add_permission(self, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Version | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Version | None = None) -> bool:
        return False
