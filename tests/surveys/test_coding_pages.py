"""The pages of coding: who may open which, what is told, and that nothing typed is lost."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from surveys.coding.frames import change_frame, merge_code, open_frame, split_code
from surveys.coding.urls import urlpatterns
from surveys.lifecycle import withdraw
from surveys.models import (
    Code,
    Coding,
    CodingFrame,
    Organisation,
    Response,
    SoftLock,
    WorkingTranslation,
)
from surveys.roles import CODER
from surveys.subjects.restricting import restrict
from surveys.translated import Text
from surveys.verbatims import digest_of
from tests.kept_rows import put_once
from tests.surveys.coding_cast import (
    WORDS,
    address,
    answer,
    at_the_desk,
    code_it,
    new_code,
    numbers,
    person,
)

SAID = {"label": Text(en="X"), "definition": "", "include": "", "exclude": "", "example": ""}


@pytest.fixture
def ana(db):
    return person("ana")


@pytest.fixture
def mira(db):
    return person("mira")


@pytest.fixture
def ivo(db):
    """A member of staff who may do nothing but what a frame gives them."""
    return person("ivo", in_secretariat=False)


@pytest.fixture
def frame(listens, ana, ivo):
    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)
    change_frame(frame, 0, [ivo], ana)
    return CodingFrame.objects.get()


@pytest.fixture
def code(frame, ana):
    return new_code(frame, "Waiting", ana, definition="Time at the crossing")


def shown(page):
    return re.sub(r"\s+", " ", page.content.decode())


# Who may open what: Secretariat, a coder of this frame, of another one, other staff, a stranger

CODERS = {"ana": 200, "ivo": 200, "petar": 404, "guest": 404, "stranger": 302}
EDITORS = {"ana": 200, "ivo": 403, "petar": 403, "guest": 403, "stranger": 302}
RULES = {
    "coding_frames": ("get", {**CODERS, "petar": 200}),
    "coding_frame_add": ("post", {**EDITORS, "ana": 302}),
    "coding_frame": ("get", CODERS),
    "coding_frame_edit": ("get", EDITORS),
    "coding_history": ("get", CODERS),
    "coding_export": ("post", EDITORS),
    "code_add": ("get", EDITORS),
    "code_edit": ("get", EDITORS),
    "code_merge": ("get", EDITORS),
    "code_split": ("get", EDITORS),
    "code_recode": ("get", CODERS),
    "coding_recode": ("get", {**CODERS, "ivo": 404}),
    "coding_next": ("get", {**CODERS, "ana": 302, "ivo": 302}),
    "coding_answer": ("get", CODERS),
    "coding_skip": ("post", {**CODERS, "ana": 302, "ivo": 302}),
    "coding_translation": ("post", CODERS),
    "coding_agree": ("get", {**CODERS, "ivo": 404}),
    "coding_differences": ("get", CODERS),
    "coding_agreement": ("get", CODERS),
}


@pytest.fixture
def world(listens):
    """A frame, who is to be let in and who is not, and something behind each address."""
    return put_once(make_world, listens)


def make_world(listens):
    ana, mira = person("ana"), person("mira")
    ivo, petar, guest = (person(name, in_secretariat=False) for name in ("ivo", "petar", "guest"))
    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)
    change_frame(frame, 0, [ivo], ana)
    frame = CodingFrame.objects.get()
    code = new_code(frame, "Waiting", ana, definition="Time at the crossing")
    split = new_code(frame, "Transport", ana)
    recoded = code_it(frame, answer(frame), ana, split)
    split_code(split, [SAID, SAID], ana)
    double = answer(frame)
    change_frame(frame, 100, list(frame.coders.all()), ana)
    code_it(CodingFrame.objects.get(), double, ana, code)
    code_it(CodingFrame.objects.get(), double, mira)
    waiting = answer(frame)
    open_frame(frame.questionnaire, "C3_comment", ana).coders.add(petar)
    people = {each.username: each for each in (ana, ivo, petar, guest)}
    return SimpleNamespace(
        people=people,
        frame=frame,
        code=code,
        split=split,
        recoded=recoded,
        double=double,
        waiting=waiting,
    )


def arguments(world, name):
    """What stands in the address of that name."""
    frame = world.frame
    if name == "coding_frames":
        return []
    if name == "coding_frame_add":
        return [frame.questionnaire_id, "C1_comment"]
    if name.startswith("code_") and name != "code_add":
        return [frame.pk, world.split.number if name == "code_recode" else world.code.number]
    if name == "coding_recode":
        return [frame.pk, world.recoded.pk]
    if name == "coding_agree":
        return [frame.pk, world.double.pk]
    if name in ("coding_answer", "coding_skip", "coding_translation"):
        return [frame.pk, world.waiting.pk]
    return [frame.pk]


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("visitor", ["ana", "ivo", "petar", "guest", "stranger"])
def test_a_visitor_gets_what_the_rule_says(world, visitor, name):
    client = at_the_desk(world.people[visitor]) if visitor in world.people else Client()
    method, statuses = RULES[name]

    page = getattr(client, method)(address(name, *arguments(world, name)))

    assert page.status_code == statuses[visitor]
    if page.status_code != 200:
        assert WORDS not in page.content.decode()


def test_every_address_has_a_rule():
    assert {pattern.name for pattern in urlpatterns} == set(RULES)


def test_who_may_not_see_who_answered_sees_no_organisation_and_no_reference(listens, ana, ivo):
    frame = open_frame(listens.questionnaires.get(slug="stakeholders"), "S10", ana)
    frame.coders.add(ivo)
    organisation = Organisation.objects.create(name="Општина Кладово")
    response = answer(frame, organisation=organisation, reference="AAAA-AAAA")
    url = address("coding_answer", frame.pk, response.pk)

    for user, is_shown in ((ana, True), (ivo, False)):
        page = shown(at_the_desk(user).get(url))
        assert ("Општина Кладово" in page, "AAAA-AAAA" in page) == (is_shown, is_shown)
        assert WORDS in page
        SoftLock.objects.all().delete()


# Coding


def test_save_and_next_back_and_change(frame, code, ana):
    client = at_the_desk(ana)
    first, second = answer(frame), answer(frame, "Мост.")
    url = address("coding_answer", frame.pk, first.pk)

    saved = client.post(url, {"codes": ["1"], "digest": digest_of(WORDS)}, follow=True)

    assert saved.redirect_chain[-1][0] == address("coding_answer", frame.pk, second.pk)
    assert f'href="{url}"' in shown(saved)
    again = shown(client.get(url))
    assert "You have coded this answer before." in again
    assert 'name="codes" value="1" checked' in again
    client.post(url, {"nothing": "on", "digest": digest_of(WORDS)})
    assert numbers(Coding.objects.get()) == []
    assert 'name="nothing" checked' in shown(client.get(url))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"codes": ["1"], "nothing": "on"},
        {"codes": ["99"]},
        {"codes": ["1\x00"]},
        {"codes": ["9" * 400]},
        {"codes": ["1", "-1"]},
    ],
    ids=["empty", "both", "unknown", "nul", "huge", "negative"],
)
def test_what_cannot_be_saved_is_told_and_writes_nothing(frame, code, ana, data):
    response = answer(frame)
    page = at_the_desk(ana).post(
        address("coding_answer", frame.pk, response.pk), {"digest": digest_of(WORDS), **data}
    )

    assert page.status_code == 422
    assert "There is a problem" in shown(page)
    assert "<title>Error:" in shown(page)
    assert Coding.objects.count() == 0


def test_who_comes_second_is_told_by_whom_and_sees_what_they_ticked(frame, code, ana, mira):
    response = answer(frame)
    code_it(frame, response, mira)

    page = at_the_desk(ana).post(
        address("coding_answer", frame.pk, response.pk),
        {"codes": ["1"], "digest": digest_of(WORDS)},
    )

    assert page.status_code == 409
    assert "Mira has coded this answer already." in shown(page)
    assert 'name="codes" value="1" checked' in shown(page)
    assert "Save and next" not in shown(page)
    assert numbers(Coding.objects.get()) == []


def test_words_changed_meanwhile_are_shown_with_what_was_ticked(frame, code, ana):
    response = answer(frame)
    Response.objects.filter(pk=response.pk).update(answers={"C5": "Мост."})

    page = at_the_desk(ana).post(
        address("coding_answer", frame.pk, response.pk),
        {"codes": ["1"], "digest": digest_of(WORDS)},
    )

    assert page.status_code == 409
    assert "Мост." in shown(page)
    assert 'name="codes" value="1" checked' in shown(page)
    assert digest_of("Мост.") in shown(page)


def test_a_coder_sees_nowhere_the_key_that_tells_when_an_answer_came(frame, code, ana):
    mira, response = person("mira", in_secretariat=False), answer(frame)
    mira.groups.add(CODER.group())
    change_frame(frame, 100, [mira], ana)

    page = at_the_desk(mira).get(address("coding_next", frame.pk), follow=True)

    (leads_to, _status), *_more = page.redirect_chain
    assert WORDS in shown(page)
    assert str(response.pk) not in leads_to + shown(page)


def test_withdrawn_meanwhile_leads_to_the_next_one_with_a_word(frame, code, ana):
    response, following = answer(frame), answer(frame)
    withdraw(response)

    page = at_the_desk(ana).post(
        address("coding_answer", frame.pk, response.pk),
        {"codes": ["1"], "digest": digest_of(WORDS)},
        follow=True,
    )

    assert "That answer was withdrawn meanwhile." in shown(page)
    assert page.redirect_chain[-1][0] == address("coding_answer", frame.pk, following.pk)


def test_skipped_answers_come_again_when_all_others_are_coded(frame, code, ana):
    client = at_the_desk(ana)
    first, second = answer(frame), answer(frame)

    skipped = client.post(address("coding_skip", frame.pk, first.pk), follow=True)
    assert skipped.redirect_chain[-1][0] == address("coding_answer", frame.pk, second.pk)
    code_it(frame, second, ana, code)
    page = client.get(address("coding_next", frame.pk), follow=True)

    assert page.redirect_chain[-1][0] == address("coding_answer", frame.pk, first.pk)
    assert "These are the ones you skipped." in shown(page)


def test_nothing_left_is_said(frame, ana):
    page = at_the_desk(ana).get(address("coding_next", frame.pk))

    assert "Nothing waits to be coded by you" in shown(page)


def test_the_second_coder_does_not_see_what_the_first_one_chose(frame, code, ana, mira):
    change_frame(frame, 100, [], ana)
    response = answer(frame)
    code_it(CodingFrame.objects.get(), response, ana, code)

    page = shown(at_the_desk(mira).get(address("coding_answer", frame.pk, response.pk)))

    assert "checked" not in page
    assert "Ana" not in page


def test_somebody_who_has_it_open_as_well_is_told_of(frame, ana, mira):
    response = answer(frame)
    SoftLock.objects.create(response=response, held_by=mira, since=timezone.now())

    page = at_the_desk(ana).get(address("coding_answer", frame.pk, response.pk))

    assert "Mira has this answer open as well." in shown(page)
    assert SoftLock.objects.get().held_by == mira


def test_what_somebody_had_open_a_quarter_of_an_hour_ago_is_anybodys(frame, ana, mira):
    response = answer(frame)
    since = timezone.now() - timedelta(minutes=15)
    SoftLock.objects.create(response=response, held_by=mira, since=since)

    page = at_the_desk(ana).get(address("coding_next", frame.pk), follow=True)

    assert WORDS in shown(page)
    assert "has this answer open as well" not in shown(page)
    assert SoftLock.objects.get().held_by == ana


def test_cyrillic_words_are_shown_in_latin_on_request_and_from_then_on(frame, code, ana):
    client = at_the_desk(ana)
    response, following = answer(frame), answer(frame)
    url = address("coding_answer", frame.pk, response.pk)

    written, latin = shown(client.get(url)), shown(client.get(f"{url}?script=latin"))
    saved = client.post(f"{url}?script=latin", {"codes": ["1"], "digest": digest_of(WORDS)})
    onward = client.get(saved.url)

    assert f'lang="sr-Cyrl">{WORDS}<' in written
    assert 'lang="sr-Latn">Čekanje na prelazu traje duže od puta.<' in latin
    assert onward.url == address("coding_answer", frame.pk, following.pk) + "?script=latin"


def silence(response):
    Response.objects.filter(pk=response.pk).update(answers={})


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (withdraw, "That answer was withdrawn meanwhile."),
        (restrict, "That answer was restricted meanwhile."),
        (silence, "There are no words to code in that answer any more."),
    ],
)
def test_of_words_that_are_gone_no_translation_is_kept(frame, ana, end, told):
    response = answer(frame)
    end(response)
    url = address("coding_translation", frame.pk, response.pk)

    page = at_the_desk(ana).post(url, {"translation": "Waiting takes longer."}, follow=True)

    assert told in shown(page)
    assert not WorkingTranslation.objects.exists()


def test_a_working_translation_is_kept_and_so_is_what_was_ticked(frame, code, ana, mira):
    response = answer(frame)
    url = address("coding_translation", frame.pk, response.pk)
    client = at_the_desk(ana)

    page = client.post(url, {"translation": "Waiting takes longer.", "codes": ["1"]})

    kept = WorkingTranslation.objects.get()
    assert (kept.text, kept.language, kept.made_by) == ("Waiting takes longer.", "en", ana)
    assert 'name="codes" value="1" checked' in shown(page)
    seen = shown(at_the_desk(mira).get(address("coding_answer", frame.pk, response.pk)))
    assert ">Waiting takes longer.</textarea>" in seen
    assert client.post(url, {"translation": "x" * 20_001}).status_code == 422
    assert client.post(url, {"translation": "a\x00b"}).status_code == 422
    client.post(url, {"translation": " "})
    assert WorkingTranslation.objects.count() == 0


# Two coders


def test_what_two_coders_differ_in_is_agreed_on(frame, code, ana, mira):
    change_frame(frame, 100, [], ana)
    frame = CodingFrame.objects.get()
    other = new_code(frame, "Bridge", ana)
    response = answer(frame)
    code_it(frame, response, ana, code, other)
    code_it(frame, response, mira, code)
    client = at_the_desk(ana)
    url = address("coding_agree", frame.pk, response.pk)

    assert url in shown(client.get(address("coding_differences", frame.pk)))
    page = shown(client.get(url))
    assert 'name="codes" value="1" checked' in page
    assert 'name="codes" value="2" checked' not in page
    assert client.post(url, {"digest": digest_of(WORDS)}).status_code == 422
    client.post(url, {"codes": ["1", "2"], "digest": digest_of(WORDS)})

    assert numbers(frame.codings.get(turn=Coding.Turn.AGREED)) == [1, 2]
    assert url not in shown(client.get(address("coding_differences", frame.pk)))
    assert client.get(url).status_code == 404


def test_agreement_is_told_with_its_base_or_why_there_is_none(frame, code, ana, mira):
    change_frame(frame, 100, [], ana)
    frame = CodingFrame.objects.get()
    client = at_the_desk(ana)
    url = address("coding_agreement", frame.pk)
    assert "fewer than two answers were coded twice" in shown(client.get(url))

    for codes in ([code], []):
        response = answer(frame)
        code_it(frame, response, ana, *codes)
        code_it(frame, response, mira, *codes)

    page = shown(client.get(url))
    assert "2 answers were coded by two people." in page
    assert "<strong>1.00</strong>" in page


# Frames and codes


def test_a_frame_is_made_for_an_open_question_and_for_no_other(frame, ana):
    client = at_the_desk(ana)
    pk = frame.questionnaire_id

    client.post(address("coding_frame_add", pk, "C1_comment"))
    for question in ("C1", "place", "organisation", "reference", "nonsense"):
        assert client.post(address("coding_frame_add", pk, question)).status_code == 404

    assert CodingFrame.objects.filter(question="C1_comment").count() == 1
    assert CodingFrame.objects.count() == 2


def test_codes_are_written_in_each_language_changed_merged_and_split(frame, ana):
    client = at_the_desk(ana)
    labels = {"label_en": "Waiting", "label_ro": "Așteptare", "label_sr": "Чекање"}
    client.post(address("code_add", frame.pk), labels)
    client.post(address("code_add", frame.pk), {"label_en": "Queue"})
    changed = labels | {"definition": "Time at the crossing"}
    client.post(address("code_edit", frame.pk, 1), changed)
    client.post(address("code_merge", frame.pk, 2), {"target": "1"})
    client.post(
        address("code_split", frame.pk, 1),
        {
            **{"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"},
            **{"form-0-label_en": "Lorries", "form-1-label_en": "Cars", "form-2-label_en": ""},
        },
    )

    waiting = frame.codes.get(number=1)
    assert waiting.label.in_language("sr-latn") == "Čekanje"
    assert waiting.definition == "Time at the crossing"
    assert frame.codes.get(number=2).merged_into == waiting
    assert [str(each) for each in frame.codes.applied()] == ["3 Lorries", "4 Cars"]
    history = shown(client.get(address("coding_history", frame.pk)))
    assert history.count('class="card-head"') == 5


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("code_add", {"label_en": ""}),
        ("code_add", {"label_en": "a\x00"}),
        ("code_add", {"label_en": "x" * 121}),
        ("code_edit", {"label_en": " "}),
        ("code_merge", {"target": "1"}),
        ("code_merge", {"target": "77"}),
        ("code_split", {}),
        ("code_split", {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}),
        ("code_split", {"form-TOTAL_FORMS": "x" * 9, "form-INITIAL_FORMS": "0"}),
        ("coding_frame_edit", {"double_percent": "101"}),
        ("coding_frame_edit", {"double_percent": "9" * 50}),
        ("coding_frame_edit", {"double_percent": "5", "coders": ["0", "x"]}),
    ],
)
def test_a_form_that_is_not_valid_is_shown_again(frame, code, ana, page, data):
    arguments = [frame.pk] if page in ("code_add", "coding_frame_edit") else [frame.pk, 1]
    before = list(Code.objects.values())

    again = at_the_desk(ana).post(address(page, *arguments), data)

    assert again.status_code == 422
    assert "There is a problem" in shown(again)
    assert list(Code.objects.values()) == before


def test_codings_of_a_split_code_are_listed_and_recoded(frame, code, ana):
    coding = code_it(frame, answer(frame), ana, code)
    lorries, _cars = split_code(code, [SAID, SAID], ana)
    client = at_the_desk(ana)
    listed, url = address("code_recode", frame.pk, 1), address("coding_recode", frame.pk, coding.pk)

    assert url in shown(client.get(listed))
    assert WORDS in shown(client.get(url))
    client.post(url, {"codes": [str(lorries.number)], "digest": digest_of(WORDS)})

    assert numbers(coding) == [2]
    assert url not in shown(client.get(listed))


def test_a_merged_code_has_no_page_to_change_it(frame, code, ana):
    other = new_code(frame, "Queue", ana)
    merge_code(other, code, ana)
    client = at_the_desk(ana)

    for page in ("code_edit", "code_merge", "code_split"):
        assert client.get(address(page, frame.pk, other.number)).status_code == 404
    assert client.get(address("code_edit", frame.pk, 10**30)).status_code == 404
    assert client.get(address("coding_frame", 10**30)).status_code == 404


def test_the_file_for_who_may_not_see_who_answered_has_no_references(frame, code, ana):
    code_it(frame, answer(frame, reference="AAAA-AAAA"), ana, code)
    guest = person("guest", in_secretariat=False)
    permissions = ("export_response", "code_responses")
    guest.user_permissions.set(
        guest.user_permissions.model.objects.filter(codename__in=permissions)
    )

    for user, first in ((ana, "AAAA-AAAA"), (guest, "1")):
        sent = at_the_desk(user).post(address("coding_export", frame.pk))
        rows = b"".join(sent.streaming_content).decode("utf-8-sig").splitlines()
        assert rows[1] == f"{first},C5,1,1,1"
