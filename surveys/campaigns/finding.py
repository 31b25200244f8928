"""Looking for groups of near-identical answers, and writing down what was found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db import connection, transaction
from django.db.models import F, QuerySet

from surveys.campaigns.answers import answers_with_words
from surveys.campaigns.likeness import Grouping
from surveys.models import Campaign, CampaignSearch, CampaignText, Questionnaire

BATCH = 2000
LOCK = 0x0CA3
"""The first half of the number of our advisory locks; the second is that of the question."""


@dataclass(frozen=True)
class Found:
    """How far it is, and at the end how much was found."""

    read: int = 0
    groups: int = 0
    new: int = 0
    texts: int = 0


@dataclass(frozen=True)
class _Place:
    """Where an answer is: in which group, how alike, and whether it was taken out."""

    campaign: int
    likeness: int
    taken_out: bool = False


def find_campaigns(questionnaire: Questionnaire, question: str, moment: datetime) -> Found:
    """Group all counted answers to a question anew, keeping what staff said of a group.

    A group keeps its identity, label and note while any of its texts is in it. New copies join;
    what was changed, withdrawn or is no longer alike leaves. A group that nobody labelled is gone
    when fewer than two are left of it. The same answers again change nothing.
    """
    *_steps, found = finding(questionnaire, question, moment)
    return found


def finding(questionnaire: Questionnaire, question: str, moment: datetime) -> Iterator[Found]:
    """The same bit by bit: all or nothing, and of two at once the second waits for the first."""
    with transaction.atomic():
        _wait_for_others(questionnaire, question)
        found, grouping = Found(), Grouping()
        responses: list[UUID] = []
        answers = answers_with_words(questionnaire, question).order_by("sent_at", "pk")
        rows: Iterator[Any] = answers.values_list("pk", F("words")).iterator(chunk_size=BATCH)
        while batch := list(islice(rows, BATCH)):
            grouping.add(words for _response, words in batch)
            responses += [response for response, _words in batch]
            found = Found(read=len(responses))
            yield found
        groups = [
            {responses[member.position]: member.likeness for member in group}
            for group in grouping.groups()
        ]
        new = _Writer(questionnaire, question, moment).write(groups)
        CampaignSearch.objects.update_or_create(
            questionnaire=questionnaire, question=question, defaults={"at": moment}
        )
        yield replace(found, groups=len(groups), new=new, texts=sum(map(len, groups)))


def _wait_for_others(questionnaire: Questionnaire, question: str) -> None:
    number = crc32(f"{questionnaire.pk} {question}".encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, number])


class _Writer:
    """Knows the groups there are, and brings them to what they are to be."""

    def __init__(self, questionnaire: Questionnaire, question: str, moment: datetime) -> None:
        self.about = {"questionnaire": questionnaire, "question": question}
        self.moment = moment
        self.campaigns = {
            campaign.pk: campaign
            for campaign in Campaign.objects.filter(**self.about).select_for_update()
        }
        rows: QuerySet[CampaignText, Any] = CampaignText.objects.filter(**self.about)
        rows = rows.values_list("response", "campaign", "likeness", "taken_out")
        self.before = {
            response: _Place(campaign, likeness, taken_out)
            for response, campaign, likeness, taken_out in rows.iterator()
        }

    def write(self, groups: list[dict[UUID, int]]) -> int:
        """How many groups are new."""
        known = self._known(groups)
        fresh = [number for number in range(len(groups)) if number not in known]
        made = Campaign.objects.bulk_create(
            Campaign(**self.about, found_at=self.moment) for _number in fresh
        )
        known |= {number: campaign.pk for number, campaign in zip(fresh, made, strict=True)}
        after = {
            response: self._place(response, known[number], likeness)
            for number, group in enumerate(groups)
            for response, likeness in group.items()
        }
        self._write_texts(after)
        Campaign.objects.filter(**self.about, state=Campaign.State.FOUND, texts=None).delete()
        return len(fresh)

    def _known(self, groups: list[dict[UUID, int]]) -> dict[int, int]:
        """Groups that are there: labelled ones first, then those with the most in common."""
        common = Counter(
            (number, self.before[response].campaign)
            for number, group in enumerate(groups)
            for response in group
            if response in self.before
        )
        known: dict[int, int] = {}
        for (number, campaign), _count in sorted(common.items(), key=self._rank):
            if number not in known and campaign not in known.values():
                known[number] = campaign
        return known

    def _rank(self, common: tuple[tuple[int, int], int]) -> tuple[bool, int, int, int]:
        (number, campaign), count = common
        is_new = self.campaigns[campaign].state == Campaign.State.FOUND
        return is_new, -count, campaign, number

    def _place(self, response: UUID, campaign: int, likeness: int) -> _Place:
        before = self.before.get(response)
        was_out = bool(before and before.campaign == campaign and before.taken_out)
        return _Place(campaign, likeness, was_out)

    def _write_texts(self, after: dict[UUID, _Place]) -> None:
        gone = [response for response in self.before if response not in after]
        for start in range(0, len(gone), BATCH):
            some = gone[start : start + BATCH]
            CampaignText.objects.filter(**self.about, response__in=some).delete()
        changed = [
            CampaignText(
                **self.about,
                response_id=response,
                campaign_id=place.campaign,
                likeness=place.likeness,
                taken_out=place.taken_out,
            )
            for response, place in after.items()
            if self.before.get(response) != place
        ]
        CampaignText.objects.bulk_create(
            changed,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["response", "question"],
            update_fields=["campaign", "likeness", "taken_out"],
        )
