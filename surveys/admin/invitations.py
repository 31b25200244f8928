"""Who was asked, what became of it, and asking again."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from surveys import inviting
from surveys.admin.audited import AuditedAdmin, save_changes
from surveys.admin.organisations import containing
from surveys.models import Invitation, Message
from surveys.progress_page import Ending, progress_page

TONES = {"accepted": "good", "came_back": "bad", "declined": "warning", "waiting": "warning"}


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*inviting.STATES.items(), ("never_opened", _("never opened"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "never_opened":
            return queryset.filter(inviting.never_opened())
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Invitation)
class InvitationAdmin(AuditedAdmin):
    change_list_template = "admin/surveys/invitation/change_list.html"
    list_display = ["email", "organisation", "language", "state", "sent_at", "reminded_at"]
    list_filter = [StateFilter, "language", "role"]
    list_select_related = ["organisation"]
    list_per_page = 50
    search_fields = ["email"]
    search_help_text = gettext_lazy("An address, or words of the organisation’s name in any script")
    autocomplete_fields = ["organisation"]
    fields = [
        *("organisation", "email", "role", "language", "state", "invited_by"),
        *("created_at", "sent_at", "reminded_at", "opened_at", "accepted_at", "declined_at"),
    ]
    readonly_fields = ["state", "invited_by", "created_at", "sent_at", "reminded_at"]
    readonly_fields += ["opened_at", "accepted_at", "declined_at"]
    actions = ["send_invitations", "send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return inviting.with_state(super().get_queryset(request))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Invitation | None = None
    ) -> list[Any] | tuple[Any, ...]:
        readonly = list(super().get_readonly_fields(request, obj))
        return [*readonly, "organisation"] if obj else readonly

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invitation], search_term: str
    ) -> tuple[QuerySet[Invitation], bool]:
        term = search_term.strip().replace("\x00", "")
        if "@" in term:
            return queryset.filter(email__icontains=term), False
        named = containing(queryset, "organisation__folded_name", term)
        addressed = queryset.filter(email__icontains=term) if term else queryset.none()
        return named | addressed, False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Who asked not to be written to stays known, or the next list would invite again."""
        if obj and obj.declined_at:
            return False
        return super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.invited_by = request.user
            obj.save()
        elif form.changed_data:
            # What happened to it since the form was opened is not undone.
            save_changes(obj, form.changed_data)
            if "email" in form.changed_data:
                inviting.correct_address(obj)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state(self, invitation: Any) -> str:
        state = getattr(invitation, "state", "not_sent")
        tag = format_html(
            '<span class="tag {}">{}</span>', TONES.get(state, ""), inviting.STATES[state]
        )
        last = getattr(invitation, "last_message", None)
        # What became of the last e-mail, unless the tag says just that.
        if not last or last == state:
            return tag
        return format_html("{} {}", tag, Message.State(last).label)

    # Sending what was selected

    @admin.action(description=gettext_lazy("Send invitations"), permissions=["change"])
    def send_invitations(
        self, request: HttpRequest, queryset: QuerySet[Invitation]
    ) -> StreamingHttpResponse:
        return _sending(request, list(queryset.values_list("pk", flat=True)))

    @admin.action(description=gettext_lazy("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        try:
            sent = sum(inviting.resend(each, timezone.now()) for each in queryset)
        except inviting.NobodyIsAsked:
            messages.error(request, _nobody_is_asked())
            return
        messages.success(request, _written(sent))
        if left := len(queryset) - sent:
            words = ngettext(
                "%(number)d invitation was left out: answered already, or its e-mail is on its "
                "way.",
                "%(number)d invitations were left out: answered already, or their e-mail is on "
                "its way.",
                left,
            )
            messages.warning(request, words % {"number": left})

    # Sending to all

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("send/", view(self.send_all), name="surveys_invitation_send"),
            path("remind/", view(self.remind_all), name="surveys_invitation_remind"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = {}
        if self.has_change_permission(request):
            context["unsent"] = inviting.unsent().count()
            context["due"] = len(inviting.reminders_due(timezone.now()))
        return super().changelist_view(request, context | (extra_context or {}))

    def send_all(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Every invitation that was not sent, after a look at how many they are."""
        self._refuse_others(request)
        if request.method == "POST":
            return _sending(request, list(inviting.unsent().values_list("pk", flat=True)))
        unsent = inviting.languages_of(inviting.unsent())
        return _confirmation(request, _("Send the invitations that were not sent"), unsent)

    def remind_all(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Everybody who is due, after a look at how many they are."""
        self._refuse_others(request)
        moment = timezone.now()
        due = inviting.reminders_due(moment)
        if request.method == "POST":
            return _streamed(request, _("Reminding"), len(due), inviting.reminding(moment))
        title = _("Remind those who have not started or not sent")
        return _confirmation(request, title, inviting.languages_of(due))

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied


def _sending(request: HttpRequest, ids: list[int]) -> StreamingHttpResponse:
    steps = inviting.sending(ids, timezone.now())
    return _streamed(request, _("Sending invitations"), len(ids), steps)


def _streamed(
    request: HttpRequest, title: str, total: int, steps: Iterator[int]
) -> StreamingHttpResponse:
    """Letters are put into the outbox while the page shows how many."""
    done = [0]

    def counted() -> Iterator[int]:
        for number in steps:
            done.append(done[-1] + number)
            yield done[-1]

    def ended(failure: Exception | None) -> Ending:
        links = [(reverse("admin:surveys_invitation_changelist"), _("All invitations"))]
        if isinstance(failure, inviting.NobodyIsAsked):
            return _nobody_is_asked(), links
        if failure:
            stopped = _("It stopped. What was written is kept; start it again for the others.")
            return f"{_written(done[-1])} {stopped}", links
        return _written(done[-1]), links

    return progress_page(request, title, total, counted(), ended)


def _written(number: int) -> str:
    words = ngettext(
        "%(number)d e-mail was written. It leaves within minutes.",
        "%(number)d e-mails were written. They leave within minutes.",
        number,
    )
    return words % {"number": number}


def _nobody_is_asked() -> str:
    return _("There is no consultation that organisations can answer now. Nothing was written.")


def _confirmation(request: HttpRequest, title: str, numbers: Counter[str]) -> HttpResponse:
    languages = dict(settings.LANGUAGES)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "number": numbers.total(),
        "languages": [(languages[code], numbers[code]) for code in languages if numbers[code]],
    }
    return render(request, "admin/surveys/invitation/confirm.html", context)
