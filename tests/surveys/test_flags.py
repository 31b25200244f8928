"""What flags find, and what they leave alone: examples in every language and script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.reviewing.flags import copy_flag, flags_of, marks_of

PLACES = ("Orșova", "Drobeta-Turnu Severin", "Kladovo", "Golubac", "Неготин")


def found(text, kind, language="en"):
    """What is marked in the text; None where there is no such flag."""
    flags = {flag.kind: flag for flag in flags_of(text, language, PLACES)}
    return [text[start:end] for start, end in flags[kind].spans] if kind in flags else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Прошле зиме је комшија Милан Ј. из Текије чекао три сата.", "Милан Ј"),
        ("Prošle zime je komšija Milan J. iz Tekije čekao tri sata.", "Milan J"),
        ("Чекао сам с г. Петровићем на прелазу.", "Петровићем"),
        ("Pitajte gospođu i gospodina Marka Markovića.", "Marka Markovića"),
        ("Am vorbit cu domnul Ionescu, care știe.", "Ionescu"),
        ("Doamna Maria Popa a așteptat.", "Maria Popa"),
        ("Vecinul Ion Popescu-Radu a așteptat.", "Ion Popescu-Radu"),
        ("La vamă lucrează Vlad Georgescu de ani de zile.", "Vlad Georgescu"),
        ("We asked Mr Smith about it.", "Smith"),
        ("The nurse there, John O. Smith, helped.", "John O. Smith"),
        ("МОЛИМ ДА ГОСПОДИН ПЕТРОВИЋ ОДГОВОРИ", "ПЕТРОВИЋ ОДГОВОРИ"),
    ],
)
def test_what_names_a_person_is_found(text, name):
    assert found(text, "name") == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Треба нам бржи прелаз код Ђердапа и болница у Оршови.",
        "Ауто-пут од Неготина до Зајечара. Европска унија плаћа.",
        "Trebaju nam Dom zdravlja Kladovo i Opština Golubac.",
        "Consiliul Județean și Uniunea Europeană au ajutat Drobeta-Turnu Severin.",
        "Un pod la Orșova. Ministerul Transporturilor să răspundă.",
        "The European Union paid. Iron Gates National Park is near.",
        "VREM UN POD NOU PESTE DUNARE",
        "We need it. Bridges help. Ferries help too.",
        "",
    ],
)
def test_places_and_bodies_are_no_persons(text):
    assert found(text, "name") is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Scrieți la ana.pop@primaria.ro, mulțumesc", "ana.pop@primaria.ro"),
        ("Пишите на milan+a@пример.срб.", "milan+a@пример.срб"),
    ],
)
def test_an_email_address_is_found_and_is_no_link(text, address):
    assert found(text, "email") == [address]
    assert found(text, "link") is None


@pytest.mark.parametrize("text", ["@ nothing", "plătim 5 lei@kg", "a@b"])
def test_an_at_sign_alone_is_no_address(text):
    assert found(text, "email") is None


@pytest.mark.parametrize(
    "number",
    [
        *("0722 123 456", "0722123456", "0252-314.567", "+40 722 123 456", "0040 722 123 456"),
        *("064 123 4567", "064/123-456", "+381 64 123 4567", "+381 (64) 1234567", "019 801 234"),
    ],
)
def test_phone_numbers_of_both_countries_are_found(number):
    assert found(f"Sunați la {number}, vă rog", "phone") == [number]


@pytest.mark.parametrize(
    "text",
    [
        *("2021-2027", "01.02.2027", "87.7 million", "1 000 000 000 lei", "19:45 - 20:15"),
        *("ISBN 978-3-16-148410-0", "0,5", "номер 12345"),
    ],
)
def test_other_figures_are_no_phone_numbers(text):
    assert found(text, "phone") is None


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Vezi https://example.org/a?b=1 pentru", "https://example.org/a?b=1"),
        ("Погледајте www.primer.eu/strana", "www.primer.eu/strana"),
        ("pe primaria.ro/vama scrie", "primaria.ro/vama"),
        ("na sajtu opstina.rs", "opstina.rs"),
        ("Vezi www.exemplu.ro/vama. Avem", "www.exemplu.ro/vama"),
    ],
)
def test_links_are_found(text, link):
    assert found(text, "link") == [link]


@pytest.mark.parametrize("text", ["E bine.eu cred că da", "da.Nu", "3.5 km", "etc...com"])
def test_a_missing_space_makes_no_link(text):
    assert found(text, "link") is None


RO = "Avem nevoie de un spital mai bun și de drumuri mai sigure până la graniță."
SR = "Потребна нам је боља болница и сигурнији путеви све до границе."
SR_LATN = "Potrebna nam je bolja bolnica i sigurniji putevi sve do granice."
BARE = "Mi se pare ca asteptam prea mult la vama in fiecare dimineata de luni."
EN = "We need a better hospital and safer roads all the way to the border."


@pytest.mark.parametrize(
    ("text", "declared"),
    [(RO, "sr"), (RO, "en"), (SR, "ro"), (SR_LATN, "en"), (EN, "sr-latn"), (EN, "ro")],
)
def test_another_language_than_declared_is_said(text, declared):
    assert found(text, "language", declared) == []


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        *((RO, "ro"), (BARE, "ro"), (EN, "en")),
        # The script is no language.
        *((SR, "sr"), (SR, "sr-latn"), (SR_LATN, "sr"), (SR_LATN, "sr-latn")),
        # Too short to tell.
        *(("Da, foarte bine", "en"), ("OK", "ro"), ("Мост", "ro")),
    ],
)
def test_the_declared_language_and_short_texts_are_not_said(text, declared):
    assert found(text, "language", declared) is None


def test_a_flag_explains_itself():
    (flag,) = flags_of("Scrieți la ana@example.org", "ro")

    assert str(flag.label) == "E-mail address"
    assert flag.says == "The text holds an e-mail address. Hide it if it is a person's."
    assert copy_flag(["K7QF-9M2D"]).says.endswith("as in: K7QF-9M2D.")


@given(st.text(alphabet="abA .@0123456789Иван+-/:\n", max_size=80))
def test_marks_are_apart_and_within_the_text(text):
    last = 0
    for start, end in marks_of(flags_of(text, "sr"), len(text)):
        assert last <= start < end <= len(text)
        last = end
