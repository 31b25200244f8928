"""Files at the desk: download, upload, look, import; who may; and what is written down."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.documents import document_of
from surveys.drafting.versions import begin
from surveys.interchange.imports import read_import
from surveys.interchange.our_json import write_json
from surveys.interchange.storing import Outdated, forget_uploads, write_import
from surveys.interchange.whole import canonical, whole_of
from surveys.management.commands import import_questionnaire
from surveys.models import AuditEntry, Question, Questionnaire, QuestionnaireUpload, User, Version
from surveys.publishing import publish
from surveys.roles import secretariat
from surveys.versions import locked_draft
from tests.content import load_content
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_interchange_xlsforms import FORMS
from tests.surveys.two_at_once import until_it_waits_for_us

FILES = "/en/admin/interchange/"


@pytest.fixture
def ana(listens):
    user = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    user.groups.add(secretariat())
    return user


@pytest.fixture
def desk(client, ana):
    sign_in_staff(client, ana)
    return client


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


def download(desk, version, name):
    answer = desk.get(f"{FILES}version/{version.pk}/{name}")
    assert answer.status_code == 200
    return answer.content


def upload(desk, questionnaire, content, name="file"):
    file = SimpleUploadedFile(name, content)
    return desk.post(f"{FILES}upload/", {"questionnaire": questionnaire.pk, "file": file})


def uploaded(desk, questionnaire, content, name="file"):
    answer = upload(desk, questionnaire, content, name)
    assert answer.status_code == 302
    return answer.url


def import_it(desk, address, **agreed):
    seen = desk.get(address).context["found"].seen
    return desk.post(f"{address}import/", {"seen": seen} | agreed)


def changed_json(desk, version, change=None):
    said = json.loads(download(desk, version, "questionnaire.json"))
    (change or (lambda s: s["sections"][0]["questions"][0]["text"].update(en="Where?")))(said)
    return json.dumps(said).encode()


def drafts():
    return list(Version.objects.with_questions().filter(published_at=None))


# Downloads


def test_every_file_of_a_version_is_downloaded_and_stands_in_the_log(desk, citizens):
    version = citizens.versions.get()
    names = ["questionnaire.json", "xlsform.xlsx", "translations.xlsx", "ro.xliff", "sr-latn.xliff"]

    starts = [download(desk, version, name)[:2] for name in names]

    assert starts == [b"{\n", b"PK", b"PK", b"<?", b"<?"]
    entries = AuditEntry.objects.filter(action="exported", object_id=str(version.pk))
    assert [entry.details for entry in entries.order_by("pk")] == [
        {"format": "json"},
        {"format": "xlsform"},
        {"format": "sheet"},
        {"format": "xliff", "language": "ro"},
        {"format": "xliff", "language": "sr-latn"},
    ]


def test_a_language_that_is_not_translated_into_has_no_file(desk, citizens):
    assert desk.get(f"{FILES}version/{citizens.versions.get().pk}/en.xliff").status_code == 404
    assert desk.get(f"{FILES}version/999/questionnaire.json").status_code == 404


# Imports


@pytest.mark.parametrize(
    "name", ["questionnaire.json", "xlsform.xlsx", "translations.xlsx", "sr.xliff"]
)
@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_a_file_of_a_version_brings_nothing_new_to_it(desk, listens, slug, name):
    questionnaire = listens.questionnaires.get(slug=slug)
    content = download(desk, questionnaire.versions.get(), name)

    page = desk.get(uploaded(desk, questionnaire, content)).content.decode()

    assert "There is nothing to import." in page
    assert "What is wrong" not in page


def test_a_changed_questionnaire_becomes_a_draft_and_what_is_published_stays(desk, citizens):
    version = citizens.versions.get()
    address = uploaded(desk, citizens, changed_json(desk, version), "ours.json")
    page = desk.get(address).content.decode()
    assert drafts() == []

    answer = import_it(desk, address)

    (draft,) = drafts()
    assert answer.url == FILES
    assert ">place</th><td>changed</td>" in page
    assert (draft.number, draft.sections.all()[0].questions.all()[0].text["en"]) == (2, "Where?")
    assert Version.objects.get(pk=version.pk).published_at is not None
    assert not QuestionnaireUpload.objects.exists()
    entry = AuditEntry.objects.get(action="imported")
    assert (entry.object_id, entry.user_name) == (str(draft.pk), "Ana")
    assert (entry.details["format"], entry.details["file"]) == ("json", "ours.json")


def test_a_draft_is_replaced_only_by_somebody_who_says_so(desk, citizens):
    version = citizens.versions.get()
    content = changed_json(desk, version)
    import_it(desk, uploaded(desk, citizens, content))
    second = changed_json(desk, version, lambda said: said["sections"].pop())
    address = uploaded(desk, citizens, second)

    refused = import_it(desk, address)
    sections = drafts()[0].sections.count()
    import_it(desk, address, replace="on")

    assert refused.status_code == 422
    assert sections == version.sections.count()
    (draft,) = drafts()
    assert draft.sections.count() == sections - 1


def test_a_draft_that_was_changed_meanwhile_is_looked_at_again(desk, citizens):
    version = citizens.versions.get()
    first = uploaded(desk, citizens, changed_json(desk, version))
    second = uploaded(desk, citizens, changed_json(desk, version, lambda s: s["sections"].pop()))
    seen = desk.get(first).context["found"].seen
    import_it(desk, second)

    answer = desk.post(f"{first}import/", {"seen": seen, "replace": "on"})

    assert answer.status_code == 409
    assert "was changed meanwhile" in answer.content.decode()
    assert drafts()[0].sections.count() == version.sections.count() - 1


@pytest.fixture
def committed(transactional_db):
    """The citizens' questionnaire, and a file that would ask another first question."""
    questionnaire = load_content().questionnaires.get(slug="citizens")
    version = Version.objects.with_questions().get(questionnaire=questionnaire)
    said = json.loads(write_json(whole_of(version)))
    said["sections"][0]["questions"][0]["text"]["en"] = "Where?"
    return questionnaire, json.dumps(said).encode()


