"""People's requests about their data: found, copied, erased everywhere, restricted."""

import io
import json
import zipfile
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from surveys import audit
from surveys.exporting.asking import ask
from surveys.exporting.running import export_due
from surveys.identifiers import new_secret
from surveys.lifecycle import change_response, send_citizen_response
from surveys.models import (
    AuditEntry,
    Comment,
    Commitment,
    Consultation,
    Export,
    Invitation,
    Member,
    Message,
    OrganisationList,
    Response,
    SubjectRequest,
    Subscriber,
    Tally,
    Untallied,
    User,
    Version,
    WorkingTranslation,
)
from surveys.parts import Part
from surveys.people import make_person
from surveys.releasing.exact import accounted
from surveys.roles import CODER, SECRETARIAT
from surveys.subjects.requests import due
from surveys.subjects.scrubbing import without
from surveys.subjects.searching import places_of
from surveys.tallying.folding import differences, fold
from surveys.tallying.reading import totals
from tests.surveys.quoting_cast import an_organisation, answered, decided, quoted
from tests.surveys.signing_in import sign_in_staff

CANARY = 'Kanarienvogel „țipă” la Baziaș, \\ și 100% "galben"'
EARLIER = "Primul cântec al canarului din Moldova Nouă"
EMAIL = "Canary.Bird@example.org"


def part(words):
    answers = {"place": "mehedinti", "C5": words}
    return Part(frozenset(answers), answers, {})


@pytest.fixture
def desk(listens):
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(SECRETARIAT.group())
    client = Client()
    sign_in_staff(client, user)
    client.user = user
    return client


@pytest.fixture
def citizen(listens, desk):
    """Somebody who sent and changed, whom staff read, quoted, translated and exported."""
    questionnaire = listens.questionnaires.get(slug="citizens")
    secret = new_secret()
    sent = send_citizen_response(
        questionnaire.current_version(),
        secret=secret,
        part=part(EARLIER),
        seen="",
        language="ro",
        moment=listens.now,
    )
    seen = part(EARLIER).fingerprint()
    sent = change_response(sent, part=part(CANARY), seen=seen, language="ro", moment=timezone.now())
    decided(sent)
    quoted(listens, sent)
    WorkingTranslation.objects.create(
        response=sent, question="C5", language="en", text=CANARY, made_at=timezone.now()
    )
    audit.record(desk.user, AuditEntry.Action.SAW, sent, purpose=f"A call about {sent.reference}")
    ask(desk.user, questionnaire, purpose="analysis", formats=["csv"])
    while export_due():
        pass
    fold(questionnaire)
    cache.set("page", CANARY)
    return sent, secret


def take_in(desk, kind, sought, proof="link"):
    """The number of the request; None where nothing is found."""
    answer = desk.post(
        "/en/admin/subjects/",
        {"kind": kind, "proof": proof, "received_on": "2026-11-20", "sought": sought},
    )
    return int(answer.url.rstrip("/").rpartition("/")[2]) if answer.status_code == 302 else None


def confirm(desk, number):
    return desk.post(f"/en/admin/subjects/{number}/done/", {"sure": "on"})


def link(response, secret):
    return f"https://listens.example/ro/citizens/sent/{response.reference}/{secret}/"


def test_a_citizen_is_found_by_the_link_or_reference_and_secret_and_by_neither_alone(desk, citizen):
    sent, secret = citizen

    assert take_in(desk, "export", link(sent, secret)) is not None
    assert take_in(desk, "export", f"{sent.reference} {secret}") is not None
    for sought in (sent.reference, secret, f"{sent.reference} {new_secret()}", str(sent.pk)):
        assert [take_in(desk, "export", sought, proof) for proof in SubjectRequest.Proof] == [
            *(None, None, None),
        ]


def test_the_copy_holds_every_wording_and_the_request_forgets_whose(desk, citizen):
    sent, secret = citizen
    number = take_in(desk, "export", link(sent, secret))

    file = desk.post(f"/en/admin/subjects/{number}/copy/")
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    data = json.loads(archive.read("data.json"))
    confirm(desk, number)

    assert data["response"][0]["answers"]["C5"] == CANARY
    assert data["revisions"][0]["answers"]["C5"] == EARLIER
    assert data["translations"][0]["text"] == CANARY
    assert EARLIER in archive.read("data.html").decode()
    request = SubjectRequest.objects.get()
    assert (request.response, request.email, request.organisation) == (None, "", None)
    assert request.report["revisions"] == 1
    assert desk.post(f"/en/admin/subjects/{number}/copy/").status_code == 404


