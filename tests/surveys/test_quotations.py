"""Which quotations are shown outside the desk, and how."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from surveys.lifecycle.drafts import withdraw
from surveys.models import Quotation, Response, WorkingTranslation
from surveys.quoting import shown
from surveys.replies import quotation_pages
from surveys.reviewing.originals import erase_originals
from surveys.verbatims import digest_of
from tests.surveys.coding_cast import at_the_desk, person
from tests.surveys.quoting_cast import WORDS, an_organisation, answered, decided, quoted

NAME = WORDS.index("Ion Popa"), WORDS.index("Ion Popa") + len("Ion Popa")
ENGLISH = "The nearest hospital is across the Danube."


@pytest.fixture
def quotation(listens):
    """Of a citizen from Mehedinți who wrote in Romanian."""
    response = answered(listens)
    decided(response)
    return quoted(listens, response, en=ENGLISH, sr="Најближа болница је преко Дунава.")


def test_a_quotation_says_the_words_their_language_and_who_said_them(listens, quotation):
    (one,) = shown(listens)

    assert (one.text, one.language) == (WORDS, "ro")
    assert (one.translation, one.who, one.place) == (ENGLISH, "Citizen, Mehedinți", "Mehedinți")


@pytest.mark.parametrize(
    ("language", "translated"),
    [
        ("en", ENGLISH),
        ("ro", ""),
        ("sr", "Најближа болница је преко Дунава."),
        ("sr-latn", "Najbliža bolnica je preko Dunava."),
    ],
)
def test_it_is_translated_into_the_readers_language_but_not_its_own(
    listens, quotation, language, translated
):
    with translation.override(language):
        assert [one.translation for one in shown(listens)] == [translated]


def test_nothing_is_read_in_place_of_a_translation_that_is_missing(listens):
    response = answered(listens)
    decided(response)
    quoted(listens, response, sr="Болница.")

    assert [one.translation for one in shown(listens)] == [""]


@pytest.mark.parametrize(
    ("words", "tag"), [("Треба нам бржи прелаз.", "sr-Cyrl"), ("Treba nam most.", "sr-Latn")]
)
def test_serbian_is_read_in_either_script_without_a_translation(listens, words, tag):
    response = answered(listens, words, language="sr")
    decided(response)
    quoted(listens, response, sr="Друго.")

    for language in ("sr", "sr-latn"):
        with translation.override(language):
            assert [(one.text, one.language, one.translation) for one in shown(listens)] == [
                (words, tag, "")
            ]


def test_hidden_words_are_not_quoted(listens):
    response = answered(listens)
    decided(response, "hide", [NAME])
    quoted(listens, response)

    (one,) = shown(listens)

    assert "Ion Popa" not in one.text
    assert "iar [cuvinte eliminate] nu poate" in one.text


def test_what_is_hidden_later_takes_the_quotation_away(listens, quotation):
    decided(quotation.response, "hide", [NAME])

    assert shown(listens) == []


@pytest.mark.parametrize("verdict", ["count", "ask"])
def test_what_is_not_published_any_more_is_not_quoted(listens, quotation, verdict):
    decided(quotation.response, verdict)

    assert shown(listens) == []


def test_words_that_were_changed_are_not_quoted(listens, quotation):
    response = quotation.response
    Response.objects.filter(pk=response.pk).update(answers={"C5": "Altceva.", "place": "timis"})
    assert shown(listens) == []

    # Not even when the new words are to be published.
    response.refresh_from_db()
    decided(response)
    assert shown(listens) == []


def test_a_response_that_is_withdrawn_takes_its_quotations_along(listens, quotation):
    withdraw(quotation.response)

    assert shown(listens) == []
    assert not Quotation.objects.exists()


def test_a_response_for_the_totals_is_never_quoted(listens, quotation):
    Response.objects.update(publication="totals")

    assert shown(listens) == []


def test_a_rehearsal_is_not_quoted(listens, quotation):
    Response.objects.update(is_rehearsal=True)

    assert shown(listens) == []


@pytest.mark.parametrize(
    ("publication", "who"),
    [("named", "Asociația Dunărea Verde"), ("anonymous", "Organisation, Timiș")],
)
def test_an_organisation_is_named_only_where_it_agreed(listens, publication, who):
    response = answered(
        listens,
        slug="stakeholders",
        organisation=an_organisation(),
        publication=publication,
        answers={"S10": WORDS, "place": "timis"},
    )
    decided(response, name="S10")
    quoted(listens, response, name="S10")

    assert [one.who for one in shown(listens)] == [who]


def test_an_organisation_nobody_confirmed_is_not_quoted(listens):
    response = answered(
        listens,
        slug="stakeholders",
        organisation=an_organisation(standing="waiting"),
        publication="named",
    )
    decided(response, name="S10")
    Quotation.objects.create(
        consultation=listens, response=response, question="S10", position=1, language="ro"
    )

    assert shown(listens) == []


def test_without_a_place_only_the_kind_of_respondent_is_said(listens):
    response = answered(listens, answers={"C5": WORDS, "place": "prefer_not"})
    decided(response)
    quoted(listens, response)

    assert [(one.who, one.place) for one in shown(listens)] == [("Citizen", "")]


def test_quotations_stand_in_the_order_staff_gave_them_and_stop_at_the_limit(listens):
    for position, words in ((3, "C"), (1, "A"), (2, "B")):
        response = answered(listens, words)
        decided(response)
        quoted(listens, response, position=position)

    assert [one.text for one in shown(listens)] == ["A", "B", "C"]
    assert [one.text for one in shown(listens, limit=2)] == ["A", "B"]
    assert [one.text for one in shown(listens, question="S10")] == []


def test_one_that_is_not_shown_leaves_its_place_to_the_next(listens):
    for position, words in ((1, "A"), (2, "B")):
        response = answered(listens, words)
        decided(response, "publish")
        quoted(listens, response, position=position)
    decided(Response.objects.get(answers__C5="A"), "count")

    assert [one.text for one in shown(listens, limit=1)] == ["B"]


def test_it_is_still_shown_when_what_was_hidden_is_erased(listens, settings):
    response = answered(listens)
    decided(response, "hide", [NAME])
    quoted(listens, response)
    before = shown(listens)
    settings.ORIGINALS_KEPT_DAYS = 0
    type(listens).objects.update(
        opens_at=listens.now.replace(year=2020), closes_at=listens.now.replace(year=2021)
    )

    assert erase_originals(listens.now) == 1
    assert shown(listens) == before
    assert len(before) == 1


def test_the_number_of_queries_does_not_grow_with_the_quotations(
    listens, django_assert_num_queries
):
    for position in range(1, 6):
        response = answered(listens, f"Idee {position}")
        decided(response)
        quoted(listens, response, position=position)

    with django_assert_num_queries(4):
        shown(listens)


# The desk


def address(name, *args):
    return reverse(f"admin:{name}", args=args)


def said(desk, **query):
    """The answers a page offers, and where the next one begins."""
    page = desk.get(address("quotations_choose"), query).content.decode()
    following = re.search(r"before=(\d+)", page)
    return re.findall(r'class="desk-verbatim"[^>]*><p>([^<]*)', page), following and following[1]


@pytest.fixture
def desk(listens):
    """Of the Joint Secretariat."""
    return at_the_desk(person("vesna"))


def choose_at(desk, response, digest, question="C5"):
    given = {"response": response.pk, "question": question, "digest": digest}
    return desk.post(address("quotation_add"), given)


def test_only_published_answers_are_there_to_choose_from(listens, desk):
    for words, verdict, fields in (
        ("Public", "publish", {}),
        ("Left out", "count", {}),
        ("For the totals", "publish", {"publication": "totals"}),
        ("A rehearsal", "publish", {"is_rehearsal": True}),
    ):
        decided(answered(listens, words, **fields), verdict)
    decided(answered(listens), "hide", [NAME])
    answered(listens, "Not read yet")

    offered, _following = said(desk)

    assert offered == [WORDS.replace("Ion Popa", "[cuvinte eliminate]"), "Public"]


def test_answers_are_filtered_by_question_place_and_language(listens, desk):
    decided(answered(listens, "Din Timiș", answers={"C5": "Din Timiș", "place": "timis"}))
    decided(answered(listens, "Из Бора", language="sr", answers={"C5": "Бор", "place": "borski"}))

    assert said(desk, place="timis")[0] == ["Din Timiș"]
    assert said(desk, language="sr")[0] == ["Бор"]
    assert said(desk, question="S10")[0] == []
    assert len(said(desk, question="C5")[0]) == 2
    # Nonsense filters nothing and breaks nothing.
    assert len(said(desk, place="nowhere", before="x" * 9)[0]) == 2


def test_pages_go_on_below_the_last_answer_shown(listens, desk):
    for number in range(27):
        decided(answered(listens, f"Idee {number:02}"))

    first, following = said(desk)
    second, end = said(desk, before=following)

    assert first == [f"Idee {number:02}" for number in range(26, 1, -1)]
    assert second == ["Idee 01", "Idee 00"]
    assert end is None


def test_a_chosen_answer_is_quoted_last_with_what_staff_have_translated(listens, desk, quotation):
    response = answered(listens, "Un pod.")
    decided(response)
    for language, text in (("en", "A bridge."), ("ro", "Un pod."), ("sr", "Мост.")):
        WorkingTranslation.objects.create(
            response=response, question="C5", language=language, text=text, made_at=listens.now
        )

    answer = choose_at(desk, response, digest_of("Un pod."))

    chosen = response.quotations.get()
    assert answer.url == address("quotation_edit", chosen.pk)
    assert chosen.translations == {"en": "A bridge.", "sr": "Мост."}
    assert [one.text for one in shown(listens)] == [WORDS, "Un pod."]


def test_a_working_translation_does_not_say_what_is_hidden(listens, desk):
    response = answered(listens)
    decided(response, "hide", [NAME])
    WorkingTranslation.objects.create(
        response=response, question="C5", language="en", text="Ion Popa", made_at=listens.now
    )

    choose_at(desk, response, digest_of(WORDS.replace("Ion Popa", "[cuvinte eliminate]")))

    assert response.quotations.get().translations == {}


def test_words_that_changed_since_they_were_shown_are_not_chosen(listens, desk):
    response = answered(listens, "Altceva.")
    decided(response)

    answer = choose_at(desk, response, digest_of("Un pod."))

    assert answer.url == address("quotations_choose")
    assert not Quotation.objects.exists()


@pytest.mark.parametrize("verdict", ["count", "ask"])
def test_what_is_not_published_cannot_be_chosen_by_a_forged_form(listens, desk, verdict):
    response = answered(listens)
    decided(response, verdict)

    choose_at(desk, response, digest_of(WORDS))
    assert desk.post(address("quotation_add"), {"response": "x"}).status_code == 404

    assert not Quotation.objects.exists()


def test_choosing_twice_quotes_once(listens, desk):
    response = answered(listens)
    decided(response)

    for _ in range(2):
        choose_at(desk, response, digest_of(WORDS))

    assert Quotation.objects.count() == 1


def test_words_chosen_again_after_a_new_decision_are_shown_again(listens, desk, quotation):
    decided(quotation.response, "hide", [NAME])
    hidden = WORDS.replace("Ion Popa", "[cuvinte eliminate]")

    choose_at(desk, quotation.response, digest_of(hidden))

    assert [one.text for one in shown(listens)] == [hidden]
    # What was translated from other words may say what is hidden now.
    assert [one.translation for one in shown(listens)] == [""]


def test_translations_are_written_ordered_and_removed_at_the_desk(listens, desk, quotation):
    page = desk.get(address("quotations_desk")).content.decode()
    assert WORDS in page
    assert "Complete" in page

    given = {"language": "ro", "translations_en": "Other words.", "translations_sr": ""}
    assert desk.post(address("quotation_edit", quotation.pk), given).status_code == 302

    assert [one.translation for one in shown(listens)] == ["Other words."]
    assert "Missing: sr" in desk.get(address("quotations_desk")).content.decode()
    desk.post(address("quotation_remove", quotation.pk))
    assert shown(listens) == []


def test_what_others_change_of_a_quotation_stays(desk, quotation, monkeypatch):
    def read_before_it_is_moved(pk):
        found = Quotation.objects.get(pk=pk)
        Quotation.objects.update(position=7)
        return found

    monkeypatch.setattr(quotation_pages, "get_quotation", read_before_it_is_moved)

    desk.post(address("quotation_edit", quotation.pk), {"language": "ro", "translations_en": "New"})

    quotation.refresh_from_db()
    assert (quotation.position, quotation.translations) == (7, {"en": "New"})


def test_a_quotation_that_is_removed_while_it_is_changed_stays_removed(
    desk, quotation, monkeypatch
):
    def read_before_it_is_removed(pk):
        found = Quotation.objects.get(pk=pk)
        Quotation.objects.all().delete()
        return found

    monkeypatch.setattr(quotation_pages, "get_quotation", read_before_it_is_removed)

    told = desk.post(address("quotation_edit", quotation.pk), {"language": "ro"}, follow=True)

    assert "The words are not quoted any more." in told.content.decode()
    assert not Quotation.objects.exists()


def test_a_translation_that_is_too_long_is_shown_again(listens, desk, quotation):
    given = {"language": "nonsense", "translations_en": "x" * 5001}

    answer = desk.post(address("quotation_edit", quotation.pk), given)

    assert answer.status_code == 422
    assert "x" * 5001 in answer.content.decode()


def test_the_desk_says_which_quotations_are_not_shown_any_more(listens, desk, quotation):
    decided(quotation.response, "count")

    page = desk.get(address("quotations_desk")).content.decode()

    assert "Not shown any more" in page
    assert WORDS not in page


def test_quotations_change_places_by_buttons(listens, desk):
    for position, words in ((1, "A"), (2, "B")):
        response = answered(listens, words)
        decided(response)
        last = quoted(listens, response, position=position)

    desk.post(address("quotation_move", last.pk), {"direction": "up"})

    assert [one.text for one in shown(listens)] == ["B", "A"]
