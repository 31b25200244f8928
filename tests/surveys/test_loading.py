"""Files to questionnaires: loaded again, corrected, and with mistakes in them."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from surveys.models import Question, Version
from tests.content import CONTENT


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(CONTENT, tmp_path / "listens")


def replace(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_correction_is_a_new_version_and_the_old_one_stays(listens, folder):
    replace(folder / "citizens.yaml", "en: Where do you live?", "en: Where do you live now?")

    call_command("load_consultation", folder)

    texts = Question.objects.filter(version__questionnaire__slug="citizens", name="place").order_by(
        "version__number"
    )
    assert [question.text["en"] for question in texts] == [
        "Where do you live?",
        "Where do you live now?",
    ]
    assert Version.objects.filter(questionnaire__slug="stakeholders").count() == 1


def test_a_question_does_not_become_another_kind(listens, folder):
    replace(folder / "citizens.yaml", "kind: text", "kind: ranking")

    with pytest.raises(CommandError, match="C5 was published as “text” and cannot become"):
        call_command("load_consultation", folder)

    assert Version.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("citizens.yaml", "kind: text", "kind: essay", "no kind of question “essay”"),
        ("citizens.yaml", "options: topics", "options: tropics", "no list named tropics"),
        ("citizens.yaml", "minutes: 4", "minutes: four", "A value cannot be used"),
        ("citizens.yaml", "minutes: 4", "", "A part named 'minutes' is missing"),
        ("programme.yaml", "slug:", "slug: [", "programme.yaml cannot be read"),
        ("consultation.yaml", "opens_at:", "opens_at: soon #", "“soon” is not a date and time"),
    ],
)
def test_a_mistake_in_the_files_is_told_and_nothing_is_written(folder, file, old, new, words):
    replace(folder / file, old, new)

    with pytest.raises(CommandError, match=words):
        call_command("load_consultation", folder)

    assert Version.objects.count() == 0


@pytest.mark.django_db
def test_a_folder_without_its_files_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"has no programme\.yaml and no consultation\.yaml"):
        call_command("load_consultation", tmp_path)
