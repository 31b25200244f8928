"""One consultation in an encrypted file, and back in another installation's database."""

import io
import json
import tarfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pyrage
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from surveys.backups import Refused
from surveys.backups.keys import LEDGER, SECRETS
from surveys.backups.reading import NOT_OURS, Nobody, read
from surveys.backups.restoring import restore
from surveys.backups.rows import WAITED
from surveys.backups.scope import KEPT, LEFT_OUT
from surveys.backups.sealing import DAMAGED, NO_BACKUP, OTHER_KEY, sealed, unsealed
from surveys.backups.writing import HEAD, back_up
from surveys.fabrication import fabricate
from surveys.ledger.checking import check
from surveys.management.commands.restore_consultation import AND_NOW
from surveys.management.commands.verify_backup import secret_key
from surveys.models import (
    AuditEntry,
    CodingFrame,
    Consultation,
    Message,
    Organisation,
    Questionnaire,
    Response,
    User,
)
from tests.surveys.backups_cast import (
    OF_THE_OTHER,
    Site,
    add_another_consultation,
    another_site,
    dump,
    fill,
    migrated,
    set_up,
    triggers_at_rest,
)
from tests.surveys.keys import new_key

# Filling an installation takes longer than most of what is tried with it: one process does it.
pytestmark = pytest.mark.xdist_group("backups")

SECRET = pyrage.x25519.Identity.generate()
KEY, RECIPIENT = str(SECRET), str(SECRET.to_public())


class First:
    """The installation that is backed up, as it was before another consultation came to it."""