def import_during(change, questionnaire, content):
    """Import what was looked at while somebody's change is not committed; what comes of it."""
    seen = read_import(questionnaire, "json", content).seen

    def write():
        try:
            return write_import(questionnaire, "json", content, seen=seen)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            written = pool.submit(write)
            until_it_waits_for_us()
        return written.result()


def test_an_edit_that_is_committed_during_an_import_is_not_lost(committed):
    questionnaire, content = committed
    draft = begin(questionnaire, is_empty=False)
    first = Question.objects.filter(version=draft).earliest("section__position", "position")

    def edit():
        locked_draft(draft.pk)
        Question.objects.filter(pk=first.pk).update(text={"en": "Which place?"})

    with pytest.raises(Outdated):
        import_during(edit, questionnaire, content)

    assert Question.objects.get(pk=first.pk).text["en"] == "Which place?"


def test_a_draft_that_is_published_during_an_import_is_not_written_in(committed):
    questionnaire, content = committed
    draft = begin(questionnaire, is_empty=False)
    Version.objects.filter(pk=draft.pk).update(note="A typo was put right.")
    by = User.objects.create_user("ana")

    with pytest.raises(Outdated):
        import_during(lambda: publish(draft, by=by, moment=timezone.now()), questionnaire, content)

    assert not Version.objects.filter(published_at=None).exists()


def test_a_draft_that_is_begun_during_an_import_is_kept(committed):
    questionnaire, content = committed

    with pytest.raises(Outdated):
        import_during(lambda: begin(questionnaire, is_empty=False), questionnaire, content)

    (draft,) = drafts()
    assert draft.sections.all()[0].questions.all()[0].text["en"] != "Where?"