def test_nothing_is_erased_before_it_is_confirmed(desk, citizen):
    sent, secret = citizen
    number = take_in(desk, "erase", link(sent, secret))

    page = desk.get(f"/en/admin/subjects/{number}/").content.decode()
    answer = desk.post(f"/en/admin/subjects/{number}/done/", {})

    assert answer.status_code == 422
    assert "a hash that nobody can link to anybody" in page
    assert Response.objects.get(pk=sent.pk).answers["C5"] == CANARY


def test_after_erasure_a_citizens_words_are_nowhere_and_the_counts_agree(
    desk, citizen, listens, django_capture_on_commit_callbacks
):
    sent, secret = citizen
    answered(listens, "Altceva, de la altcineva")
    questionnaire = sent.questionnaire
    before = accounted(questionnaire, 2)
    needles = [CANARY, EARLIER, sent.reference, Response.objects.get(pk=sent.pk).secret_hash]
    stood = places_of(needles)

    with django_capture_on_commit_callbacks(execute=True):
        confirm(desk, take_in(desk, "erase", link(sent, secret)))

    assert {
        *("surveys_response.answers", "surveys_revision.answers", "surveys_auditentry.purpose"),
        *("surveys_workingtranslation.text", "surveys_response.secret_hash"),
    } <= set(stood)
    assert places_of(needles) == {}
    assert cache.get("page") is None
    assert [export.parts.count() for export in Export.objects.all()] == [0]
    assert Export.objects.get().state == "expired"
    assert Untallied.objects.count() == 0
    assert differences(questionnaire) == []
    assert totals(questionnaire)
    assert Response.objects.sent().filter(questionnaire=questionnaire).count() == 1
    after = accounted(questionnaire, 1)
    assert after == before | {"counted": 1, "withdrawn": 1}
    leaves = Commitment.objects.values_list("response", "salt", "state")
    assert sorted({(leaf[0], leaf[1], leaf[2]) for leaf in leaves}, key=str) == [
        (None, None, "replaced"),
        (None, None, "withdrawn"),
    ]
    assert Client().get(f"/ro/citizens/sent/{sent.reference}/{secret}/").status_code == 404
    assert SubjectRequest.objects.get().report["responses"] == 1
    assert Tally.objects.filter(n__lt=0).count() == 0


def test_words_that_staff_copied_by_hand_are_reported(desk, citizen, listens):
    sent, secret = citizen
    Comment.objects.create(
        organisation=an_organisation(),
        questionnaire=sent.questionnaire,
        question="C5",
        text=f"Somebody writes: {CANARY}",
    )

    confirm(desk, take_in(desk, "erase", link(sent, secret)))

    assert SubjectRequest.objects.get().report["left in surveys_comment.text"] == 1


def test_after_erasure_an_address_and_its_name_are_nowhere(desk, listens):
    person = make_person(EMAIL, language="ro")
    User.objects.filter(pk=person.pk).update(first_name="Canara", last_name="Pasăre")
    person.refresh_from_db()
    member = Client()
    member.force_login(person)
    organisation = an_organisation()
    Member.objects.create(organisation=organisation, user=person)
    Invitation.objects.create(organisation=organisation, email=EMAIL)
    Subscriber.objects.create(consultation=listens, email=EMAIL.lower(), language="ro")
    questionnaire = listens.questionnaires.get(slug="stakeholders")
    Comment.objects.create(
        organisation=organisation,
        questionnaire=questionnaire,
        question="S1",
        author=person,
        author_name=str(person),
        text="Oare?",
    )
    theirs = answered(listens, slug="stakeholders", organisation=organisation, publication="named")
    theirs.events.create(
        kind="sent",
        author=person,
        author_name=str(person),
        began_at=timezone.now(),
        at=timezone.now(),
    )
    OrganisationList.objects.create(name="a.csv", rows=[["name", "email"], ["Alta", EMAIL]])
    for key, to, state in (("a", EMAIL, "waiting"), ("b", "ion@example.org", "sent")):
        Message.objects.create(
            key=key,
            kind="receipt",
            to=to,
            language="ro",
            subject="Canara Pasăre",
            text=EMAIL,
            state=state,
            next_try_at=timezone.now(),
        )
    audit.record(desk.user, AuditEntry.Action.CHANGED, person, email=EMAIL)
    needles = [EMAIL, "Canara Pasăre"]
    stood = places_of(needles)

    confirm(desk, take_in(desk, "erase", EMAIL.lower(), "email"))

    assert {
        *("surveys_user.email", "surveys_invitation.email", "surveys_subscriber.email"),
        *("surveys_message.to", "surveys_message.text", "surveys_comment.author_name"),
        *(
            "surveys_event.author_name",
            "surveys_auditentry.details",
            "surveys_organisationlist.rows",
        ),
    } <= set(stood)
    assert places_of(needles) == {}
    assert [*Message.objects.values_list("key", flat=True)] == ["b"]
    assert OrganisationList.objects.get().rows == [["name", "email"]]
    # What the organisation answered is its own.
    assert Response.objects.get(pk=theirs.pk).answers == theirs.answers
    assert not member.get("/ro/").wsgi_request.user.is_authenticated
    assert AuditEntry.objects.filter(action="deleted", model="subjectrequest").count() == 1


