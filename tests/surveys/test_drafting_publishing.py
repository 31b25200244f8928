"""Publishing, what stands in its way, and what becomes of drafts and rehearsals."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys import publishing
from surveys.answering import checking
from surveys.answering import stakeholders as pages
from surveys.answering.form_key import FormKey
from surveys.codebook import variables
from surveys.drafting.complexity import measure
from surveys.drafting.versions import begin
from surveys.models import (
    Amendment,
    Comment,
    Consultation,
    Item,
    Member,
    Option,
    Organisation,
    Question,
    Response,
    Section,
    User,
    Version,
)
from surveys.moving import fits
from surveys.parts import Part
from surveys.publishing import Fault, NotPublished, faults, publish
from surveys.question_types import KINDS
from surveys.rehearsing import erase_rehearsals, rehearse
from surveys.roles import secretariat
from surveys.translated import Text
from surveys.versions import get_version
from tests.surveys.keys import key_on, new_key
from tests.surveys.signing_in import sign_in_staff

FORM = "/en/citizens/"
TEXTS = {"en": "Words", "ro": "Cuvinte", "sr": "Речи"}
NOTICE = "The questionnaire was corrected since you began."


@pytest.fixture
def ana(db):
    user = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    user.groups.add(secretariat())
    return user


@pytest.fixture
def desk(ana, listens):
    client = Client()
    sign_in_staff(client, ana)
    return client


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def stakeholders(listens):
    return listens.questionnaires.get(slug="stakeholders")


def correct(questionnaire, ana, name, change=None):
    """Publish the next version, with a typo in one question put right."""
    draft = begin(questionnaire, is_empty=False)
    question = Question.objects.get(version=draft, name=name)
    question.text = {language: f"{words} (!)" for language, words in question.text.items()}
    question.save()
    if change:
        change(draft)
    draft.note = "A typo was put right."
    draft.save()
    return publish(draft, by=ana, moment=timezone.now())


def words_of(found):
    return [fault.words for fault in found]


# What stands in the way


def test_publishing_is_refused_with_everything_that_is_wrong(desk, citizens):
    draft = begin(citizens, is_empty=True)
    Section.objects.create(version=draft, position=1, name="empty", title=TEXTS)
    section = Section.objects.create(version=draft, position=2, name="more", title=TEXTS)
    wrong = [("N1", "single", TEXTS), ("N2", "matrix", {"en": "Words"}), ("C5", "single", TEXTS)]
    for position, (name, kind, text) in enumerate(wrong):
        fields = {"version": draft, "section": section, "text": text, "short": TEXTS}
        Question.objects.create(name=name, kind=kind, position=position, **fields)
    comment = Question.objects.get(version=draft, name="N1")
    comment.comment_max_length = 300
    comment.save()
    Question.objects.create(
        version=draft, section=section, name="N1_comment", kind="text", position=9
    )

    r = desk.post(reverse("admin:drafting_publish", args=[draft.pk]))

    expected = [
        "Section “Words” has no question.",
        "N1 has no options.",
        "N2 has no options.",
        "N2 has no rows.",
        "C5 has no options.",
        "N1_comment makes a column that is there already: N1_comment.",
        "Write what changed since the last version.",
        "C5 was published as “Open text”. Give the new question another name.",
        "N2: “text” is missing in Romanian.",
        "N2: “text” is missing in Serbian, Cyrillic script.",
        "N1_comment: “in a few words” is missing in English.",
        "N1_comment: “in a few words” is missing in Romanian.",
        "N1_comment: “in a few words” is missing in Serbian, Cyrillic script.",
        "N1_comment: “text” is missing in English.",
        "N1_comment: “text” is missing in Romanian.",
        "N1_comment: “text” is missing in Serbian, Cyrillic script.",
    ]
    assert r.status_code == 422
    assert words_of(faults(get_version(draft.pk))) == expected
    assert all(words in r.content.decode() for words in expected)
    draft.refresh_from_db()
    assert draft.published_at is None


def test_no_question_takes_the_name_of_a_column_that_every_data_file_has(citizens):
    draft = begin(citizens, is_empty=False)
    Question.objects.filter(version=draft, name="C5").update(name="language")

    assert "language makes a column that is there already: language." in words_of(
        faults(get_version(draft.pk))
    )


def test_a_version_without_questions_is_not_published(citizens, ana):
    with pytest.raises(NotPublished) as refused:
        publish(begin(citizens, is_empty=True), by=ana, moment=timezone.now())

    assert words_of(refused.value.faults)[0] == "It has no question."


def test_a_published_option_stays_and_stands_for_the_same(citizens):
    draft = begin(citizens, is_empty=False)
    draft.note = "x"
    draft.save()
    first, second = Option.objects.filter(question__version=draft, question__name="C1")[:2]
    first.delete()
    Option.objects.filter(pk=second.pk).update(missing="refused")

    assert words_of(faults(get_version(draft.pk))) == [
        f"C1: option {first.code} was published and is missing.",
        f"C1: option {second.code} stood for something else when it was published.",
    ]


def test_another_part_of_the_site_can_add_a_check(citizens, monkeypatch):
    def never(version):
        yield Fault("Never.", version)

    monkeypatch.setattr(publishing, "CHECKS", (*publishing.CHECKS, never))
    draft = begin(citizens, is_empty=False)

    assert words_of(faults(get_version(draft.pk)))[-1] == "Never."


def test_a_version_is_published_once(citizens, ana):
    version = correct(citizens, ana, "C5")

    again = publish(version, by=ana, moment=timezone.now() + timedelta(hours=1))

    assert again.published_at == version.published_at
    assert again.digest == version.digest


def test_publishing_takes_its_own_permission(desk, ana, citizens):
    draft = begin(citizens, is_empty=False)
    ana.groups.clear()
    for name in ("view_version", "change_version"):
        ana.user_permissions.add(Permission.objects.get(codename=name))

    address = reverse("admin:drafting_publish", args=[draft.pk])

    assert desk.get(address).status_code == 200
    assert desk.post(address).status_code == 403


# Drafts move on


def saved(client, **answers):
    data = {"key": new_key(), "place": "timis", "C5": "Трајект!", "save": "yes"} | answers
    return client.post(FORM, data).url.removesuffix("saved/")


def test_a_typo_put_right_reaches_a_draft_and_both_versions_are_one_data_set(client, citizens, ana):
    address = saved(client)
    first = citizens.current_version()
    second = correct(citizens, ana, "C5")

    moved = client.get(address).content.decode()
    response = Response.objects.get()
    assert (response.version, response.moved_from) == (second, first)
    assert NOTICE in moved
    assert "A typo was put right." in moved
    assert "(!)" in moved
    client.post(address, {"key": key_on(client.get(address)), "place": "timis", "C5": "Трајект!"})

    response.refresh_from_db()
    assert (response.state, response.version, response.moved_from) == ("sent", second, None)
    assert response.answers == {"place": "timis", "C5": "Трајект!"}
    found = {variable.name: variable for variable in variables(citizens)}
    assert found["C5"].asked_in is None
    assert "(!)" in found["C5"].label


def test_the_notice_is_there_until_the_draft_is_saved(client, citizens, ana):
    address = saved(client)
    correct(citizens, ana, "C5")

    shown = [NOTICE in client.get(address).content.decode() for _time in range(2)]
    key = key_on(client.get(address))
    client.post(address, {"key": key, "place": "timis", "C5": "Трајект!", "save": "yes"})

    assert shown == [True, True]
    assert NOTICE not in client.get(address).content.decode()


def without_c5(draft, code):
    Question.objects.filter(version=draft, name="C5").delete()


def without_the_option(draft, code):
    Option.objects.filter(question__version=draft, question__name="C1", code=code).delete()


@pytest.mark.parametrize("change", [without_c5, without_the_option])
def test_a_draft_stays_where_the_new_version_does_not_ask_what_it_answers(
    client, citizens, ana, change, monkeypatch
):
    code = Option.objects.filter(question__name="C1").first().code
    address = saved(client, C1=code)
    first = citizens.current_version()
    monkeypatch.setattr(publishing, "CHECKS", ())
    correct(citizens, ana, "C2", lambda draft: change(draft, code))

    page = client.get(address).content.decode()

    assert Response.objects.get().version == first
    assert NOTICE not in page
    assert "Трајект!" in page


def test_a_form_opened_before_the_publication_is_stored_though_the_draft_moved(
    client, citizens, ana
):
    address = saved(client)
    key = key_on(client.get(address))
    first = citizens.current_version()
    second = correct(citizens, ana, "C1", lambda draft: draft.sections.get(name="about").delete())
    client.get(address)
    assert Response.objects.get().version == second

    entered = {"key": key, "place": "timis", "C5": "Трајект!", "save": "yes"}
    code = Option.objects.filter(question__version=first, question__name="age").first().code
    client.post(address, entered | {"age": code})

    response = Response.objects.get()
    assert response.answers == {"place": "timis", "C5": "Трајект!", "age": code}
    assert response.version == first
    client.get(address)
    response.refresh_from_db()
    assert response.version == first


@pytest.mark.parametrize(
    ("name", "value", "is_asked"),
    [
        ("C5", "words", True),
        ("C9", "words", False),
        ("place", "timis", True),
        ("place", "atlantis", False),
        ("C2", ["health", ""], True),
        ("C2", ["health", "gone"], False),
        ("C2", "health", False),
        ("C2_other_text", "words", True),
    ],
)
def test_a_version_fits_what_it_asks(citizens, name, value, is_asked):
    version = get_version(citizens.current_version().pk)

    assert fits(version, {name: value}) == is_asked


def test_ranks_and_matrices_fit_by_their_codes(stakeholders):
    version = get_version(stakeholders.current_version().pk)
    kinds = {question.kind: KINDS[question.kind](question, []) for question in version.questions}
    ranking, matrix = kinds["ranking"], kinds["matrix"]
    option, item = matrix.options[0].code, matrix.question.items.all()[0].code

    assert ranking.knows(["", ranking.options[0].code])
    assert not ranking.knows(["gone"])
    assert matrix.knows({item: option})
    assert matrix.knows({item: None})
    assert not matrix.knows({item: "gone"})
    assert not matrix.knows({"gone": option})


# Organisations


@pytest.fixture
def member(client, listens):
    user = User.objects.create_user("elena", "elena@example.org", first_name="Elena")
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    Member.objects.create(organisation=organisation, user=user, role="send")
    client.force_login(user)
    return client


def border(version):
    """The address of the section that asks S1."""
    section = Question.objects.get(version=version, name="S1").section
    return f"/en/stakeholders/31/section/{section.name}/"


def s1(code_of):
    return Option.objects.filter(question__version=code_of, question__name="S1").first().code


def test_an_organisations_draft_moves_on_and_says_so(member, stakeholders, ana):
    first = stakeholders.current_version()
    address, code = border(first), s1(first)
    member.post(address, {"key": key_on(member.get(address)), "S1": code})
    second = correct(stakeholders, ana, "S1")

    pages = [member.get(url).content.decode() for url in ("/en/stakeholders/31/", address)]
    response = Response.objects.get()
    assert all(NOTICE in page for page in pages)
    assert (response.version, response.moved_from) == (second, first)
    member.post(address, {"key": key_on(member.get(address)), "S1": code})

    response.refresh_from_db()
    assert (response.version, response.moved_from, response.answers) == (second, None, {"S1": code})


def test_an_organisations_form_opened_before_is_stored_whatever_it_asks(member, stakeholders, ana):
    first = stakeholders.current_version()
    address, code = border(first), s1(first)
    member.post(address, {"key": key_on(member.get(address)), "S1": code})
    key = key_on(member.get(address))
    second = correct(stakeholders, ana, "S1")
    member.get(address)

    member.post(address, {"key": key, "S1": code, "S1_comment": "Ђорђе"})

    response = Response.objects.get()
    assert response.answers == {"S1": code, "S1_comment": "Ђорђе"}
    assert response.version == second


def test_a_form_whose_question_is_gone_takes_a_moved_draft_back(member, stakeholders, ana):
    first = stakeholders.current_version()
    address, code = border(first), s1(first)
    place = Question.objects.get(version=first, name="place")
    about = f"/en/stakeholders/31/section/{place.section.name}/"
    member.post(about, {"key": key_on(member.get(about)), "place": "timis"})
    key = key_on(member.get(address))
    gone = Question.objects.filter(version__number=2, version__questionnaire=stakeholders)
    second = correct(stakeholders, ana, "place", lambda draft: gone.get(name="S1").delete())
    member.get(about)
    assert Response.objects.get().version == second

    member.post(address, {"key": key, "S1": code})

    response = Response.objects.get()
    assert response.answers == {"place": "timis", "S1": code}
    assert response.version == first


def test_a_change_of_what_was_sent_moves_on_and_is_sent_as_the_new_version(
    member, stakeholders, ana
):
    first = stakeholders.current_version()
    address, code = border(first), s1(first)
    now = timezone.now()
    sent = Response.objects.create(
        organisation_id=31,
        questionnaire=stakeholders,
        version=first,
        state="sent",
        language="en",
        answers={"S1": code, "place": "timis", "org_type": "ngo"},
        publication="named",
        started_at=now,
        sent_at=now,
    )
    Amendment.objects.create(response=sent, answers=sent.answers, started_at=now)
    second = correct(stakeholders, ana, "S1")

    page = member.get(address)
    assert NOTICE in page.content.decode()
    sent.refresh_from_db()
    assert (sent.version, sent.amendment.version_id) == (first, second.pk)
    member.post(address, {"key": key_on(page), "S1": code, "S1_comment": "Ново"})
    check = "/en/stakeholders/31/check/"
    member.post(
        check, {"key": key_on(member.get(check)), "publication": "named", "authorised": "on"}
    )

    sent.refresh_from_db()
    assert (sent.version, sent.answers["S1_comment"]) == (second, "Ново")
    assert not Amendment.objects.exists()


def test_what_was_checked_before_the_publication_is_checked_again(member, stakeholders, ana):
    first = stakeholders.current_version()
    now = timezone.now()
    Response.objects.create(
        organisation_id=31,
        questionnaire=stakeholders,
        version=first,
        state="draft",
        language="en",
        answers={"S1": s1(first), "place": "timis", "org_type": "ngo"},
        started_at=now,
    )
    check = "/en/stakeholders/31/check/"
    form = {"key": key_on(member.get(check)), "publication": "named", "authorised": "on"}
    correct(stakeholders, ana, "S1")
    member.get("/en/stakeholders/31/")

    again = member.post(check, form)
    member.post(check, form | {"key": key_on(again)})

    assert again.status_code == 409
    assert "The questionnaire was corrected. Check your answers" in again.content.decode()
    assert Response.objects.get().state == "sent"


def ask_something_else(draft):
    """N9 in place of S2, in the section of S1."""
    gone = Question.objects.get(version=draft, name="S2")
    added = {"name": "N9", "kind": "text", "position": 90, "text": TEXTS, "short": TEXTS}
    Question.objects.create(version=draft, section=gone.section, **added)
    gone.delete()


@pytest.fixture
def colleague_first(member, monkeypatch):
    """Let a colleague answer the first section after mine was read, and before it is stored."""
    visitor, save = Client(), pages.save_section
    visitor.force_login(Member.objects.get().user)

    def colleague_first(address, **entered):
        def save_after_the_colleague(*args, **kwargs):
            monkeypatch.setattr(pages, "save_section", save)
            visitor.post(address, {"key": key_on(visitor.get(address))} | entered)
            return save(*args, **kwargs)

        monkeypatch.setattr(pages, "save_section", save_after_the_colleague)

    return colleague_first


@pytest.fixture
def mine(member, stakeholders, ana):
    """What I have open of the first version, when the second is published; a draft is stored."""
    about = "/en/stakeholders/31/section/organisation/"
    member.post(about, {"key": key_on(member.get(about)), "org_type": "ngo"})
    key = key_on(member.get(border(stakeholders.current_version())))
    correct(stakeholders, ana, "S1", ask_something_else)
    return {"key": key}


def test_a_form_is_stored_as_the_version_that_a_colleague_has_just_moved_to(
    member, stakeholders, mine, colleague_first
):
    address = border(stakeholders.current_version())
    colleague_first("/en/stakeholders/31/section/organisation/", org_type="ngo", place="timis")

    member.post(address, mine | {"S1_comment": "Ђорђе"})

    response = Response.objects.get()
    assert response.answers == {"org_type": "ngo", "place": "timis", "S1_comment": "Ђорђе"}
    assert response.version == stakeholders.current_version()


def test_words_that_fit_no_version_with_a_colleagues_are_shown_and_the_draft_stays(
    member, stakeholders, mine, colleague_first
):
    address = border(stakeholders.current_version())
    colleague_first(address, N9="Најпре мост")

    told = member.post(address, mine | {"S1_comment": "Ђорђе", "S2_1": "health"})

    response = Response.objects.get()
    assert told.status_code == 409
    assert "The questionnaire has changed since you opened this page." in told.content.decode()
    assert "Ђорђе" in told.content.decode()
    assert (response.answers, response.unfinished) == ({"org_type": "ngo", "N9": "Најпре мост"}, {})
    assert response.version == stakeholders.current_version()


def test_another_language_shows_the_words_of_a_form_whose_draft_has_gone_on(
    member, stakeholders, mine
):
    address = border(stakeholders.current_version())
    member.post(address, {"key": key_on(member.get(address)), "N9": "Најпре мост"})

    entered = {"S1_comment": "Ђорђе", "S2_1": "health"}
    shown = member.post(address.replace("/en/", "/ro/"), mine | entered | {"switch": "ro"})

    assert shown.status_code == 200
    assert FormKey.read(key_on(shown)) == FormKey.read(mine["key"])
    assert "Ђорђе" in shown.content.decode()


@pytest.mark.parametrize("entered", [{}, {"S2_1": "health"}])
def test_a_question_that_only_the_opened_version_asks_can_be_commented_on(
    member, stakeholders, mine, entered
):
    address = border(stakeholders.current_version())
    asked = Question.objects.get(version__number=1, name="S2")

    r = member.post(address, mine | entered | {"comment": "S2"})
    page = member.get(r.url)
    member.post(r.url, {"text": "Е ли ово тачно?"})

    assert r.url == "/en/stakeholders/31/comments/S2/"
    assert page.status_code == 200
    assert str(asked.text) in page.content.decode()
    assert Comment.objects.get().question == "S2"
    assert "Е ли ово тачно?" in member.get(r.url).content.decode()


def ask_for_more(draft):
    Question.objects.filter(version=draft, name="S3").update(required=True)


@pytest.mark.parametrize("is_change", [False, True])
def test_a_version_that_a_colleague_has_just_moved_to_is_not_sent_unseen(
    member, stakeholders, ana, monkeypatch, is_change
):
    first = stakeholders.current_version()
    now = timezone.now()
    stored = Response.objects.create(
        organisation_id=31,
        questionnaire=stakeholders,
        version=first,
        state="sent" if is_change else "draft",
        language="en",
        answers={"S1": s1(first), "place": "timis", "org_type": "ngo"},
        publication="named" if is_change else "",
        started_at=now,
        sent_at=now if is_change else None,
    )
    if is_change:
        Amendment.objects.create(response=stored, answers=stored.answers, started_at=now)
    check = "/en/stakeholders/31/check/"
    form = {"key": key_on(member.get(check)), "publication": "anonymous", "authorised": "on"}
    second = correct(stakeholders, ana, "S1", ask_for_more)
    colleague, send = Client(), checking.send_draft
    colleague.force_login(Member.objects.get().user)

    def send_after_a_colleague_has_looked(*args, **kwargs):
        colleague.get("/en/stakeholders/31/")
        return send(*args, **kwargs)

    monkeypatch.setattr(checking, "send_draft", send_after_a_colleague_has_looked)
    again = member.post(check, form)
    unanswered = member.post(check, form | {"key": key_on(again)})

    stored = Response.objects.select_related("amendment").get()
    assert again.status_code == 409
    assert "The questionnaire was corrected. Check your answers" in again.content.decode()
    assert NOTICE in again.content.decode()
    assert unanswered.status_code == 422
    assert (stored.state, stored.version) == (("sent", first) if is_change else ("draft", second))
    assert (stored.amendment if is_change else stored).version == second


def test_only_a_draft_has_moved(citizens):
    version = citizens.current_version()
    now = timezone.now()
    moved = {"questionnaire": citizens, "version": version, "moved_from": version}

    with (
        pytest.raises(IntegrityError, match="only_a_draft_has_moved"),
        transaction.atomic(),
    ):
        Response.objects.create(**moved, state="sent", language="en", started_at=now, sent_at=now)


# Rehearsals


@pytest.fixture
def upcoming(listens):
    listens.opens_at = timezone.now() + timedelta(days=1)
    listens.closes_at = timezone.now() + timedelta(days=30)
    listens.save()
    return listens


def open_now(consultation):
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=timezone.now() - timedelta(seconds=1)
    )


def test_a_draft_version_is_rehearsed_and_counted_apart(desk, upcoming, citizens):
    draft = begin(citizens, is_empty=False)
    address = reverse("admin:drafting_rehearsal", args=[draft.pk])

    page = desk.get(address).content.decode()
    r = desk.post(address, {"place": "timis", "C5": "проба"})

    rehearsed = Response.objects.get()
    assert "What you send here is never counted" in page
    assert (r.status_code, rehearsed.is_rehearsal) == (302, True)
    assert (rehearsed.version, rehearsed.answers) == (draft, {"place": "timis", "C5": "проба"})
    assert Response.objects.sent().count() == 0
    listed = desk.get(reverse("admin:drafting_questionnaire", args=[citizens.pk]))
    counted = {version.number: version.rehearsals for version in listed.context["versions"]}
    assert counted == {2: 1, 1: 0}
    assert "Rehearse version 2" in listed.content.decode()
    responses = desk.get(reverse("admin:surveys_response_changelist")).content.decode()
    assert rehearsed.reference not in responses


def test_a_rehearsal_shows_what_is_wrong_and_changes_its_language(desk, upcoming, citizens):
    address = reverse("admin:drafting_rehearsal", args=[citizens.current_version().pk])

    wrong = desk.post(address, {"C5": "проба"})
    switched = desk.post(address.replace("/en/", "/ro/"), {"C5": "проба", "switch": "ro"})

    assert (wrong.status_code, switched.status_code) == (422, 200)
    assert "проба" in switched.content.decode()
    assert Response.objects.count() == 0


def test_rehearsals_end_with_the_opening(desk, listens, citizens):
    address = reverse("admin:drafting_rehearsal", args=[citizens.current_version().pk])

    r = desk.post(address, {"place": "timis"}, follow=True)

    assert "Rehearsals end with the opening" in r.content.decode()
    assert Response.objects.count() == 0


def rehearsal(questionnaire):
    version = get_version(questionnaire.current_version().pk)
    part = Part(frozenset({"place"}), {"place": "timis"}, {})
    return rehearse(version, part=part, language="en", moment=version.consultation.now)


def test_the_first_response_of_an_open_consultation_finds_no_rehearsal(client, upcoming, citizens):
    assert rehearsal(citizens).is_rehearsal
    open_now(upcoming)

    client.post(FORM, {"key": new_key(), "place": "timis"})

    assert list(Response.objects.values_list("is_rehearsal", flat=True)) == [False]
    assert rehearsal(citizens) is None


def test_the_daily_command_erases_rehearsals_of_what_is_open_alone(upcoming, citizens):
    rehearsal(citizens)

    call_command("erase_expired")
    before = Response.objects.count()
    open_now(upcoming)
    call_command("erase_expired")

    assert (before, Response.objects.count()) == (1, 0)


def test_staff_erase_rehearsals_at_once(desk, upcoming, citizens):
    rehearsal(citizens)
    version = citizens.current_version()

    r = desk.post(reverse("admin:drafting_rehearsals_erase", args=[version.pk]), follow=True)

    assert "1 rehearsal deleted." in r.content.decode()
    assert Response.objects.count() == 0


def test_erasing_rehearsals_takes_no_response(client, listens, citizens):
    client.post(FORM, {"key": new_key(), "place": "timis"})

    assert erase_rehearsals(listens, timezone.now()) == 0
    assert Response.objects.count() == 1


def test_a_draft_that_was_rehearsed_can_be_deleted(desk, upcoming, citizens):
    draft = begin(citizens, is_empty=False)
    desk.post(reverse("admin:drafting_rehearsal", args=[draft.pk]), {"place": "timis"})

    desk.post(reverse("admin:drafting_version_delete", args=[draft.pk]))

    assert not Version.objects.filter(pk=draft.pk).exists()
    assert Response.objects.count() == 0


# Looking at it


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_a_draft_is_looked_at_in_a_frame_of_the_desk_and_cannot_be_sent(
    desk, listens, slug, language
):
    draft = begin(listens.questionnaires.get(slug=slug), is_empty=False)
    address = reverse("admin:drafting_preview_form", args=[draft.pk])
    address = address.replace("/en/", f"/{language}/")

    r = desk.get(address)
    sent = desk.post(address, {"place": "timis"})

    assert "frame-ancestors 'self'" in r["Content-Security-Policy"]
    assert r["X-Frame-Options"] == "SAMEORIGIN"
    assert str(draft.sections.first().title.in_language(language)) in r.content.decode() or (
        slug == "citizens"
    )
    assert (sent.status_code, Response.objects.count()) == (405, 0)


def test_a_draft_is_printed(desk, citizens):
    draft = begin(citizens, is_empty=False)

    r = desk.get(reverse("admin:drafting_print", args=[draft.pk]))

    assert r.content.startswith(b"%PDF")


# How hard it is


def test_a_question_is_measured_by_its_words_and_rows():
    text = {"en": "How often do you cross the border? Administrative cooperation counts."}
    question = Question(pk=1, name="Q1", kind="text", text=Text(text), short=Text(text))
    question._prefetched_objects_cache = {"options": [], "items": []}
    version, section = Version(pk=1), Section(pk=1)
    section._prefetched_objects_cache = {"questions": [question]}
    version._prefetched_objects_cache = {"sections": [section]}

    total = measure(version, "en")

    (measured,) = total.measures
    assert measured.words_per_sentence == 5
    assert measured.long_words == 0.2
    assert measured.seconds == pytest.approx(10 / 180 * 60 + 75)
    assert (total.open_questions, measured.hints()) == (1, [])


def test_what_is_hard_is_said_in_words(stakeholders):
    version = get_version(stakeholders.current_version().pk)
    matrix = next(question for question in version.questions if question.kind == "matrix")
    assert isinstance(matrix.items.all()[0], Item)

    hints = {each.question.name: each.hints() for each in measure(version, "en").measures}

    assert "Many rows: people tire and tick one column." in hints[matrix.name]
