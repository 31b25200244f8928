"""Files to questionnaires: loaded again, corrected, and with mistakes in them."""

import io
import shutil
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from surveys.models import (
    Consultation,
    Passage,
    Place,
    PrivacyNotice,
    Programme,
    Question,
    Questionnaire,
    User,
    Version,
)
from surveys.notices import begin_draft
from surveys.publishing import publish
from tests.content import CONTENT
from tests.surveys.routes import draft_with


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
        (
            *("programme.yaml", "slug:", 'slug: "Bo\\x07r" #'),
            "programme.yaml: “Bo…r” holds a character that cannot be stored: U\\+0007",
        ),
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


# What staff have changed since


UNCHANGED = [
    "citizens: unchanged, version 1",
    "stakeholders: unchanged, version 1",
    "privacy notice: unchanged, version 1",
]


def loaded_again(folder, *options):
    said = io.StringIO()
    call_command("load_consultation", folder, *options, stdout=said)
    return said.getvalue().splitlines()


def headings(slot):
    passages = Passage.objects.filter(slot=slot).order_by("position")
    return [(passage.position, passage.heading["en"]) for passage in passages]


@pytest.fixture
def extended(listens):
    """The consultation, which staff have given 14 days more."""
    listens.extended_from = listens.closes_at
    listens.closes_at += timedelta(days=14)
    listens.save()
    return listens


def test_a_deadline_that_staff_have_moved_stays_and_is_told(extended, folder):
    lines = loaded_again(folder)

    stored = Consultation.objects.get()
    assert (stored.closes_at, stored.extended_from) == (extended.closes_at, extended.extended_from)
    assert lines == [
        *UNCHANGED,
        "left as staff have it: consultation listens-2027 (closes_at, extended_from)",
    ]


def test_words_that_staff_have_changed_stay_and_are_told(listens, folder):
    Programme.objects.update(email="office@example.org")
    Place.objects.filter(code="timis").update(short_name={"en": "Timis"})
    Questionnaire.objects.filter(slug="citizens").update(minutes=6, title={"en": "Say it"})
    Passage.objects.filter(slot="why", position=1).update(heading={"en": "It starts here"})

    lines = loaded_again(folder)

    assert Programme.objects.get().email == "office@example.org"
    assert Place.objects.get(code="timis").short_name == {"en": "Timis"}
    citizens = Questionnaire.objects.get(slug="citizens")
    assert (citizens.minutes, citizens.title) == (6, {"en": "Say it"})
    assert headings("why")[0] == (1, "It starts here")
    assert lines == [
        *UNCHANGED,
        "left as staff have it: programme romania-serbia (email)",
        "left as staff have it: place timis (short_name)",
        "left as staff have it: passage why 1 (heading)",
        "left as staff have it: questionnaire citizens (minutes, title)",
    ]


def test_a_passage_that_staff_have_added_stays_and_one_they_have_deleted_stays_away(
    listens, folder
):
    before = headings("faq")
    listens.passages.filter(slot="faq", position__in=(2, len(before))).delete()
    listens.passages.create(slot="why", position=9, heading={"en": "And one more"})

    lines = loaded_again(folder)

    assert headings("faq") == [before[0], *before[2:-1]]
    assert headings("why")[-1] == (9, "And one more")
    assert lines == [
        *UNCHANGED,
        "left as staff have it: passage why 9 (added)",
        "left as staff have it: passage faq 2 (deleted)",
        f"left as staff have it: passage faq {len(before)} (deleted)",
    ]


def test_passages_that_the_files_did_not_have_before_arrive_beside_those_of_staff(listens, folder):
    there = headings("help")
    bus, train = (len(there) + 1, "By bus"), (len(there) + 2, "By train")
    listens.passages.create(slot="help", position=bus[0], heading={"en": bus[1]})
    with (folder / "consultation.yaml").open("a", encoding="utf-8") as file:
        file.write("\n    - heading: {en: By train}\n  travel:\n    - heading: {en: By boat}\n")

    loaded_again(folder)
    loaded_again(folder)

    assert headings("help") == [*there, bus, train]
    assert headings("travel") == [(1, "By boat")]


def test_slots_arrive_at_a_site_that_was_loaded_before_anybody_counted(listens, folder):
    before = headings("accessibility-feedback")
    listens.passages.filter(slot="accessibility-feedback").delete()
    listens.passages.filter(slot="faq", position=2).delete()
    Consultation.objects.update(loaded_passages=None)

    lines = loaded_again(folder)

    assert headings("accessibility-feedback") == before
    assert lines == [*UNCHANGED, "left as staff have it: passage faq 2 (deleted)"]


def test_what_staff_have_is_overwritten_where_that_is_asked_for(extended, folder):
    before = headings("faq")
    extended.passages.filter(slot="faq", position=2).delete()
    extended.passages.create(slot="why", position=9, heading={"en": "And one more"})
    why = headings("why")[:-1]
    Programme.objects.update(email="office@example.org")

    lines = loaded_again(folder, "--overwrite")

    stored = Consultation.objects.get()
    assert stored.closes_at == extended.closes_at - timedelta(days=14)
    assert stored.extended_from is None
    assert Programme.objects.get().email == ""
    assert (headings("faq"), headings("why")) == (before, why)
    assert lines == UNCHANGED


def test_a_draft_of_the_desk_stops_no_loading_and_is_overwritten_by_none(listens, folder):
    draft_with(listens.questionnaires.get(slug="citizens"), {})
    replace(folder / "citizens.yaml", "en: Where do you live?", "en: Where do you live now?")

    assert loaded_again(folder) == [
        "citizens: not loaded, since the desk has a draft",
        *UNCHANGED[1:],
    ]
    with pytest.raises(CommandError, match="citizens: publish or delete its draft first"):
        loaded_again(folder, "--overwrite")


def test_what_the_desk_has_published_since_is_followed_by_the_files_only_where_asked(
    listens, folder
):
    ana = User.objects.create_user("ana", is_staff=True)
    draft = draft_with(listens.questionnaires.get(slug="citizens"), {})
    Version.objects.filter(pk=draft.pk).update(note="A typo")
    publish(draft, by=ana, moment=timezone.now())
    notice = begin_draft(listens, ana)
    PrivacyNotice.objects.filter(pk=notice.pk).update(published_at=timezone.now())
    replace(folder / "citizens.yaml", "en: Where do you live?", "en: Where do you live now?")
    replace(folder / "privacy.yaml", "short:\n  en: ", "short:\n  en: Now ")

    assert loaded_again(folder) == [
        "citizens: not loaded, since the desk has published version 2",
        UNCHANGED[1],
        "privacy notice: not loaded, since the desk has published version 2",
    ]
    assert loaded_again(folder, "--overwrite") == [
        "citizens: published version 3",
        UNCHANGED[1],
        "privacy notice: published version 3",
    ]
