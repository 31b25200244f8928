"""`python -m tests.speaking`: what a site says of itself in the languages that LANGUAGES names.

They are settled when a process starts, so `tests/site/test_languages.py` runs this as one, on a
database of its own. It prints what it saw as JSON.
"""

import io
import json
import os
import random
import re
import zipfile

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import (  # noqa: E402
    setup_databases,
    setup_test_environment,
    teardown_databases,
)
from django.urls import reverse  # noqa: E402
from django.utils.translation import override  # noqa: E402

from surveys.fabrication import fabricate  # noqa: E402
from surveys.interchange.texts import TARGETS  # noqa: E402
from surveys.interchange.xlsform.columns import NAMES  # noqa: E402
from surveys.models import Consultation, Questionnaire, ReportFile, Response  # noqa: E402
from surveys.reporting.making import report_in, written  # noqa: E402
from surveys.text_fields import TextFormField  # noqa: E402
from tests.content import load_content  # noqa: E402
from tests.surveys.keys import new_key  # noqa: E402
from tests.surveys.results_cast import open_now, release  # noqa: E402

PAGES = ("landing", "citizens", "results", "record", "replies", "register")
LANG = re.compile('<html lang="([^"]+)"')
FONT = re.compile(r'rel="preload" href="[^"]*fonts/([a-z-]+)\.')
BUTTON = re.compile(r'<a [^>]*hreflang="([^"]+)"[^>]*>\s*([^<]+?)\s*<')
WORD_LANGUAGE = re.compile(r'<w:lang [^>]*w:val="([^"]+)"')
MADE_UP = 200


def look():
    consultation = open_now(load_content(), opinions_while_open=True)
    citizens = Questionnaire.objects.get(slug="citizens")
    consultation.title = consultation.title | {"hu": "Az Interreg figyel"}
    consultation.save()
    for _written in fabricate(citizens, MADE_UP, random.Random(1)):
        pass
    release(Consultation.objects.current())
    return {
        "left out": Client().get("/ro/").status_code,
        "of the made up": sorted(set(Response.objects.values_list("language", flat=True))),
        "translated into": list(TARGETS),
        "headings of an XLSForm": list(NAMES.values()),
        "written at the desk": _controls(),
        **{code: _in(code) for code in settings.SPOKEN},
    }


def _controls():
    shown = TextFormField().widget.get_context("text", {}, {})["widget"]["languages"]
    return [each["name"] for each in shown if not each["is_derived"]]


def _in(code):
    with override(code):
        landing = Client().get(reverse("landing")).content.decode()
        statuses = {Client().get(reverse(page)).status_code for page in PAGES}
        sent = Client().post(reverse("citizens"), {"key": new_key(), "place": "timis"})
        copy = Client().get(f"{sent.headers['Location']}copy.pdf").content
    report = report_in(Consultation.objects.get(), code)
    with zipfile.ZipFile(io.BytesIO(written(report, ReportFile.Format.DOCX))) as word:
        styles = word.read("word/styles.xml").decode()
    return {
        "lang": LANG.search(landing)[1],
        "font": FONT.search(landing)[1],
        "buttons": dict(BUTTON.findall(landing)),
        "says the title": "Az Interreg figyel" in landing,
        "pages": sorted(statuses),
        "sent in": Response.objects.latest("id").language,
        "copy": copy[:5].decode(),
        "report": written(report, ReportFile.Format.PDF)[:5].decode(),
        "word": sorted(set(WORD_LANGUAGE.findall(styles))),
    }


if __name__ == "__main__":
    setup_test_environment()
    connection.settings_dict["TEST"]["NAME"] = f"speaking_{os.getpid()}"
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        found = look()
    finally:
        teardown_databases(databases, verbosity=0)
    print(json.dumps(found))