@pytest.fixture(scope="module")
def first(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backups")
    made = First()
    with django_db_blocker.unblock(), migrated():
        made.site = Site("first")
        try:
            with made.site:
                made.receipt = fill()
                made.slug = Consultation.objects.get().slug
                made.proof = Client().get(f"{made.receipt}receipt.json").content.decode()
                made.dump = dump()
                add_another_consultation()
                made.file, made.key = folder / "first.age", folder / "key.txt"
                made.key.write_text(f"# public key: {RECIPIENT}\n{KEY}\n")
                made.said = told("backup_consultation", made.slug, output=made.file)
            made.content = made.file.read_bytes()
            yield made
        finally:
            made.site.destroy()


@pytest.fixture(scope="module")
def restored(first):
    """An operator has set it up, and restored the backup there."""
    site = Site("second")
    try:
        with site:
            site.me = set_up()
            site.said = told("restore_consultation", first.file, identity=first.key)
            site.dump = dump()
        yield site
    finally:
        site.destroy()


@pytest.fixture
def second(restored):
    with restored:
        yield restored


def told(command, *args, **options):
    """What a command says."""
    out = io.StringIO()
    if command == "backup_consultation":
        options |= {"recipient": [RECIPIENT]}
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def content_of(content):
    """What is in the file, as one text."""
    parts = Parts()
    read(io.BytesIO(content), KEY, parts)
    return parts


class Parts(Nobody):
    def __init__(self):
        self.tables = Counter()
        self.text = b""

    def take(self, label, part):
        self.tables[label] += part.count(b"\n")
        self.text += part


def test_every_model_is_kept_or_left_out_with_a_reason():
    ours = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    assert set(KEPT) & set(LEFT_OUT) == set()
    assert set(KEPT) | set(LEFT_OUT) == ours
    assert all(LEFT_OUT.values())


def test_what_is_restored_is_what_there_was_row_by_row(first, restored):
    there = restored.dump
    changed = {"surveys.User", "surveys.Message", "surveys.AuditEntry", "account.EmailAddress"}

    for label in KEPT.keys() - changed:
        assert there[label] == first.dump[label], label
    for label in changed:
        assert not_own(there[label]) == as_restored(label, first.dump[label]), label


def test_the_cast_has_something_in_nearly_every_table(first):
    empty = {label.partition(".")[2] for label in KEPT if not first.dump[label]}

    assert empty == {
        *("Amendment", "Announcement", "Campaign", "CampaignSearch", "CampaignText"),
        *("Comment", "Condition"),
        *("Decision", "Invitation", "Meeting", "OpenDataFile", "OpenDataVersion", "Quotation"),
        *("ReleaseRequest", "ReportEdition", "ReportFile", "ReportText", "Target", "Transcript"),
        *("Typing", "WorkingTranslation"),
    }


def test_the_manifest_counts_what_is_in_the_tables(first):
    counted = told("verify_backup", first.file, identity=first.key).splitlines()
    rows = {line.split()[2]: int(line.split()[0]) for line in counted[:-2]}

    assert rows == {label: len(as_restored(label, first.dump[label])) for label in KEPT}
    assert rows["surveys.Response"] == 34
    assert first.said.startswith(f"34 responses, {sum(rows.values())} rows in all, written to ")
    assert counted[-1] == "The backup is whole."
    assert first.file.stat().st_mode & 0o777 == 0o600


def not_own(rows):
    """Without what is the second installation's own."""
    own = ("me@example.org", '"restored_from"', '"object_label": "me@')
    return [row for row in rows if not any(word in row for word in own)]


def as_restored(label, rows):
    """What becomes of rows on the way."""
    found = [json.loads(row) for row in rows]
    for row in found:
        if label == "surveys.User":
            row |= {"is_staff": False, "is_superuser": False}
        if label == "surveys.Message" and row["state"] == "waiting":
            row |= {"state": "failed", "error": WAITED}
    return sorted(
        json.dumps(row, ensure_ascii=False)
        for row in found
        if row.get("kind") != "code" or label != "surveys.Message"
    )


def test_tallies_the_public_record_and_rules_are_those_of_the_first(first, second):
    said = told("recount").splitlines()
    findings = check(first.proof, Consultation.objects.get())

    assert {line.partition(": ")[2] for line in said} == {"the tallies agree"}
    assert [(each.tone, str(each.heading)) for each in findings] == [
        ("good", "The receipt is whole"),
        ("good", "The proof in the receipt is right"),
        ("good", "Cast as recorded"),
        ("good", "Recorded as counted"),
        ("good", "It counts"),
    ]
    assert triggers_at_rest() == []


def test_a_citizen_opens_the_receipt_at_the_restored_site_whatever_its_key(first, second, settings):
    settings.SECRET_KEY = "another"
    page = Client().get(first.receipt)
    reference = first.receipt.split("/")[-3]

    assert page.status_code == 200
    assert reference in page.content.decode()
    assert "Un feribot" in Client().get(f"{first.receipt}answers/").content.decode()


def test_answers_come_in_at_the_restored_site_and_are_counted(first, second):
    before = Response.objects.count()
    sent = Client().post("/en/citizens/", {"key": new_key(), "place": "timis"})
    user = User.objects.create_user("new", "new@example.org")

    assert sent.status_code == 302
    assert Response.objects.count() == before + 1
    assert "the tallies agree" in told("recount")
    assert user.pk > second.me.pk
    user.delete()
    Response.objects.filter(reference=sent.url.split("/")[-3]).delete()


def test_nothing_of_another_consultations_responses_is_in_the_file(first):
    with first.site:
        other = Response.objects.get(questionnaire__consultation__slug="other")
    text = content_of(first.content).text.decode()

    for told_of in (OF_THE_OTHER, str(other.pk), other.reference):
        assert told_of not in text
    assert "Un feribot" in text


def test_whoever_set_the_site_up_stays_its_administrator(first, second):
    me = User.objects.get(username="me")
    others = User.objects.exclude(pk=me.pk)

    assert (me.is_staff, me.is_superuser, me.email) == (True, True, "me@example.org")
    assert not others.filter(is_staff=True).exists()
    assert Authenticator.objects.get().user == me
    assert EmailAddress.objects.get(email=me.email).user == me
    entry = AuditEntry.objects.get(model="user", object_label="me@example.org")
    assert (entry.user_id, entry.object_id) == (me.pk, str(me.pk))
    # A session names its account by number.
    assert Session.objects.count() == 0


def test_who_has_the_same_address_in_both_is_one_person(first):
    with another_site("third"):
        set_up("Ana@example.org", "ana")
        told("restore_consultation", first.file, identity=first.key)

        ana = User.objects.get(email__iexact="ana@example.org")
        assert (ana.is_superuser, ana.username) == (True, "ana")
        assert Authenticator.objects.get().user == ana
        assert CodingFrame.objects.get().coders.get() == ana
        assert {*AuditEntry.objects.exclude(user_id=None).values_list("user_id", flat=True)} == {
            ana.pk
        }


def test_of_two_with_the_same_name_the_one_who_set_the_site_up_gets_another(first):
    with another_site("third"):
        set_up("me@example.org", "elena")
        told("restore_consultation", first.file, identity=first.key)

        me = User.objects.get(email="me@example.org")
        assert me.username == f"elena-{me.pk}"
        assert User.objects.get(username="elena").email == "elena@example.org"


def test_what_waited_is_given_up_and_is_not_sent_from_two_places(first, second):
    states = dict(Message.objects.values_list("key", "state"))

    assert states["invitation:sent"] == "sent"
    assert states["replies:waiting"] == "failed"
    assert "code:waiting" not in states
    assert not Message.objects.filter(state="waiting").exists()


def test_the_command_says_what_is_to_be_carried_over(first, second):
    assert second.said.splitlines() == [
        "34 responses of “listens-2027” are here, as they were.",
        *(f"- {words}" for words in AND_NOW),
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "another", f"{SECRETS} {LEDGER}"),
        # The public record is called after the address.
        ("SITE_URL", "https://second.example.org", LEDGER),
        ("LEDGER_KEY", "5a" * 32, LEDGER),
    ],
)
def test_other_keys_are_refused_before_anything_is_signed_with_them(
    first, empty, settings, name, value, words
):
    setattr(settings, name, value)

    with pytest.raises(Refused) as refusal:
        restore(io.BytesIO(first.content), KEY)

    assert str(refusal.value) == f"{words} Nothing was restored; --other-keys does it anyway."


