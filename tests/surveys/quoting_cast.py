"""Answers that were read, and quotations of them, for tests."""

from django.utils import timezone

from surveys.models import Decision, Organisation, Quotation, Response
from surveys.quoting import quotable
from surveys.translated import Text
from surveys.verbatims import digest_of
from tests.surveys.results_cast import answer

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


def told_by_many(consultation):
    """Answers enough to be shown, some that are too few, and words that were published."""
    citizens = consultation.questionnaires.get(slug="citizens")
    stakeholders = consultation.questionnaires.get(slug="stakeholders")
    for place in ("timis", "borski", "mehedinti"):
        answer(citizens, 25, place=place, C1="both", C2=["health", "jobs"], age="3549")
    answer(citizens, 3, place="timis", C1="clear_opp", C2=["nature"])
    answer(stakeholders, 20, place="timis", S1="both", S2=["health"], S3={"info": "4"}, S4={})
    answer(stakeholders, 12, place="timis", S3={"info": "1", "apply": "3"}, S6=["small", "p2p"])
    response = answered(consultation)
    decided(response)
    quoted(consultation, response, en="The nearest hospital is across the Danube.")
