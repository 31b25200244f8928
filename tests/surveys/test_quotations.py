"""Which quotations are shown outside the desk, and how."""

import pytest
from django.utils import translation

from surveys.lifecycle.drafts import withdraw
from surveys.models import Quotation, Response
from surveys.quoting import shown
from surveys.reviewing.originals import erase_originals
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
