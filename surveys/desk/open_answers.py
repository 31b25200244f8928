"""What is known of open answers without reading them: copies, campaigns and themes."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from surveys.campaigns.answers import open_questions
from surveys.campaigns.counting import counts
from surveys.coding.counting import counted_codings
from surveys.models import Campaign, Code, Coding, CodingFrame, Questionnaire


@dataclass(frozen=True)
class Theme:
    """A code in the active language, and of how many answers it was applied to."""

    label: str
    n: int


@dataclass(frozen=True)
class OpenAnswers:
    """Exact numbers of one open question, or of the words beside a closed one."""

    name: str
    label: str
    raw: int
    distinct: int
    campaign: int
    """How many of them belong to campaigns."""
    campaigns: int
    """How many campaigns there are."""
    coded: int
    themes: tuple[Theme, ...]


def open_answers(questionnaire: Questionnaire) -> Iterator[OpenAnswers]:
    """Of every question that asks for words, in codebook order."""
    frames = {frame.question: frame for frame in questionnaire.coding_frames.all()}
    for question in open_questions(questionnaire):
        counted = counts(questionnaire, question.name)
        frame = frames.get(question.name)
        yield OpenAnswers(
            question.name,
            question.label,
            counted.raw,
            counted.distinct,
            counted.campaign,
            Campaign.objects.filter(
                questionnaire=questionnaire,
                question=question.name,
                state=Campaign.State.CAMPAIGN,
            ).count(),
            coded=counted_codings(frame).count() if frame else 0,
            themes=tuple(themes(frame)) if frame else (),
        )


def themes(frame: CodingFrame) -> list[Theme]:
    """Every code that counts, the most frequent first."""
    links = Coding.codes.through.objects.filter(coding__in=counted_codings(frame).values("pk"))
    applied = dict(links.values_list("code").annotate(n=Count("id")))
    codes = Code.objects.in_bulk(applied)
    found = [Theme(str(codes[pk].label), number) for pk, number in applied.items()]
    return sorted(found, key=lambda theme: (-theme.n, theme.label))