def test_other_keys_may_be_wanted(first, settings):
    settings.SITE_URL = "https://rehearsal.example.org"
    with another_site("third"):
        said = told(
            "restore_consultation", first.file, identity=first.key, other_keys=True
        ).splitlines()

        assert Response.objects.count() == 34
    assert said[1] == f"- {LEDGER}"


def test_it_is_the_state_of_one_moment(first):
    """Somebody answers after the first statement that reads."""

    def answer():
        for _batch in fabricate(
            Questionnaire.objects.get(slug="citizens", consultation__slug=first.slug), 1, Random(1)
        ):
            pass
        connections.close_all()

    def meanwhile(execute, sql, *args):
        if "django_migrations" in sql:
            pool.submit(answer).result()
        return execute(sql, *args)

    with first.site, ThreadPoolExecutor(1) as pool:
        number = Response.objects.count()
        written = io.BytesIO()
        with connection.execute_wrapper(meanwhile):
            back_up(first.slug, written, [RECIPIENT])
        assert Response.objects.count() == number + 1

    found, before = (content_of(each).tables for each in (written.getvalue(), first.content))
    for label in ("surveys.Response", "surveys.Untallied", "surveys.Tally"):
        assert found[label] == before[label], label


def test_debugging_does_not_stand_in_the_way(first, monkeypatch):
    monkeypatch.setattr(connection, "force_debug_cursor", True)
    written = io.BytesIO()

    with first.site:
        back_up(first.slug, written, [RECIPIENT])
    with another_site("third"):
        restore(io.BytesIO(written.getvalue()), KEY)
        restored = Response.objects.count()

    assert restored == content_of(written.getvalue()).tables["surveys.Response"]


# Refused


@pytest.fixture(scope="module")
def bare(first):
    """An installation that has its migrations alone."""
    site = Site("bare")
    try:
        with site:
            site.dump = dump()
        yield site
    finally:
        site.destroy()


@pytest.fixture
def empty(bare):
    """The same; nothing may come of what is refused."""
    with bare:
        yield
        assert dump() == bare.dump
        assert triggers_at_rest() == []


def refused(content, key=KEY):
    """What is said of it by whoever verifies and whoever restores it."""
    said = set()
    for attempt in (lambda file: read(file, key, Nobody()), lambda file: restore(file, key)):
        with pytest.raises(Refused) as refusal:
            attempt(io.BytesIO(content))
        said.add(str(refusal.value))
    return said


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", NO_BACKUP), (b"Dear diary\n" * 99, NO_BACKUP), (b"age-encryption.org/v1\n", NO_BACKUP)],
)
def test_something_else_is_no_backup(empty, content, words):
    assert refused(content) == {words}


def test_another_key_opens_nothing(first, empty):
    assert refused(first.content, str(pyrage.x25519.Identity.generate())) == {OTHER_KEY}


def test_what_is_no_key_is_told(first, empty):
    assert refused(first.content, "age1") == {
        "The key file holds no secret key of age (AGE-SECRET-KEY-…)."
    }


