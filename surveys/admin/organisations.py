"""Organisations: found in any script, loaded from lists, and decided about."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from surveys.admin import organisation_lists
from surveys.admin.audited import AuditedAdmin, save_changes
from surveys.admin.own_filters import OwnFiltersChangeList
from surveys.folding import fold, folded_by_the_database
from surveys.identifiers import read_number
from surveys.models import Member, Organisation, Response
from surveys.organisation_lists import Asked
from surveys.registrations import NotPossible, confirm, merge, refuse, similar

LISTED = Organisation.Standing.LISTED
STANDING_TONES = {"waiting": "warning", "refused": "bad"}
RESPONSE_TONES = {"sent": "good", "withdrawn": "warning"}


class MemberForm(forms.ModelForm):
    class Meta:
        labels = {"user": gettext_lazy("Person")}


class MemberInline(admin.StackedInline):
    """Whoever may not see accounts reads who is a member; people are invited, not chosen."""

    model = Member
    form = MemberForm
    extra = 0
    raw_id_fields = ["user"]

    def get_fields(self, request: HttpRequest, obj: Organisation | None = None) -> Any:
        return ["user" if _sees_accounts(request) else "person", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> Any:
        return [] if _sees_accounts(request) else ["person"]

    def has_add_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        return _sees_accounts(request) and super().has_add_permission(request, obj)

    @admin.display(description=gettext_lazy("Person"))
    def person(self, member: Member) -> str:
        return str(member.user)


def _sees_accounts(request: HttpRequest) -> bool:
    return request.user.has_perm("surveys.view_user")


class OrganisationPlaceFilter(admin.SimpleListFilter):
    title = gettext_lazy("place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(place_names().items())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Organisation]
    ) -> QuerySet[Organisation]:
        return queryset.filter(profile__place=self.value()) if self.value() else queryset


def place_names() -> dict[str, str]:
    """What the questionnaire calls the places an organisation can be in."""
    places = [column for column in Asked.now().columns if column.name == "place"]
    return places[0].kind.labels() if places else {}


def containing(queryset: QuerySet[Any], field: str, term: str) -> QuerySet[Any]:
    """Those whose folded column has every word, in any script, with or without accents."""
    for word in fold(term.replace("\x00", "")).split():
        queryset = queryset.filter(**{f"{field}__contains": word})
    return queryset


class OrganisationForm(forms.ModelForm):
    """The database's rule about listed organisations, in words."""

    def clean_profile(self) -> dict[str, Any]:
        profile = self.cleaned_data["profile"]
        if profile and not isinstance(profile, dict):
            raise forms.ValidationError(_("Write the codes by question: {…}"))
        return profile or {}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        name, profile = (self.cleaned_data.get(field) for field in ("name", "profile"))
        if name and profile is not None and self.instance.standing == LISTED:
            same = Organisation.objects.filter(
                standing=LISTED, folded_name=folded_by_the_database([name])[name]
            ).exclude(pk=self.instance.pk)
            if profile.get("place", "") in [each.profile.get("place", "") for each in same]:
                raise forms.ValidationError(
                    _("An organisation of this name is listed in this place.")
                )
        return cleaned


