"""Near-identical answers: finding them, keeping what staff said of them, counting with and without.

The pages are in test_campaign_pages.py.
"""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from surveys.campaigns.answers import open_questions
from surveys.campaigns.counting import Counts, counts
from surveys.campaigns.finding import Found, find_campaigns, finding
from surveys.models import Campaign, CampaignText, Organisation, Response

BRIDGE = "Молимо да мост код Кладова остане отворен и ноћу, јер многи раде на другој обали Дунава."
COPIES = (
    BRIDGE,
    "Molimo da most kod Kladova ostane otvoren i noću, jer mnogi rade na drugoj obali Dunava.",
    f"Поштовани,\n{BRIDGE}\nС поштовањем, Мира",
)
FERRY = "O a doua oră de bac pe zi ar ajuta fermierii din sat să vândă legume în piața de dincolo."


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def answer(citizens):
    """Send a response to the citizens' questionnaire; each a minute after the one before."""

    def send(words, *, question="C5", questionnaire=citizens, **values):
        moment = questionnaire.consultation.now + timedelta(minutes=Response.objects.count())
        return Response.objects.create(
            questionnaire=questionnaire,
            version=questionnaire.current_version(),
            answers={"place": "timis", question: words},
            **{"state": "sent", "language": "sr", "started_at": moment, "sent_at": moment} | values,
        )

    return send


@pytest.fixture
def find(citizens):
    return lambda: find_campaigns(citizens, "C5", citizens.consultation.now)


def groups():
    """The responses of each group, in the order they were sent."""
    return [
        [text.response for text in campaign.texts.order_by("response__sent_at")]
        for campaign in Campaign.objects.order_by("pk")
    ]


def rows():
    columns = ("campaign", "response", "likeness", "taken_out")
    return list(CampaignText.objects.order_by("pk").values_list("pk", *columns))


def relabel(**values):
    Campaign.objects.update(**values)
    return Campaign.objects.get()


# Finding


def test_copies_are_found_across_scripts_and_greetings(answer, find):
    copies = [answer(words) for words in COPIES]
    answer(FERRY)

    found = find()

    assert groups() == [copies]
    assert found == Found(read=4, groups=1, new=1, texts=3)
    assert [text.likeness for text in CampaignText.objects.all()] == [100, 100, 100]
    assert Campaign.objects.get().state == "found"


def test_looking_again_changes_nothing(answer, find):
    for words in (*COPIES, FERRY, FERRY + " Mulțumim."):
        answer(words)
    find()
    before = rows()

    assert find() == Found(read=5, groups=2, new=0, texts=5)
    assert rows() == before


def test_a_labelled_group_keeps_its_label_and_takes_in_new_copies(answer, find):
    first, second = answer(BRIDGE), answer(COPIES[1])
    find()
    labelled = relabel(state="campaign", label="The bridge at night", note="From a leaflet")

    third = answer(COPIES[2])
    assert find().new == 0

    assert groups() == [[first, second, third]]
    assert Campaign.objects.values().get() == Campaign.objects.values().get(pk=labelled.pk)
    assert Campaign.objects.get().label == "The bridge at night"


def test_what_was_changed_or_withdrawn_leaves_its_group(answer, find):
    copies = [answer(BRIDGE) for _copy in range(4)]
    find()
    campaign = Campaign.objects.get()

    Response.objects.filter(pk=copies[0].pk).update(answers={"place": "timis", "C5": FERRY})
    Response.objects.filter(pk=copies[1].pk).update(answers={}, state="withdrawn")
    find()

    assert groups() == [copies[2:]]
    assert Campaign.objects.get() == campaign


def test_a_group_of_one_is_gone_unless_it_was_labelled(answer, find):
    copies = [answer(words) for words in (BRIDGE, BRIDGE, FERRY, FERRY)]
    find()
    Campaign.objects.filter(texts__response=copies[0]).update(state="campaign", label="Bridge")

    Response.objects.filter(pk__in=[copies[0].pk, copies[2].pk]).update(
        answers={}, state="withdrawn"
    )
    find()

    assert [campaign.label for campaign in Campaign.objects.all()] == ["Bridge"]
    assert not CampaignText.objects.exists()


def test_of_two_groups_that_become_one_the_labelled_one_stays(answer, find):
    small = [answer(f"{BRIDGE} {FERRY}") for _copy in range(2)]
    large = [answer("Треба нам ноћни аутобус од Вршца до Темишвара сваког дана.") for _c in "123"]
    find()
    Campaign.objects.filter(texts__response=small[0]).update(state="campaign", label="Small")
    Response.objects.filter(pk__in=[each.pk for each in large]).update(
        answers={"place": "timis", "C5": f"{BRIDGE} {FERRY}"}
    )

    find()

    assert groups() == [small + large]
    assert Campaign.objects.get().label == "Small"


def test_what_was_taken_out_stays_out(answer, find):
    copies = [answer(words) for words in COPIES]
    find()
    CampaignText.objects.filter(response=copies[1]).update(taken_out=True)

    answer(BRIDGE)
    find()

    assert CampaignText.objects.get(taken_out=True).response == copies[1]
    assert Campaign.objects.get().texts.filter(taken_out=False).count() == 3


