"""Working translations: what an answer says, by staff for staff."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from surveys import audit
from surveys.coding.codings import words_of
from surveys.models import AuditEntry, CodingFrame, Response, User, WorkingTranslation


def keep_translation(frame: CodingFrame, response: Response, text: str, by: User) -> None:
    """Into the language of the page; an empty one takes away what was there.

    Raises Gone where there are no words to translate any more.
    """
    language = get_language() or settings.LANGUAGE_CODE
    of: dict[str, Any] = {"response": response, "question": frame.question, "language": language}
    with transaction.atomic():
        words_of(frame, Response.objects.select_for_update(no_key=True).get(pk=response.pk))
        if text.strip():
            WorkingTranslation.objects.update_or_create(
                **of, defaults={"text": text, "made_by": by, "made_at": timezone.now()}
            )
        else:
            WorkingTranslation.objects.filter(**of).delete()
        audit.record(
            by,
            AuditEntry.Action.CHANGED,
            frame,
            model="workingtranslation",
            response=str(response.pk),
            language=language,
        )