ANA = "ana@example.org"
OF_OTHERS = [
    *("mariana@example.org", "țana@example.org", "o'ana@example.org", "x.ana@example.org"),
    *("x--ana@example.org", "x_ana@example.org", "a+ana@example.org", "7ana@example.org"),
    *("ana@example.org.ro", "ana@example.organisation", "ana@example.org-x.ro"),
    *("ana@example.orgă", "anа@example.org"),
]


@pytest.mark.parametrize("other", OF_OTHERS)
def test_an_address_within_another_is_left_alone(other):
    assert without(f"To {other}, <{other}>.", ANA) == f"To {other}, <{other}>."


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("ana@example.org", "[erased]"),
        ("Write to ANA@Example.org.", "Write to [erased]."),
        ("'ana@example.org', Ana <ana@example.org>", "'[erased]', Ana <[erased]>"),
        ("mailto:ana@example.org...", "mailto:[erased]..."),
        ("mariana@example.org;ana@example.org", "mariana@example.org;[erased]"),
        ({"ana@example.org": [1, "ana@example.org"]}, {"[erased]": [1, "[erased]"]}),
    ],
)
def test_an_address_is_taken_out_of_whatever_stands_beside_it(said, left):
    assert without(said, ANA) == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Social, asocial, SOCIAL!", "[erased], asocial, [erased]!"),
        ("socială Socialul social-ul", "socială Socialul [erased]-ul"),
        ("ПSocial social_fund social2 social\u0306", "ПSocial social_fund social2 social\u0306"),
    ],
)
def test_a_name_is_taken_out_as_a_whole_word(said, left):
    assert without(said, "Social") == left


def test_erasing_an_address_leaves_what_is_of_others(desk):
    other = "mariana@example.org"
    organisation = an_organisation()
    for email in (other, ANA):
        Invitation.objects.create(organisation=organisation, email=email)
    OrganisationList.objects.create(
        name="a.csv",
        rows=[
            ["name", "email"],
            ["Podul", other],
            ["Banca", f"Ana <{ANA}>; {other}"],
            ["Ana", "ANA@example.org"],
        ],
    )
    letter = Message.objects.create(
        key="a",
        kind="receipt",
        to=other,
        language="ro",
        subject=other,
        text=f"{other} a invitat {ANA}.",
        html=f"<p>{other}</p>",
        next_try_at=timezone.now(),
    )
    for email in (other, ANA):
        audit.record(desk.user, AuditEntry.Action.CHANGED, desk.user, email=email)
        LogEntry.objects.create(
            user=desk.user, object_repr=email, action_flag=2, change_message=f"To {email}"
        )

    confirm(desk, take_in(desk, "erase", ANA, "email"))

    assert Invitation.objects.get().email == other
    assert OrganisationList.objects.get().rows == [["name", "email"], ["Podul", other]]
    letter.refresh_from_db()
    assert (letter.subject, letter.text) == (other, f"{other} a invitat [erased].")
    assert letter.html == f"<p>{other}</p>"
    entries = AuditEntry.objects.filter(action="changed", model="user").order_by("pk")
    assert [entry.details for entry in entries] == [{"email": other}, {"email": "[erased]"}]
    told = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert [*told] == [(other, f"To {other}"), ("[erased]", "")]
    report = SubjectRequest.objects.get().report
    assert (report["lists"], report["log"], report["admin_log"]) == (2, 1, 1)


def test_the_account_of_staff_is_not_erased(desk):
    User.objects.filter(pk=desk.user.pk).update(email="ana@example.org")

    answer = confirm(desk, take_in(desk, "erase", "ana@example.org", "email"))

    assert answer.status_code == 409
    assert User.objects.filter(email="ana@example.org").exists()


def test_an_organisation_is_erased_with_its_response(desk, listens):
    organisation = an_organisation()
    response = answered(listens, slug="stakeholders", organisation=organisation)
    number = take_in(desk, "erase", response.reference, "organisation")

    confirm(desk, number)

    assert places_of([organisation.name, response.reference, "Ion Popa"]) == {}
    assert Response.objects.get().state == "withdrawn"


