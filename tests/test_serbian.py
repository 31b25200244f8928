"""Serbian Latin is derived from Cyrillic, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.serbian import to_latin

ALPHABET = "абвгдђежзијклљмнњопрстћуфхцчџш"
SERBIAN_CYRILLIC = set(ALPHABET + ALPHABET.upper())
SERBIAN_TEXT = st.text(alphabet=[*sorted(SERBIAN_CYRILLIC), " ", "-", "{", "}", "e", "U", "š"])


def test_the_thirty_letters_become_the_thirty_latin_ones():
    latin = "abvgdđežzijklljmnnjoprstćufhcčdžš"

    assert to_latin(ALPHABET) == latin


def test_the_capital_letters_become_capitals():
    assert to_latin(" ".join(ALPHABET.upper())) == (
        "A B V G D Đ E Ž Z I J K L Lj M N Nj O P R S T Ć U F H C Č Dž Š"
    )


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Његош", "Njegoš"),
        ("Љ. Петровић", "Lj. Petrović"),
        ("Како се зове Џон", "Kako se zove Džon"),
        ("ЊЕГОШ", "NJEGOŠ"),
        ("КОЊ", "KONJ"),
        ("КОЊИ ЏЕП, ЉУБАВ", "KONJI DŽEP, LJUBAV"),
        ("ЧЕШЉ", "ČEŠLJ"),
        ("ЉУБАВ И МРЖЊА", "LJUBAV I MRŽNJA"),
        ("ЉЊ", "LJNJ"),
        ("И Њ", "I Nj"),
    ],
)
def test_a_capital_digraph_follows_the_capitals_beside_it(cyrillic, latin):
    assert to_latin(cyrillic) == latin


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("инјекција", "injekcija"),
        ("конјунктура", "konjunktura"),
        ("надживети", "nadživeti"),
        ("подземље", "podzemlje"),
    ],
)
def test_two_letters_that_look_like_a_digraph_stay_two(cyrillic, latin):
    assert to_latin(cyrillic) == latin


@pytest.mark.parametrize(
    "text",
    [
        "Interreg",
        "EU",
        "IPA III",
        "office@example.org",
        "https://www.romania-serbia.net",
        "CIT-7KQF-9M2D",
        "%(count)s of {name}, <strong>&nbsp;</strong>",
        "Timiș, Caraș-Severin, Mehedinți",
        "Ελλάδα",
        "ё й щ ъ ы ь э ю я ѓ ќ ѕ і ї є ґ ѐ ѝ",
    ],
)
def test_what_is_not_serbian_cyrillic_is_not_touched(text):
    assert to_latin(text) == text


def test_latin_words_inside_a_serbian_sentence_stay_as_they_are():
    assert (
        to_latin("Пишите на office@example.org о програму Interreg, буџет {amount} EUR.")
        == "Pišite na office@example.org o programu Interreg, budžet {amount} EUR."
    )


def test_romanian_letters_in_a_serbian_sentence_stay_as_they_are():
    assert to_latin("Округ Тимиш (Timiș)") == "Okrug Timiš (Timiș)"


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_left_alone(text):
    assert to_latin(text) == text


@given(st.text() | SERBIAN_TEXT)
def test_a_second_time_changes_nothing(text):
    assert to_latin(to_latin(text)) == to_latin(text)


@given(st.text() | SERBIAN_TEXT)
def test_no_serbian_cyrillic_is_left(text):
    assert SERBIAN_CYRILLIC.isdisjoint(to_latin(text))


@given(SERBIAN_TEXT)
def test_only_the_three_digraphs_make_a_text_longer(text):
    digraphs = sum(text.count(letter) for letter in "љњџЉЊЏ")

    assert len(to_latin(text)) == len(text) + digraphs


@given(SERBIAN_TEXT)
def test_capitals_and_small_letters_give_the_same_letters(text):
    assert to_latin(text).lower() == to_latin(text.lower())