def test_only_what_counts_is_read(answer, find, listens):
    waiting = Organisation.objects.create(name="Podul", standing="waiting")
    answer(BRIDGE)
    answer(BRIDGE, state="draft", sent_at=None)
    answer(BRIDGE, is_rehearsal=True)
    answer(BRIDGE, organisation=waiting)
    answer(BRIDGE, question="C3_comment")
    answer("")

    assert find() == Found(read=1)
    assert not Campaign.objects.exists()


def test_other_questions_keep_their_groups(answer, find, citizens):
    for question in ("C5", "C5", "C2_comment", "C2_comment"):
        answer(BRIDGE, question=question)
    find_campaigns(citizens, "C2_comment", citizens.consultation.now)
    find()
    find()

    assert sorted(Campaign.objects.values_list("question", flat=True)) == ["C2_comment", "C5"]


def test_it_is_all_or_nothing(answer, citizens):
    for words in COPIES:
        answer(words)
    steps = finding(citizens, "C5", citizens.consultation.now)
    next(steps)

    steps.close()

    assert not Campaign.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_find_one_group(answer, citizens):
    for words in COPIES:
        answer(words)
    began, failures = threading.Barrier(2), []

    def look():
        try:
            began.wait()
            find_campaigns(citizens, "C5", citizens.consultation.now)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _thread in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert [len(group) for group in groups()] == [3]


def test_the_command_looks_at_every_open_question(answer):
    for question in ("C5", "C5", "C3_comment"):
        answer(BRIDGE, question=question)
    told = StringIO()

    call_command("find_campaigns", stdout=told)

    assert "citizens C5: answers 2, groups 1, new 1, answers in groups 2" in told.getvalue()
    assert "stakeholders S10: answers 0, groups 0" in told.getvalue()


def test_the_command_refuses_a_question_that_is_not_there(listens):
    with pytest.raises(CommandError, match="no such open question"):
        call_command("find_campaigns", question="C99")


def test_open_questions_are_those_for_words(citizens):
    names = [question.name for question in open_questions(citizens)]

    assert "C5" in names
    assert "organisation" not in names
    assert "C1" not in names


# Counting


def test_nothing_is_left_out_of_the_raw_count(answer, find, citizens):
    for words in (*COPIES, FERRY, FERRY, "Ништа немам да додам."):
        answer(words)
    assert counts(citizens, "C5") == Counts(raw=6, distinct=6, campaign=0)

    find()
    assert counts(citizens, "C5") == Counts(raw=6, distinct=3, campaign=0)

    Campaign.objects.filter(texts__response__answers__C5=FERRY).update(state="chance")
    Campaign.objects.filter(texts__response__answers__C5=BRIDGE).update(
        state="campaign", label="Bridge"
    )
    assert counts(citizens, "C5") == Counts(raw=6, distinct=4, campaign=3)
    assert Response.objects.sent().count() == 6


def test_what_was_withdrawn_or_taken_out_since_counts_for_no_group(answer, find, citizens):
    copies = [answer(BRIDGE) for _copy in range(4)]
    find()
    Response.objects.filter(pk=copies[0].pk).update(answers={}, state="withdrawn")
    CampaignText.objects.filter(response=copies[1]).update(taken_out=True)

    assert counts(citizens, "C5") == Counts(raw=3, distinct=2, campaign=0)


def test_copies_are_those_of_groups_that_are_not_alike_by_chance(
    answer, find, django_assert_num_queries
):
    copies = [answer(words) for words in COPIES]
    alone = answer("Сасвим друга мисао о школи и о деци која путују сваког дана.")
    by_chance = [answer(FERRY), answer(FERRY)]
    find()
    campaign = Campaign.objects.get(texts__response=copies[0])
    Campaign.objects.filter(texts__response=by_chance[0]).update(state="chance")

    with django_assert_num_queries(1):
        texts = list(
            CampaignText.objects.filter(response__in=[*copies, alone, *by_chance]).copies()
        )

    told = {(text.response_id, text.question, text.campaign_id, text.size) for text in texts}
    assert told == {(copy.pk, "C5", campaign.pk, 3) for copy in copies}


def test_a_text_that_is_left_alone_in_its_group_is_no_copy(answer, find):
    first, _second = answer(BRIDGE), answer(BRIDGE)
    find()
    CampaignText.objects.filter(response=first).update(taken_out=True)

    assert not CampaignText.objects.copies().exists()


# Rules of the database


def violated(name, action):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        action()


def test_rules_of_groups(answer, find):
    first, _second = answer(BRIDGE), answer(BRIDGE)
    find()
    campaign = Campaign.objects.get()
    about = {"questionnaire": first.questionnaire, "question": "C5", "response": first}

    violated("campaign_state_is_known", lambda: Campaign.objects.update(state="?"))
    violated("a_campaign_has_a_label", lambda: Campaign.objects.update(state="campaign"))
    violated(
        "an_answer_is_in_one_group",
        lambda: CampaignText.objects.create(campaign=campaign, likeness=1, **about),
    )
    violated("likeness_is_at_most_a_hundred", lambda: CampaignText.objects.update(likeness=101))
