"""Which languages a site speaks is a setting: a programme of other countries has others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from consultation.languages import spoken
from surveys.checks import every_language_has_its_words

ROOT = Path(__file__).resolve().parents[2]
BUTTONS = {"en": "English", "hu": "Magyar", "bg": "Български"}


def site_in(languages):
    told = {**os.environ, "LANGUAGES": languages, "PYTHONWARNINGS": "ignore"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.speaking"],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_site_of_other_languages_is_whole():
    seen = json.loads(site_in("en,hu,bg").splitlines()[-1])

    same = {
        "buttons": BUTTONS,
        "pages": [200],
        "copy": "%PDF-",
        "report": "%PDF-",
    }
    assert seen == {
        "left out": 404,
        "of the made up": ["bg", "en", "hu"],
        "translated into": ["hu", "bg"],
        "headings of an XLSForm": ["English (en)", "Hungarian (hu)", "Bulgarian (bg)"],
        "written at the desk": ["text_bg", "text_en", "text_hu"],
        "en": same
        | {"lang": "en", "sent in": "en", "word": ["en-GB"]}
        | {"font": "open-sans-latin", "says the title": False},
        "hu": same
        | {"lang": "hu", "sent in": "hu", "word": ["hu"]}
        | {"font": "open-sans-latin", "says the title": True},
        "bg": same
        | {"lang": "bg", "sent in": "bg", "word": ["bg"]}
        | {"font": "open-sans-cyrillic", "says the title": False},
    }


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (["ro", "hu"], "LANGUAGES needs en: texts are written in it first."),
        (["en", "sr-latn"], "LANGUAGES: sr-latn is derived from sr. Add it."),
        (["en", "xx"], "LANGUAGES: Django knows no language 'xx'."),
        (["en", "ar"], "LANGUAGES: ar is written from right to left."),
    ],
)
def test_what_cannot_be_spoken_is_told(codes, says):
    with pytest.raises(ImproperlyConfigured) as told:
        spoken(codes)

    assert str(told.value) == says


def test_languages_stand_in_the_order_they_are_named_in():
    assert list(spoken([" hu", "EN", "sr", "sr-latn"])) == ["hu", "en", "sr", "sr-latn"]


def test_a_language_whose_words_nobody_has_translated_is_told(settings):
    settings.SPOKEN = spoken(["en", "ro", "sr", "sr-latn", "hu"])

    assert [each.msg for each in every_language_has_its_words()] == [
        "The words of the pages are English in Hungarian."
    ]
