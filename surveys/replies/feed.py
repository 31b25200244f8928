"""The changes of replies as an Atom feed, in each language."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.current import current_consultation
from surveys.letters import address
from surveys.models import Consultation, ReplyChange
from surveys.replying import since_published

NEWEST = 50
Kind = ReplyChange.Kind


class RepliesFeed(Feed):
    """What was published, what it was changed into, and that something was taken back."""

    feed_type = Atom1Feed

    @property
    def language(self) -> str:  # type: ignore[override]
        return settings.LANGUAGE_TAGS[get_language() or settings.LANGUAGE_CODE]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Consultation:
        return current_consultation()

    def title(self, consultation: Consultation) -> str:
        return f"{_('You said, we did')} – {consultation.short_title}"

    def subtitle(self, consultation: Consultation) -> str:
        return str(consultation.programme.name)

    def author_name(self, consultation: Consultation) -> str:
        return str(consultation.programme.name)

    def link(self, consultation: Consultation) -> str:
        return address("replies")

    def feed_url(self, consultation: Consultation) -> str:
        return address("replies_feed")

    def feed_guid(self, consultation: Consultation) -> str:
        return address("replies_feed")

    def items(self, consultation: Consultation) -> list[ReplyChange]:
        return readable(consultation)[:NEWEST]

    def item_title(self, item: ReplyChange) -> str:
        if item.kind == Kind.TAKEN_BACK:
            return _("%(theme)s: taken back") % {"theme": item.heading}
        return f"{item.heading}: {item.get_status_display()}"

    def item_description(self, item: ReplyChange) -> str:
        if item.kind == Kind.TAKEN_BACK:
            return _("This reply is not published any more.")
        reason = [str(item.why_not_now)] if item.why_not_now else []
        return "\n\n".join([str(item.said), str(item.did), *reason])

    def item_link(self, item: ReplyChange) -> str:
        return f"{address('replies')}#reply-{item.reply_id}"

    def item_guid(self, item: ReplyChange) -> str:
        return f"{address('replies')}#reply-{item.reply_id}-{item.pk}"

    def item_pubdate(self, item: ReplyChange) -> datetime:
        return item.made_at

    def item_updateddate(self, item: ReplyChange) -> datetime:
        return item.made_at


def readable(consultation: Consultation) -> list[ReplyChange]:
    """Changes anybody may read, the latest first: nothing from before a reply was taken back."""
    changes = ReplyChange.objects.filter(reply__consultation=consultation)
    by_reply = groupby(changes.order_by("reply_id", "-pk"), lambda change: change.reply_id)
    found = [change for _reply, of_one in by_reply for change in _of_one(list(of_one))]
    return sorted(found, key=lambda change: -change.pk)


def _of_one(changes: list[ReplyChange]) -> Iterator[ReplyChange]:
    """That it was taken back is told as long as it is what happened last."""
    if changes[0].kind == Kind.TAKEN_BACK:
        yield changes[0]
    yield from since_published(changes)