def test_words_that_are_shown_at_once_are_changed_only_by_somebody_who_says_so(desk, citizens):
    version = citizens.versions.get()
    content = changed_json(desk, version, lambda s: s["questionnaire"]["title"].update(en="New"))

    import_it(desk, uploaded(desk, citizens, content))
    before = Questionnaire.objects.get(pk=citizens.pk).title["en"]
    import_it(desk, uploaded(desk, citizens, content), with_words="on", replace="on")

    assert before != "New"
    assert Questionnaire.objects.get(pk=citizens.pk).title["en"] == "New"


def test_what_a_form_asks_that_we_do_not_have_is_left_out_knowingly(desk, citizens):
    (path,) = [path for path in FORMS if path.stem == "or_other"]
    address = uploaded(desk, citizens, path.read_bytes())
    page = desk.get(address).content.decode()

    refused = import_it(desk, address)
    import_it(desk, address, leave_out="on")

    assert "7 entries of the form are not taken over as they are" in page
    assert "Options do not depend on another answer here." in page
    assert refused.status_code == 422
    assert [question.name for question in drafts()[0].questions] == ["fav_color"]


def test_a_question_keeps_its_kind_in_a_form_as_well(desk, citizens):
    content = changed_json(
        desk,
        citizens.versions.get(),
        lambda s: s["sections"][0]["questions"][0].update(kind="text"),
    )

    page = desk.get(uploaded(desk, citizens, content)).content.decode()

    assert "was published as “place” and cannot become “text”" in page
    assert "Nothing can be imported" in page


def test_translations_are_shown_old_and_new_and_written_all_or_none(desk, citizens):
    version = citizens.versions.get()
    good = download(desk, version, "ro.xliff").replace("Unde locuiți?".encode(), b"Unde stati?")
    bad = good.replace(b"Unde stati?", "Где живите?".encode())

    refused = desk.get(uploaded(desk, citizens, bad)).content.decode()
    address = uploaded(desk, citizens, good)
    page = desk.get(address).content.decode()
    import_it(desk, address)

    assert "This is written in Cyrillic letters" in refused
    assert '<td lang="ro">Unde locuiți?</td><td lang="ro">Unde stati?</td>' in page
    (draft,) = drafts()
    place = draft.sections.all()[0].questions.all()[0]
    assert place.text["ro"] == "Unde stati?"
    assert place.translated_from["text"] == {"ro": "Where do you live?"}
    assert len(document_of(draft)) == version.sections.count()


def test_a_file_is_forgotten_when_it_is_thrown_away_and_after_a_week(desk, citizens):
    address = uploaded(desk, citizens, b'{"format": "x"}')
    discarded = desk.post(f"{address}discard/")
    gone = desk.get(address)
    uploaded(desk, citizens, b"{}")
    now = timezone.now()

    assert (discarded.url, gone.url) == (FILES, FILES)
    assert forget_uploads(now + timedelta(days=6)) == 0
    assert forget_uploads(now + timedelta(days=8)) == 1


def test_an_upload_is_of_a_known_kind(citizens):
    with pytest.raises(IntegrityError, match="upload_kind_is_known"), transaction.atomic():
        QuestionnaireUpload.objects.create(questionnaire=citizens, kind="pdf", content=b"x")


@pytest.mark.parametrize("data", [{}, {"questionnaire": "x\x00"}, {"questionnaire": "9" * 30}])
def test_an_upload_without_what_it_needs_is_told(desk, data):
    answer = desk.post(f"{FILES}upload/", data)

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_only_who_may_change_versions_uploads(client, listens):
    reader = User.objects.create_user("reader", is_staff=True)
    sign_in_staff(client, reader)
    pk = Version.objects.first().pk

    statuses = {
        name: client.get(f"{FILES}{name}").status_code
        for name in ("", "upload/1/", f"version/{pk}/questionnaire.json", f"version/{pk}/ro.xliff")
    }

    assert {*statuses.values()} == {403}
    assert client.post(f"{FILES}upload/").status_code == 403
    assert client.post(f"{FILES}upload/1/import/").status_code == 403


def test_forged_numbers_of_files_are_told(desk):
    assert desk.get(f"{FILES}upload/999/").url == FILES
    assert desk.post(f"{FILES}upload/999/import/", {"seen": "x"}).url == FILES


