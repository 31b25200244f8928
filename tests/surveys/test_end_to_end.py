"""One response from the form to the data file, and the rules that must hold on the way."""

import csv
import io

import pytest
from django.db import IntegrityError, InternalError, transaction

from surveys.answering.form_key import FormKey
from surveys.exports.dataset import csv_blocks
from surveys.identifiers import secret_hash
from surveys.loading import load
from surveys.models import Option, Question, Response, Version
from tests.content import CONTENT
from tests.surveys.keys import key_on


def data_file(questionnaire):
    text = b"".join(csv_blocks(questionnaire, Response.objects.all())).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_what_a_citizen_sends_is_stored_and_exported(client, listens, language):
    page = client.get(f"/{language}/citizens/")
    sent = {
        "key": key_on(page),
        "place": "timis",
        "C1": "both",
        "C2": ["health", "other"],
        "C2_other_text": "ферибот",
        "C5": "=1+1, „Ștefan”\nи ћевапи",
    }

    r = client.post(f"/{language}/citizens/", sent)

    response = Response.objects.get()
    assert page.cookies == {}
    assert r.status_code == 302
    secret = FormKey.read(sent["key"]).secret
    assert r.url == f"/{language}/citizens/sent/{response.reference}/{secret}/"
    assert response.secret_hash == secret_hash(secret)
    assert response.answers == {name: sent[name] for name in sent if name != "key"}
    assert response.language == language
    row = data_file(response.questionnaire)[0]
    assert row["reference"] == response.reference
    assert (row["place"], row["C1"]) == ("timis", "both")
    assert (row["C2_health"], row["C2_nature"], row["C2_other"]) == ("1", "0", "1")
    assert row["C2_other_text"] == "ферибот"
    assert row["C5"] == "'=1+1, „Ștefan”\nи ћевапи"
    assert row["C3"] == row["C4_law"] == ""


def test_the_same_form_sent_twice_is_one_response(client, listens):
    sent = {"key": key_on(client.get("/en/citizens/")), "place": "timis"}

    first = client.post("/en/citizens/", sent)
    second = client.post("/en/citizens/", sent)

    assert first.url == second.url
    assert Response.objects.count() == 1


def test_an_empty_form_is_shown_again_with_what_is_missing(client, listens):
    r = client.post("/en/citizens/", {"C5": "kept <as typed>"})

    page = r.content.decode()
    assert r.status_code == 422
    assert '<a href="#id_place_0">Answer this question: “Where do you live?”</a>' in page
    assert "kept &lt;as typed&gt;</textarea>" in page
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"C1": "nonsense"},
        {"C2": ["nature", "risk", "energy", "health"]},
        {"C4": ["nothing", "law"]},
        {"C5": "a\x00b"},
        {"C5": "x" * 1001},
    ],
)
def test_a_bad_answer_is_refused_and_nothing_is_stored(client, listens, bad):
    key = key_on(client.get("/en/citizens/"))

    r = client.post("/en/citizens/", {"key": key, "place": "timis"} | bad)

    assert r.status_code == 422
    assert Response.objects.count() == 0


def test_loading_twice_changes_nothing(listens):
    before = list(Version.objects.order_by("pk").values()), Option.objects.count()

    lines = load(CONTENT)

    assert (list(Version.objects.order_by("pk").values()), Option.objects.count()) == before
    assert lines == [
        "citizens: unchanged, version 1",
        "stakeholders: unchanged, version 1",
        "privacy notice: unchanged, version 1",
    ]


@pytest.mark.parametrize("change", [{"name": "C9"}, {"kind": "text"}, {"text": {"en": "Other"}}])
def test_a_published_question_is_frozen(listens, change):
    with pytest.raises((InternalError, IntegrityError), match="frozen"), transaction.atomic():
        Question.objects.filter(name="C1").update(**change)


def test_a_published_question_gets_no_other_option(listens):
    question = Question.objects.get(name="C1")

    with pytest.raises((InternalError, IntegrityError), match="frozen"), transaction.atomic():
        Option.objects.create(question=question, position=99, code="late")