class OrganisationChangeList(OwnFiltersChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """With what places are called in the language of this request."""
        super().get_results(request)
        names = place_names()
        rows: Any = self.result_list
        for row in rows:
            code = row.profile.get("place", "")
            row.shown_place = names.get(code, code or "–")


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin):
    is_personal = True
    form = OrganisationForm
    change_form_template = "admin/surveys/organisation/change_form.html"
    change_list_template = "admin/surveys/organisation/change_list.html"
    list_display = ["name", "place", "shown_standing", "people", "response_state"]
    list_filter = ["standing", OrganisationPlaceFilter]
    list_per_page = 50
    search_fields = ["name"]
    search_help_text = gettext_lazy("Words of the name in any script, with or without accents")
    readonly_fields = ["standing"]
    fields = ["name", "standing", "profile", "needs_approval"]
    inlines = [MemberInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        response = Response.objects.filter(organisation=OuterRef("pk")).order_by("-pk")
        state = Subquery(response.values("state")[:1])
        organisations = super().get_queryset(request)
        shown: QuerySet[Any] = organisations.annotate(number=Count("member"), response_state=state)
        return shown

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OrganisationChangeList]:
        return OrganisationChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organisation], search_term: str
    ) -> tuple[QuerySet[Organisation], bool]:
        return containing(queryset, "folded_name", search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        """One that answered stays: a response belongs to somebody."""
        if obj and Response.objects.filter(organisation=obj).exists():
            return False
        return super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        if change:
            save_changes(obj, form.changed_data)
        else:
            obj.save()

    @admin.display(description=gettext_lazy("place"), ordering="profile__place")
    def place(self, organisation: Any) -> str:
        return str(organisation.shown_place)

    @admin.display(description=gettext_lazy("standing"), ordering="standing")
    def shown_standing(self, organisation: Organisation) -> str:
        if organisation.standing == LISTED:
            return organisation.get_standing_display()
        return _tag(STANDING_TONES[organisation.standing], organisation.get_standing_display())

    @admin.display(description=gettext_lazy("members"), ordering="number")
    def people(self, organisation: Any) -> int:
        return int(organisation.number)

    @admin.display(description=gettext_lazy("response"), ordering="response_state")
    def response_state(self, organisation: Any) -> str:
        states: dict[str, str] = {value: str(label) for value, label in Response.State.choices}
        state = organisation.response_state
        return _tag(RESPONSE_TONES.get(state, ""), states[state]) if state in states else "–"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_load_lists": organisation_lists.may_load(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    # Deciding

    def get_urls(self) -> list[Any]:
        def decision(verb: str, view: Callable[..., HttpResponse]) -> Any:
            return path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"surveys_organisation_{verb}",
            )

        return [
            *organisation_lists.urls(),
            decision("confirm", self.confirm),
            decision("merge", self.merge),
            decision("refuse", self.refuse),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        organisation = self.get_object(request, object_id)
        is_listed = organisation and organisation.standing == LISTED
        if organisation and not is_listed and self.has_change_permission(request, organisation):
            places = place_names()
            place = organisation.profile.get("place", "")
            extra_context = {
                "undecided": organisation,
                "is_refused": organisation.standing == Organisation.Standing.REFUSED,
                "undecided_place": places.get(place, place),
                "similar": [
                    (each, places.get(each.place, each.place or "–"))
                    for each in similar(organisation)
                ],
            }
        return super().change_view(request, object_id, form_url, extra_context)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = self._undecided(request, pk)
        return self._decided(
            request,
            organisation,
            lambda: confirm(organisation, timezone.now()),
            _("%(organisation)s is listed now. Its members are told by e-mail."),
        )

    def merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = self._undecided(request, pk)
        chosen = read_number(request.POST.get("into", "")) or 0
        into = Organisation.objects.filter(pk=chosen).first()
        if into is None:
            messages.error(request, _("Choose a listed organisation to merge it into."))
            return redirect("admin:surveys_organisation_change", pk)
        return self._decided(
            request,
            into,
            lambda: merge(organisation, into, timezone.now()),
            _("The two are one now: %(organisation)s. The members are told by e-mail."),
            stays_at=pk,
        )

    def refuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = self._undecided(request, pk)
        reason = request.POST.get("reason", "").replace("\x00", "")
        return self._decided(
            request,
            organisation,
            lambda: refuse(organisation, reason, timezone.now()),
            _("%(organisation)s was refused. Its members are told by e-mail."),
        )

    def _undecided(self, request: HttpRequest, pk: int) -> Organisation:
        organisation = get_object_or_404(Organisation, pk=pk)
        if not self.has_change_permission(request, organisation):
            raise PermissionDenied
        return organisation

    def _decided(
        self,
        request: HttpRequest,
        shown: Organisation,
        verb: Callable[[], None],
        words: str,
        stays_at: int | None = None,
    ) -> HttpResponse:
        """Do it and say so, or say why not on the page it was asked for."""
        try:
            verb()
        except NotPossible as not_possible:
            messages.error(request, str(not_possible))
            return redirect("admin:surveys_organisation_change", stays_at or shown.pk)
        messages.success(request, words % {"organisation": shown.name})
        return redirect("admin:surveys_organisation_change", shown.pk)


def _tag(tone: str, words: str) -> str:
    return format_html('<span class="tag {}">{}</span>', tone, words)