def test_files_take_the_same_queries_however_many_versions_there_are(
    desk, citizens, django_assert_num_queries, django_assert_max_num_queries
):
    QuestionnaireUpload.objects.create(questionnaire=citizens, kind="json", content=b"{}")
    desk.get(FILES)
    with django_assert_max_num_queries(14) as few:
        desk.get(FILES)
    for number in (2, 3):
        Version.objects.create(questionnaire=citizens, number=number, published_at=timezone.now())
        QuestionnaireUpload.objects.create(questionnaire=citizens, kind="json", content=b"{}")

    with django_assert_num_queries(len(few)):
        desk.get(FILES)


SOUND = {}


def packed(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", content)
    return file.getvalue()


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.binary(max_size=120) | st.text(max_size=60).map(str.encode), st.data())
@example(b"PK\x03\x04", None)
@example(packed(b"<workbook/>"), None)
@example(b'{"format": "listens-questionnaire"}', None)
@example(b"<xliff/>", None)
def test_no_file_breaks_the_page(desk, citizens, content, data):
    if data is not None:
        name = data.draw(st.sampled_from(["questionnaire.json", "xlsform.xlsx", "sr.xliff"]))
        if name not in SOUND:
            SOUND[name] = download(desk, citizens.versions.get(number=1), name)
        sound = SOUND[name]
        at = data.draw(st.integers(0, len(sound)))
        content = sound[:at] + content + sound[at + len(content) :]

    answer = upload(desk, citizens, content)

    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert desk.get(answer.url).status_code == 200
        assert import_it(desk, answer.url).status_code in (302, 422)


# Commands


@pytest.mark.parametrize("format", ["json", "xlsform"])
def test_a_questionnaire_goes_out_and_in_by_command(citizens, tmp_path, format, capsys):
    file = tmp_path / "file"
    call_command(
        "export_questionnaire", "--questionnaire=citizens", f"--format={format}", output=file
    )
    same = ("import_questionnaire", file, "--questionnaire=citizens")
    with pytest.raises(CommandError, match="says what the questionnaire says already"):
        call_command(*same)
    other = Version.objects.create(questionnaire=citizens, number=2)

    with pytest.raises(CommandError, match="There is a draft version already"):
        call_command(*same)
    call_command(*same, "--replace-draft")

    first, second = (
        canonical(document_of(Version.objects.with_questions().get(pk=pk)))
        for pk in (citizens.versions.get(number=1).pk, other.pk)
    )
    assert second == first
    assert "Version 2 is a draft now." in capsys.readouterr().out


def test_a_command_tells_that_the_questionnaire_was_changed_meanwhile(
    citizens, tmp_path, monkeypatch
):
    file, command = tmp_path / "file", import_questionnaire.Command
    call_command("export_questionnaire", "--questionnaire=citizens", "--format=json", output=file)
    Version.objects.create(questionnaire=citizens, number=2)
    refuse = command.refuse

    def change_meanwhile(*args):
        refuse(*args)
        Version.objects.filter(number=2).delete()

    monkeypatch.setattr(command, "refuse", change_meanwhile)

    with pytest.raises(CommandError, match="was changed meanwhile"):
        call_command("import_questionnaire", file, "--questionnaire=citizens", "--replace-draft")

    assert not citizens.versions.filter(published_at=None).exists()


def test_a_command_tells_what_is_wrong(citizens, tmp_path, capsys):
    (tmp_path / "file").write_bytes(b'{"format": "listens-questionnaire"}')

    with pytest.raises(CommandError, match=r"Faults: \d\. Nothing was imported\."):
        call_command("import_questionnaire", tmp_path / "file", "--questionnaire=citizens")
    with pytest.raises(CommandError, match="no questionnaire “nobody”"):
        call_command("import_questionnaire", tmp_path / "file", "--questionnaire=nobody")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_questionnaire", tmp_path / "none", "--questionnaire=citizens")

    assert "sections: must be a list" in capsys.readouterr().err