def test_what_is_restricted_is_used_for_nothing_until_it_is_lifted(desk, citizen):
    sent, secret = citizen
    questionnaire = sent.questionnaire
    number = take_in(desk, "restrict", link(sent, secret))
    confirm(desk, number)

    def seen():
        fold(questionnaire)
        stored = Response.objects.get(pk=sent.pk)
        return (
            stored.state,
            Response.objects.sent().count(),
            [*Tally.objects.filter(dimension="", question="place", n__gt=0)] != [],
            Client().get(f"/ro/citizens/sent/{sent.reference}/{secret}/").status_code,
        )

    restricted = seen()
    assert differences(questionnaire) == []
    assert Export.objects.get().parts.count() == 0
    assert Response.objects.get(pk=sent.pk).answers["C5"] == CANARY
    desk.post(f"/en/admin/subjects/{number}/lift/")

    assert (restricted[:2], restricted[3]) == (("restricted", 0), 403)
    lifted = seen()
    assert (lifted[:2], lifted[3]) == (("sent", 1), 200)
    assert Response.objects.get(pk=sent.pk).unread == []
    assert SubjectRequest.objects.get().response is None


def of_the_consultation_before(listens, organisation, **fields):
    """What the organisation answered when it was asked before."""
    before = Consultation.objects.get(pk=listens.pk)
    asked = before.questionnaires.get(slug="stakeholders")
    before.pk, before.slug = None, "listens-2024"
    before.save()
    asked.pk, asked.consultation = None, before
    asked.save()
    version = Version.objects.create(questionnaire=asked, number=1, published_at=timezone.now())
    fields |= {"questionnaire": asked, "version": version, "organisation": organisation}
    return answered(listens, slug="stakeholders", **fields)


def state(response):
    return Response.objects.get(pk=response.pk).state


def test_what_an_organisation_withdrew_stands_in_the_way_of_no_restriction(desk, listens):
    organisation = an_organisation()
    withdrawn = of_the_consultation_before(listens, organisation, state="withdrawn", answers={})
    sent = answered(listens, slug="stakeholders", organisation=organisation)

    answer = confirm(desk, take_in(desk, "restrict", organisation.name, "organisation"))

    assert answer.status_code == 302
    assert (state(withdrawn), state(sent)) == ("withdrawn", "restricted")
    assert SubjectRequest.objects.get().response == sent


def test_all_that_an_organisation_sent_is_restricted_and_each_can_be_lifted_alone(desk, listens):
    organisation = an_organisation()
    before = of_the_consultation_before(listens, organisation)
    sent = answered(listens, slug="stakeholders", organisation=organisation)
    number = take_in(desk, "restrict", organisation.name, "organisation")

    confirm(desk, number)
    page = desk.get(f"/en/admin/subjects/{number}/").content.decode()

    restricted = (state(before), state(sent))
    first, second = SubjectRequest.objects.order_by("pk")
    kept = SubjectRequest.objects.exclude(done_at=None).values_list(
        *("kind", "proof", "received_on", "due_on", "organisation", "report", "handled_by"),
    )
    alike = ("restrict", "organisation", date(2026, 11, 20), date(2026, 12, 20), None)
    assert restricted == ("restricted", "restricted")
    assert {first.response, second.response} == {before, sent}
    assert [*kept] == [(*alike, {"response": 1}, desk.user.pk)] * 2
    assert f"by which it can be used again: {first.pk}, {second.pk}." in page

    desk.post(f"/en/admin/subjects/{SubjectRequest.objects.get(response=before).pk}/lift/")

    assert (state(before), state(sent)) == ("sent", "restricted")


def test_an_organisation_that_has_sent_nothing_has_nothing_to_restrict(desk, listens):
    organisation = an_organisation()
    answered(listens, slug="stakeholders", organisation=organisation, state="draft", sent_at=None)
    of_the_consultation_before(listens, organisation, state="withdrawn", answers={})

    answer = confirm(desk, take_in(desk, "restrict", organisation.name, "organisation"))

    assert answer.status_code == 409
    assert "Only a response that was sent can be restricted" in answer.content.decode()
    assert SubjectRequest.objects.get().done_at is None


def test_a_restricted_response_can_be_erased(desk, citizen):
    sent, secret = citizen
    confirm(desk, take_in(desk, "restrict", link(sent, secret)))

    confirm(desk, take_in(desk, "erase", link(sent, secret)))

    assert places_of([CANARY, EARLIER, sent.reference]) == {}


def test_the_database_keeps_no_address_with_a_request_that_is_done(desk):
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectRequest.objects.create(
            kind="export",
            proof="email",
            received_on=date(2026, 11, 20),
            due_on=date(2026, 12, 20),
            email=EMAIL,
            done_at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("received", "answered_by"),
    [
        (date(2026, 11, 25), date(2026, 12, 25)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
    ],
)
def test_a_request_is_due_one_month_after_it_came(received, answered_by):
    assert due(received) == answered_by


def test_coders_have_no_such_pages(listens):
    coder = User.objects.create_user("cosmin", is_staff=True)
    coder.groups.add(CODER.group())
    client = Client()
    sign_in_staff(client, coder)

    assert client.get("/en/admin/subjects/").status_code == 403
