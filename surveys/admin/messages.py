from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from surveys.admin.audited import AuditedAdmin
from surveys.models import Message
from surveys.outbox import KINDS
from surveys.postman import it_left, send_again, unclear

TONES = {"sent": "good", "bounced": "bad", "failed": "bad", "handing_over": "warning"}


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(AuditedAdmin):
    """What left, what waits, and what somebody has to look into."""

    list_display = ["to", "shown_kind", "shown_state", "created_at", "sent_at", "error"]
    list_filter = ["state", KindFilter, "language"]
    search_fields = ["to"]
    actions = ["try_again", "say_it_left"]
    readonly_fields = [
        *("to", "shown_kind", "language", "subject", "shown_text", "shown_state", "attempts"),
        *("created_at", "next_try_at", "handed_over_at", "sent_at", "error", "message_id"),
    ]
    fields = [*readonly_fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """The actions of the list need it; a single e-mail is only read."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("kind"), ordering="kind")
    def shown_kind(self, message: Message) -> str:
        return str(KINDS.get(message.kind, message.kind))

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, message: Message) -> str:
        tone = TONES.get(message.state, "")
        return format_html('<span class="tag {}">{}</span>', tone, message.get_state_display())

    @admin.display(description=_("text"))
    def shown_text(self, message: Message) -> str:
        """Not that of a one-time code, which opens somebody else's account."""
        return str(
            _("A one-time code is shown to nobody.") if message.kind == "code" else message.text
        )

    @admin.display(description=_("number in the mail server’s log"))
    def message_id(self, message: Message) -> str:
        return message.message_id

    @admin.action(description=_("Send again"), permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = send_again(queryset.order_by(), timezone.now())
        told = ngettext("%(count)s e-mail waits again.", "%(count)s e-mails wait again.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("It has left: mark as sent"), permissions=["change"])
    def say_it_left(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = it_left(queryset.order_by(), timezone.now())
        told = ngettext(
            "%(count)s e-mail is marked as sent.", "%(count)s e-mails are marked as sent.", count
        )
        self.message_user(request, told % {"count": count}, messages.SUCCESS)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        stuck = unclear(timezone.now()).count()
        if stuck and request.method == "GET":
            told = ngettext(
                "%(count)s e-mail was cut short while it was handed over: it may have left or not. "
                "Look for its number in the mail server’s log, then mark it or send it again.",
                "%(count)s e-mails were cut short while they were handed over: they may have left "
                "or not. Look for their numbers in the mail server’s log, then mark them or send "
                "them again.",
                stuck,
            )
            self.message_user(request, told % {"count": stuck}, messages.WARNING)
        return super().changelist_view(request, extra_context)
