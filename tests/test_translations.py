"""Every word of the interface is there in every language. Needs no gettext."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from surveys.serbian import to_latin

ROOT = Path(__file__).parent.parent
SINGULAR = {"_", "gettext", "gettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
# Serbian keeps these in Latin letters: names, formats, and what is in markup.
LATIN_IN_SERBIAN = {
    *(
        "CSV",
        "XLSX",
        "UTF",
        "MB",
        "Interreg",
        "EU",
        "NUTS",
        "ISO",
        "PDF",
        "JSON",
        "HTML",
        "ZIP",
        "GDPR",
    ),
    *("XLSForm", "XLIFF", "XML", "xls", "xlsx", "survey", "translations", "id", "true", "false"),
    *("Krippendorff", "MASI", "LIX", "Atom", "Python", "SPSS"),
    *("Lines", "null", "Excel", "OpenDocument", "SHA", "Word"),
    # Standards of accessibility, and a level of theirs.
    *("EN", "WCAG", "AA"),
    # The name of a file, and of a column.
    *("receipt", "json", "code"),
    # Names of a question, a questionnaire and a consultation, and a prefix, as staff write them.
    *("place", "citizens", "listens", "CIT"),
    # Examples of what has to be typed in Latin letters.
    *("KBCD", "FGHJ", "ime", "example", "org"),
}


def messages_in_python():
    for path in [*(ROOT / "surveys").rglob("*.py"), *(ROOT / "consultation").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            words = [word.value for word in call.args if isinstance(word, ast.Constant)]
            if call.func.id in SINGULAR and words:
                yield words[0], None
            elif call.func.id in PLURAL:
                yield words[0], words[1]


def nodes(node):
    yield node
    children = [getattr(node, name, []) for name in node.child_nodelists]
    children += [branch for _condition, branch in getattr(node, "conditions_nodelists", [])]
    for nodelist in children:
        for child in nodelist or []:
            yield from nodes(child)


def messages_in_templates():
    for path in (ROOT / "templates").rglob("*.html"):
        template = engines["django"].engine.from_string(path.read_text("utf-8"))
        for node in [each for top in template.nodelist for each in nodes(top)]:
            if isinstance(node, TranslateNode):
                yield str(node.filter_expression.var.literal or node.filter_expression.var), None
            elif isinstance(node, BlockTranslateNode):
                singular, _variables = node.render_token_list(node.singular)
                plural = node.plural and node.render_token_list(node.plural)[0]
                yield (
                    (trimmed(singular), trimmed(plural)) if plural else (trimmed(singular), None)
                )


def trimmed(text):
    return " ".join(line.strip() for line in text.strip().splitlines())


def used():
    return set(messages_in_python()) | set(messages_in_templates())


def catalog(language):
    path = ROOT / "consultation" / "locale" / language / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(path))


def translations(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_the_messages_are_found():
    assert ("Send my answers", None) in used()
    assert ("%(number)s question", "%(number)s questions") in used()
    assert len(used()) > 200


@pytest.mark.parametrize("language", ["ro", "sr"])
def test_no_message_is_untranslated(language):
    translated = {
        (entry.msgid, entry.msgid_plural or None)
        for entry in catalog(language)
        if not entry.fuzzy and all(translations(entry))
    }

    assert sorted(message for message, plural in used() - translated) == []


@pytest.mark.parametrize("language", ["ro", "sr"])
def test_placeholders_and_plural_forms_are_kept(language):
    for entry in catalog(language):
        expected = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        assert len(translations(entry)) == (3 if entry.msgid_plural else 1), entry.msgid
        for text in translations(entry):
            assert set(PLACEHOLDER.findall(text)) == expected, entry.msgid


def test_romanian_writes_comma_letters():
    assert [entry.msgid for entry in catalog("ro") if set("şţŞŢ") & set(str(entry.msgstr))] == []


@pytest.mark.parametrize(("language", "closing"), [("ro", "”"), ("sr", "“")])
def test_what_is_quoted_is_quoted_as_the_language_does(language, closing):
    other = {"”": "“", "“": "”"}[closing]
    for entry in catalog(language):
        for text in translations(entry):
            assert text.count("„") == text.count(closing), text
            assert other not in text, text


@pytest.mark.parametrize(
    ("language", "familiar"),
    [
        ("ro", "Adaugă|Alege|Arată|Ascunde|Caută|Deschide|Participă|Publică|Salvează|Trimite"),
        ("sr", "Додај|Изабери|Објави|Отвори|Пошаљи|Престани|Прикажи|Раздвој|Сакриј|Сачувај"),
    ],
)
def test_people_are_spoken_to_politely(language, familiar):
    said = [text for entry in catalog(language) for text in translations(entry)]

    assert [text for text in said if re.match(rf"({familiar})\b", text)] == []


def test_serbian_is_cyrillic_and_derives_to_latin():
    for entry in catalog("sr"):
        for text in translations(entry):
            words = re.sub(r"%\(\w+\)[sd]|<[^>]*>|\b\w{4}-\w{4}\b", " ", text)
            assert set(re.findall(r"[A-Za-z]{2,}", words)) <= LATIN_IN_SERBIAN, text
            assert not re.search("[\u0400-\u04ff]", to_latin(text)), text
