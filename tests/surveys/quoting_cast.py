"""Answers that were read, and quotations of them, for tests."""

from django.utils import timezone

from surveys.models import Decision, Organisation, Quotation, Response
from surveys.quoting import quotable
from surveys.translated import Text
from surveys.verbatims import digest_of

WORDS = "Cel mai apropiat spital e peste Dunăre, iar Ion Popa nu poate merge acolo."


def answered(listens, words=WORDS, *, slug="citizens", **fields):
    """A response that was sent with these words as its answer to the open question."""
    questionnaire = listens.questionnaires.get(slug=slug)
    now = timezone.now()
    name = "C5" if slug == "citizens" else "S10"
    defaults = {
        "questionnaire": questionnaire,
        "version": questionnaire.current_version(),
        "state": "sent",
        "language": "ro",
        "answers": {name: words, "place": "mehedinti"},
        "started_at": now,
        "sent_at": now,
    }
    return Response.objects.create(**defaults | fields)


def decided(response, verdict="publish", hidden=(), name="C5"):
    """The decision that stands about the words."""
    response.decisions.filter(question=name).update(is_current=False)
    return Decision.objects.create(
        response=response,
        question=name,
        verdict=verdict,
        hidden=[list(span) for span in hidden],
        digest=digest_of(response.answers[name]),
        reason="" if verdict in ("publish", "hide") else "A reason.",
        decided_at=timezone.now(),
    )


def quoted(listens, response, *, name="C5", position=1, **translations):
    """A quotation of what is published of the words now."""
    response = Response.objects.get(pk=response.pk)
    return Quotation.objects.create(
        consultation=listens,
        response=response,
        question=name,
        digest=digest_of(quotable(response, name)),
        position=position,
        language=response.language,
        translations=Text(translations),
    )


def an_organisation(**fields):
    return Organisation.objects.create(name="Asociația Dunărea Verde", **fields)