def test_a_backup_that_is_cut_off_anywhere_is_refused(first, empty):
    size = len(first.content)

    for end in (10, 100, 300, size // 3, size // 2, size - 70_000, size - 1):
        assert refused(first.content[:end]) <= {NO_BACKUP, DAMAGED}, end
    assert refused(first.content + b"\n") == {DAMAGED}


def test_what_was_not_read_to_its_end_does_not_count(first):
    written = io.BytesIO()
    with sealed(written, [RECIPIENT]) as file:
        file.write(bytes(500_000))
    written.seek(0)

    with pytest.raises(Refused, match=DAMAGED), unsealed(written, KEY) as plain:
        plain.read(100)


def test_one_flipped_bit_anywhere_is_refused(first, empty):
    for place in (*range(0, 200, 13), *range(200, len(first.content), 19_973), -1):
        flipped = bytearray(first.content)
        flipped[place] ^= 1
        assert refused(bytes(flipped)) <= {NO_BACKUP, OTHER_KEY, DAMAGED}, place


def test_an_archive_of_something_else_is_refused(empty):
    written = io.BytesIO()
    with sealed(written, [RECIPIENT]) as file:
        file.write(b"no archive")

    assert refused(written.getvalue()) == {DAMAGED}


@pytest.mark.parametrize(
    ("name", "words"), [("notes.txt", b"{}"), (HEAD, b"no JSON"), (HEAD, b"[]"), (HEAD, b"{}")]
)
def test_an_archive_that_is_no_consultation_is_refused(empty, name, words):
    written = io.BytesIO()
    with (
        sealed(written, [RECIPIENT]) as file,
        tarfile.open(fileobj=file, mode="w|gz") as archive,
    ):
        member = tarfile.TarInfo(name)
        member.size = len(words)
        archive.addfile(member, io.BytesIO(words))

    assert refused(written.getvalue()) == {NOT_OURS}


def test_an_archive_without_all_of_its_rows_is_refused(first, empty):
    """Whoever knows the public key can make a file that opens; not one that counts right."""
    written = io.BytesIO()
    with sealed(written, [RECIPIENT]) as file:
        file.write(without_one_row(first.content))

    assert refused(written.getvalue()) == {"What is in the backup is not what its manifest says."}


def without_one_row(content):
    plain = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO(content), plain, [SECRET])
    changed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(plain.getvalue()), mode="r:gz") as archive,
        tarfile.open(fileobj=changed, mode="w:gz") as other,
    ):
        for member in archive:
            part = archive.extractfile(member).read()
            if member.name == "surveys.TreeNode/000000":
                part = part.partition(b"\n")[2]
            member.size = len(part)
            other.addfile(member, io.BytesIO(part))
    return changed.getvalue()


def test_the_backup_of_another_release_is_refused(first, empty):
    with another_site("release"):
        MigrationRecorder(connection).record_applied("surveys", "0099_later")
        with pytest.raises(Refused) as refusal:
            restore(io.BytesIO(first.content), KEY)

    assert str(refusal.value) == (
        "The backup is of another release. Restore it with the release that made it; these"
        " migrations differ: surveys.0099_later."
    )


def test_what_is_there_already_is_not_restored_twice(first, second):
    before = dump()

    with pytest.raises(CommandError, match="^There is a consultation “listens-2027” here already"):
        told("restore_consultation", first.file, identity=first.key)

    assert dump() == before


def test_rows_with_the_same_keys_are_not_written_over(first):
    with another_site("taken"):
        Organisation.objects.create(name="Asociația Dunărea Verde")
        before = dump()
        with pytest.raises(Refused, match="^This installation has rows of its own"):
            restore(io.BytesIO(first.content), KEY)
        assert dump() == before
        assert triggers_at_rest() == []


@pytest.mark.parametrize("slug", ["listens-1999", ""])
def test_an_unknown_consultation_leaves_no_file(first, tmp_path, slug):
    with first.site, pytest.raises(CommandError, match=f"^There is no consultation “{slug}”.$"):
        told("backup_consultation", slug, output=tmp_path / "x.age")

    assert list(tmp_path.iterdir()) == []


def test_what_is_no_recipient_leaves_no_file(first, tmp_path):
    with first.site, pytest.raises(CommandError, match="^The recipient is no public key of age"):
        call_command("backup_consultation", first.slug, output=tmp_path / "x", recipient=[KEY])

    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_that_is_said(first, tmp_path):
    output = tmp_path / "away" / "x.age"

    with first.site, pytest.raises(CommandError) as refusal:
        told("backup_consultation", first.slug, output=output)

    assert str(refusal.value) == f"{output} cannot be written: No such file or directory."


def test_a_full_disk_leaves_no_half_file(first, tmp_path):
    (tmp_path / "x.age.part").symlink_to("/dev/full")

    with first.site, pytest.raises(CommandError, match="No space left on device"):
        told("backup_consultation", first.slug, output=tmp_path / "x.age")

    assert list(tmp_path.iterdir()) == []


def test_no_backup_is_written_over_another_one(first):
    with first.site, pytest.raises(CommandError, match="is there already"):
        told("backup_consultation", first.slug, output=first.file)

    assert first.file.read_bytes() == first.content


def test_a_key_is_made_for_its_owner_alone(tmp_path):
    file = tmp_path / "key.txt"
    public = told("make_backup_key", file).strip()
    with pytest.raises(CommandError, match="File exists"):
        told("make_backup_key", file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert str(pyrage.x25519.Identity.from_str(secret_key(file)).to_public()) == public
