"""Catalogs are compiled without GNU gettext, and Serbian Latin is derived."""

import gettext
import os
import time

import polib
import pytest

from consultation import catalogs

HEADER = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Language: sr\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"
"""  # noqa: E501
SERBIAN = (
    HEADER
    + """
msgid "Your answers"
msgstr "Ваши одговори"

msgctxt "verb"
msgid "Answer"
msgstr "Одговорите"

msgid "Answer"
msgstr "Одговор"

msgid "%(count)s question"
msgid_plural "%(count)s questions"
msgstr[0] "%(count)s питање"
msgstr[1] "%(count)s питања"
msgstr[2] "%(count)s питања"

#, fuzzy
msgid "Guess"
msgstr "Нагађање"
"""
)
OVERRIDES = """
msgid "Your answers"
msgstr "Vaši odgovori, drugačije"

msgid "A text of Django's"
msgstr "Djangov tekst"
"""


@pytest.fixture
def locale(tmp_path):
    write(tmp_path / "sr" / "LC_MESSAGES" / "django.po", SERBIAN)
    write(tmp_path / "ro" / "LC_MESSAGES" / "django.po", HEADER)
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def compile_stale(locale):
    return [str(path.relative_to(locale).parts[0]) for path in catalogs.compile_stale(locale)]


def translation(locale, language):
    return gettext.translation("django", locale, [language])


def test_every_catalog_is_compiled_and_latin_is_derived(locale):
    assert compile_stale(locale) == ["ro", "sr", "sr_Latn"]

    assert translation(locale, "sr").gettext("Your answers") == "Ваши одговори"
    assert translation(locale, "sr_Latn").gettext("Your answers") == "Vaši odgovori"
    assert translation(locale, "sr_Latn").pgettext("verb", "Answer") == "Odgovorite"
    assert translation(locale, "sr_Latn").gettext("Answer") == "Odgovor"


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "pitanje"), (2, "pitanja"), (5, "pitanja"), (11, "pitanja"), (21, "pitanje")],
)
def test_latin_counts_as_cyrillic_does(locale, count, text):
    compile_stale(locale)

    found = translation(locale, "sr_Latn").ngettext(
        "%(count)s question", "%(count)s questions", count
    )

    assert found % {"count": count} == f"{count} {text}"


def test_an_unsure_translation_is_left_out(locale):
    compile_stale(locale)

    assert translation(locale, "sr_Latn").gettext("Guess") == "Guess"


def test_an_override_wins_and_may_add_a_text(locale):
    write(locale / "sr_Latn" / "overrides.po", OVERRIDES)
    compile_stale(locale)

    latin = translation(locale, "sr_Latn")

    assert latin.gettext("Your answers") == "Vaši odgovori, drugačije"
    assert latin.gettext("A text of Django's") == "Djangov tekst"
    assert latin.pgettext("verb", "Answer") == "Odgovorite"


def test_what_has_not_changed_is_not_compiled_again(locale):
    compile_stale(locale)

    assert compile_stale(locale) == []


def test_what_has_changed_is_compiled_again(locale):
    compile_stale(locale)
    later = time.time() + 5
    os.utime(locale / "sr" / "LC_MESSAGES" / "django.po", (later, later))

    assert compile_stale(locale) == ["sr", "sr_Latn"]


def test_a_changed_override_changes_latin_alone(locale):
    compile_stale(locale)
    write(locale / "sr_Latn" / "overrides.po", OVERRIDES)
    later = time.time() + 5
    os.utime(locale / "sr_Latn" / "overrides.po", (later, later))

    assert compile_stale(locale) == ["sr_Latn"]


def test_no_catalogs_are_no_trouble(tmp_path):
    assert compile_stale(tmp_path) == []


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("%(број)s питања за %(name)s", "%(број)s pitanja za %(name)s"),
        ("{број} питања", "{број} pitanja"),
        ('<a href="/ћирилица/">Ћирилица</a>', '<a href="/ћирилица/">Ćirilica</a>'),
        ("100 % људи, <strong>ЉУДИ</strong>", "100 % ljudi, <strong>LJUDI</strong>"),
    ],
)
def test_placeholders_and_tags_are_not_touched(cyrillic, latin):
    assert catalogs.to_latin(cyrillic) == latin


def test_the_derived_catalog_says_which_language_it_is(locale):
    derived = catalogs.derive_latin(
        polib.pofile(str(locale / "sr" / "LC_MESSAGES" / "django.po")), polib.POFile()
    )

    assert derived.metadata["Language"] == "sr_Latn"
