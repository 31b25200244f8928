"""Hidden words are nowhere in what is published, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.models import Decision
from surveys.reviewing.redaction import (
    joined,
    numbers_in,
    published_text,
    redacted,
    spans_of,
    words_of,
)
from surveys.verbatims import digest_of

TEXT = "Прошле зиме је комшија Милан Ј. из Текије чекао."
HIDDEN = "\ue000"
"""A character of nobody's language: what is hidden is written with it to be found again."""

texts = st.text(alphabet=st.characters(exclude_characters=HIDDEN), max_size=60)
spans = st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6)


def decision(words=TEXT, **fields):
    return Decision(**{"verdict": "publish", "digest": digest_of(words)} | fields)


def hide(*numbers):
    return [TEXT[start:end] for start, end in spans_of(TEXT, numbers)]


def test_words_side_by_side_are_hidden_as_one():
    assert hide(4, 5) == ["Милан Ј"]
    assert hide(4, 7) == ["Милан", "Текије"]
    assert hide(8) == ["чекао"]
    assert hide() == hide(99) == []


def test_the_stops_and_quotation_marks_around_a_word_stay():
    text = "„Ion!” (Maria), ... ana@x.ro."

    kept = redacted(text, spans_of(text, {0, 2, 3}), "[–]")

    assert kept == "„[–]!” (Maria), [–]."


def test_a_suggested_place_is_the_words_it_touches():
    start = TEXT.index("Милан")

    assert numbers_in(TEXT, [(start, start + 7)]) == {4, 5}
    assert numbers_in(TEXT, []) == set()


@given(texts, st.sets(st.integers(0, 30)))
def test_chosen_words_make_spans_in_order_and_apart(text, numbers):
    last = -1
    for start, end in spans_of(text, numbers):
        assert last < start < end <= len(text)
        last = end
    chosen = numbers & {word.number for word in words_of(text)}
    assert numbers_in(text, spans_of(text, numbers)) == chosen


@given(texts)
def test_words_and_what_is_between_them_are_the_text(text):
    rebuilt = "".join(word.before + word.text for word in words_of(text))

    assert text.startswith(rebuilt)
    assert text[len(rebuilt) :].strip() == ""


@given(texts, spans)
def test_no_hidden_character_is_published(text, places):
    apart = joined(places, len(text))
    masked = list(text)
    for start, end in apart:
        masked[start:end] = HIDDEN * (end - start)
    masked = "".join(masked)

    published = published_text(masked, decision(masked, verdict="hide", hidden=apart))

    assert published == redacted(masked, places, "[words removed]")
    assert HIDDEN not in published
    assert len(published.replace("[words removed]", "")) <= len(text)


@given(texts, spans)
def test_joined_spans_never_overlap(text, places):
    last = -1
    for start, end in joined(places, len(text)):
        assert last < start < end <= len(text)
        last = end


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, TEXT),
        ({"verdict": "hide", "hidden": [[23, 30]]}, TEXT.replace("Милан Ј", "[words removed]")),
        ({"verdict": "count"}, None),
        ({"verdict": "ask"}, None),
        ({"is_current": False}, None),
        ({"digest": digest_of("other words")}, None),
    ],
)
def test_what_is_published_is_what_was_decided(fields, expected):
    assert (
        published_text(TEXT, Decision(**{"verdict": "publish", "digest": digest_of(TEXT)} | fields))
        == expected
    )


def test_nothing_is_published_before_somebody_decides():
    assert published_text(TEXT, None) is None
