"""Organisations that registered themselves are confirmed, merged or refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone

from surveys.admin.organisations import OrganisationForm
from surveys.answering import comments, stakeholders
from surveys.lifecycle import organisations
from surveys.membership import accept_invitations, hand_over
from surveys.models import (
    Comment,
    Invitation,
    Member,
    Message,
    Organisation,
    OrganisationList,
    Response,
    Transcript,
    Typing,
    User,
)
from surveys.registrations import NotPossible, confirm, merge, refuse, similar
from surveys.roles import secretariat
from tests.content import load_content
from tests.surveys.keys import key_on
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_end_to_end import data_file
from tests.surveys.test_inviting import member, respond, streamed
from tests.surveys.two_at_once import until_it_waits_for_us

LIST = "/en/admin/surveys/organisation/"


@pytest.fixture
def staff(client, db):
    user = User.objects.create_user("ana", password="secret", is_staff=True)
    user.groups.add(secretariat())
    sign_in_staff(client, user)
    return client


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def waiting(listens, now):
    """Registered itself by two people with two languages."""
    organisation = Organisation.objects.create(
        name="Skola Bor", profile={"place": "borski"}, standing="waiting"
    )
    member("first@b.example", organisation, now, language="sr-latn")
    member("second@b.example", organisation, now, language="ro")
    return organisation


@pytest.fixture
def known(listens):
    return Organisation.objects.create(name="Основна школа Бор", profile={"place": "borski"})


def standing(organisation):
    return Organisation.objects.get(pk=organisation.pk).standing


def told():
    return list(Message.objects.order_by("to").values_list("kind", "to", "language"))


# Likeness


@pytest.mark.parametrize(
    "name",
    ["Основна школа Бор", "Bor, škola", "ŠKOLA „BOR“", "Skola Borr", "Osnovna skola Bor"],
)
def test_a_similar_name_is_found_in_any_script_and_order(waiting, name):
    alike = Organisation.objects.create(name=name, profile={"place": "timis"})
    Organisation.objects.create(name="Primăria Timișoara")

    (found,) = similar(waiting)

    assert (found.organisation, found.place, found.members) == (alike, "timis", 0)


def test_five_of_the_listed_are_shown_the_most_alike_first(waiting):
    for number in range(7):
        Organisation.objects.create(name=f"Škola Bor {'x' * number}")
    Organisation.objects.create(name="Skola Bor", standing="refused")

    found = similar(waiting)

    assert [each.organisation.name for each in found] == [
        f"Škola Bor {'x' * number}" for number in range(5)
    ]
    assert found[0].score == 100


# Confirming


def test_confirming_lists_it_and_tells_its_members_in_their_languages(waiting, now):
    confirm(waiting, now)

    assert standing(waiting) == "listed"
    assert told() == [
        ("registration-confirmed", "first@b.example", "sr-latn"),
        ("registration-confirmed", "second@b.example", "ro"),
    ]


def test_its_response_is_in_the_data_file_once_it_is_confirmed(waiting, listens, now):
    response = respond(listens, waiting, "sent")
    before = data_file(response.questionnaire)

    confirm(waiting, now)

    assert before == []
    assert [row["reference"] for row in data_file(response.questionnaire)] == [response.reference]


def test_one_that_is_listed_in_its_place_is_not_confirmed_twice(waiting, now):
    Organisation.objects.create(name="ШКОЛА БОР", profile={"place": "borski"})

    with pytest.raises(NotPossible, match="An organisation of this name is listed in this place"):
        confirm(waiting, now)

    assert (standing(waiting), told()) == ("waiting", [])


def test_what_was_decided_is_not_decided_again(waiting, known, now):
    confirm(waiting, now)

    for verb in (
        lambda: confirm(waiting, now),
        lambda: refuse(waiting, "Why", now),
        lambda: merge(waiting, known, now),
    ):
        with pytest.raises(NotPossible, match="decided about already"):
            verb()


# Refusing


def test_refusing_tells_the_reason(waiting, now):
    refuse(waiting, " This is a private person. ", now)

    assert standing(waiting) == "refused"
    assert [kind for kind, *_rest in told()] == ["registration-refused"] * 2
    assert all("This is a private person." in each.text for each in Message.objects.all())


def test_nobody_is_refused_without_a_reason(waiting, now):
    with pytest.raises(NotPossible, match="Give the reason"):
        refuse(waiting, "  ", now)

    assert standing(waiting) == "waiting"


def test_who_was_refused_by_mistake_can_be_confirmed(waiting, now):
    refuse(waiting, "A mistake", now)

    confirm(waiting, now)

    assert standing(waiting) == "listed"


# Merging


def test_merging_moves_people_with_the_higher_of_their_roles(waiting, known, now):
    first, second = waiting.member_set.order_by("pk")
    Member.objects.create(organisation=known, user=first.user, role="edit")
    Member.objects.filter(pk=second.pk).update(role="edit")

    merge(waiting, known, now)

    assert list(known.member_set.order_by("user").values_list("user", "role")) == [
        (first.user_id, "send"),
        (second.user_id, "edit"),
    ]
    assert not Organisation.objects.filter(pk=waiting.pk).exists()
    assert told() == [
        ("registration-merged", "first@b.example", "sr-latn"),
        ("registration-merged", "second@b.example", "ro"),
    ]


@pytest.mark.parametrize("asked_by", ["waiting", "known"])
def test_where_either_asked_for_approval_it_is_needed(request, waiting, known, now, asked_by):
    Organisation.objects.filter(pk=request.getfixturevalue(asked_by).pk).update(needs_approval=True)

    merge(waiting, known, now)

    assert Organisation.objects.get().needs_approval is True


def test_merging_moves_invitations_comments_and_the_response(waiting, known, listens, now):
    response = respond(listens, waiting, "draft")
    Invitation.objects.create(organisation=waiting, email="new@b.example")
    Invitation.objects.create(organisation=waiting, email="BOTH@b.example", accepted_at=now)
    Invitation.objects.create(organisation=known, email="both@b.example", sent_at=now)
    comment = Comment.objects.create(
        organisation=waiting, questionnaire=response.questionnaire, question="S1", text="Hm"
    )

    merge(waiting, known, now)

    response.refresh_from_db()
    comment.refresh_from_db()
    assert (response.organisation, comment.organisation) == (known, known)
    assert list(
        known.invitations.order_by("email").values_list("email", "sent_at", "accepted_at")
    ) == [("both@b.example", now, now), ("new@b.example", None, None)]


def test_of_two_responses_the_one_with_answers_is_kept(waiting, known, listens, now):
    empty = respond(listens, known, "draft")
    answered = respond(listens, waiting, "draft")
    Response.objects.filter(pk=answered.pk).update(answers={"place": "borski"})

    merge(waiting, known, now)

    assert [(each.pk, each.organisation) for each in Response.objects.all()] == [
        (answered.pk, known)
    ]
    assert empty.pk != answered.pk


def test_an_empty_response_gives_way_to_the_one_that_is_there(waiting, known, listens, now):
    kept = respond(listens, known, "sent")
    respond(listens, waiting, "withdrawn")

    merge(waiting, known, now)

    assert [(each.pk, each.organisation) for each in Response.objects.all()] == [(kept.pk, known)]


def test_two_responses_with_answers_are_not_merged(waiting, known, listens, now):
    one, other = respond(listens, waiting, "draft"), respond(listens, known, "sent")
    Response.objects.filter(pk=one.pk).update(unfinished={"S10": "half a sen"})

    with pytest.raises(NotPossible) as refused:
        merge(waiting, known, now)

    assert str(refused.value) == (
        f"Both have answers: {one.reference} and {other.reference}. One of them has to be "
        "withdrawn or emptied first. Nothing was changed."
    )
    assert (waiting.member_set.count(), known.member_set.count(), told()) == (2, 0, [])
    assert Response.objects.get(pk=one.pk).organisation == waiting


def form_on_paper(organisation, listens, now, state, response=None):
    """A form of the stakeholders' questionnaire that one person typed to the end."""
    transcript = Transcript.objects.create(
        version=listens.questionnaires.get(slug="stakeholders").versions.get(),
        organisation=organisation,
        channel="paper",
        language="ro",
        received_on=now.date(),
        sheet=f"P-{organisation.pk}",
        state=state,
        response=response,
    )
    Typing.objects.create(
        transcript=transcript, turn=1, answers={"S10": "A"}, is_finished=True, typed_at=now
    )
    return transcript


@pytest.mark.parametrize("state", ["begun", "waiting", "different", "aside"])
def test_merging_moves_a_form_that_is_not_a_response_yet(waiting, known, listens, now, state):
    form = form_on_paper(waiting, listens, now, state)
    respond(listens, known, "draft")

    merge(waiting, known, now)

    form.refresh_from_db()
    assert (form.organisation, form.state) == (known, state)
    assert Typing.objects.get().answers == {"S10": "A"}
    # In an empty draft's place the form can become the response; one set aside needs none.
    assert Response.objects.filter(organisation=known).count() == (state == "aside")


def test_merging_moves_a_form_with_the_response_it_became(waiting, known, listens, now):
    response = respond(listens, waiting, "sent")
    form = form_on_paper(waiting, listens, now, "done", response)

    merge(waiting, known, now)

    form.refresh_from_db()
    response.refresh_from_db()
    assert (form.organisation, form.response, response.organisation) == (known, response, known)


@pytest.mark.parametrize("state", ["begun", "waiting", "different"])
@pytest.mark.parametrize("theirs", ["response", "form"])
def test_a_form_is_not_merged_into_one_that_has_answers(
    waiting, known, listens, now, state, theirs
):
    form = form_on_paper(waiting, listens, now, state)
    if theirs == "response":
        other = respond(listens, known, "sent").reference
    else:
        other = f"the form {form_on_paper(known, listens, now, 'waiting')}"

    with pytest.raises(NotPossible) as refused:
        merge(waiting, known, now)

    assert str(refused.value) == (
        f"Both have answers: the form P-{waiting.pk} and {other}. A form that is being typed has "
        "to be set aside or thrown away first, or the other answers withdrawn or emptied. Nothing "
        "was changed."
    )
    form.refresh_from_db()
    assert (form.organisation, form.state, standing(waiting)) == (waiting, state, "waiting")


def test_answers_are_not_merged_into_one_whose_form_is_being_typed(waiting, known, listens, now):
    response = respond(listens, waiting, "sent")
    form_on_paper(known, listens, now, "waiting")

    with pytest.raises(NotPossible, match=f"{response.reference} and the form P-{known.pk}"):
        merge(waiting, known, now)

    response.refresh_from_db()
    assert response.organisation == waiting


@pytest.mark.parametrize("withdrawn", ["waiting", "known"])
def test_of_a_withdrawn_form_on_paper_and_a_response_the_response_is_kept(
    request, waiting, known, listens, now, withdrawn
):
    of_the_form = request.getfixturevalue(withdrawn)
    empty = respond(listens, of_the_form, "withdrawn")
    form = form_on_paper(of_the_form, listens, now, "done", empty)
    kept = respond(listens, known if withdrawn == "waiting" else waiting, "sent")

    merge(waiting, known, now)

    form.refresh_from_db()
    assert [(each.pk, each.organisation) for each in Response.objects.all()] == [(kept.pk, known)]
    assert (form.organisation, form.state, form.response) == (known, "aside", None)
    assert not Typing.objects.exists()


@pytest.mark.parametrize("is_invited_by_both", [False, True])
@pytest.mark.parametrize("is_member_of_both", [False, True])
def test_who_has_handed_over_leaves_after_merging_too(
    waiting, known, now, is_member_of_both, is_invited_by_both
):
    first, second = waiting.member_set.order_by("pk")
    hand_over(first, email="third@b.example", language="ro", moment=now)
    if is_member_of_both:
        Member.objects.create(organisation=known, user=first.user, role="edit")
    if is_invited_by_both:
        Invitation.objects.create(organisation=known, email="Third@b.example", sent_at=now)
    merge(waiting, known, now)
    third = User.objects.create_user("third", "third@b.example")

    accept_invitations(third, now)

    assert list(known.member_set.order_by("user").values_list("user", "role")) == [
        (second.user_id, "send"),
        (third.pk, "send"),
    ]


WORDS = "Ђорђе: брже преко границе"


def merged_before(monkeypatch, module, name, waiting, known):
    """Staff merge when the page was let in, and before it stores anything."""
    stores = getattr(module, name)

    def stores_too_late(*args, **kwargs):
        merge(waiting, known, timezone.now())
        return stores(*args, **kwargs)

    monkeypatch.setattr(module, name, stores_too_late)


def test_words_that_come_when_the_two_were_merged_are_shown_to_copy(
    client, waiting, known, monkeypatch
):
    client.force_login(waiting.member_set.first().user)
    section = f"/en/stakeholders/{waiting.pk}/section/border/"
    form = {"key": key_on(client.get(section)), "S1_comment": WORDS}
    merged_before(monkeypatch, stakeholders, "save_section", waiting, known)

    page = client.post(section, form)

    assert page.status_code == 409
    assert WORDS in page.content.decode()
    assert "merged with another one in the meantime" in page.content.decode()
    assert not Response.objects.exists()


def test_a_comment_that_comes_when_the_two_were_merged_is_shown_to_copy(
    client, waiting, known, monkeypatch
):
    client.force_login(waiting.member_set.first().user)
    merged_before(monkeypatch, comments, "keep_from_being_merged", waiting, known)

    page = client.post(f"/en/stakeholders/{waiting.pk}/comments/S1/", {"text": WORDS})

    assert page.status_code == 422
    assert WORDS in page.content.decode()
    assert "merged with another one in the meantime" in page.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_merges_waits_for_a_first_section_and_moves_it(client, monkeypatch):
    load_content()
    known = Organisation.objects.create(name="Основна школа Бор")
    waiting = Organisation.objects.create(name="Skola Bor", standing="waiting")
    client.force_login(member("first@b.example", waiting, timezone.now()).user)
    section = f"/en/stakeholders/{waiting.pk}/section/border/"
    form = {"key": key_on(client.get(section)), "S1_comment": WORDS}
    begin, merging = organisations.begin, []

    def merge_now():
        try:
            merge(waiting, known, timezone.now())
        finally:
            connections.close_all()

    def begin_while_staff_merge(*args):
        merging.append(pool.submit(merge_now))
        until_it_waits_for_us(merging[0])
        return begin(*args)

    monkeypatch.setattr(organisations, "begin", begin_while_staff_merge)
    with ThreadPoolExecutor(1) as pool:
        page = client.post(section, form)
    merging[0].result()

    assert page.status_code == 302
    stored = Response.objects.get()
    assert (stored.organisation, stored.answers) == (known, {"S1_comment": WORDS})


@pytest.mark.parametrize("other", ["waiting", "refused"])
def test_nothing_is_merged_into_one_that_is_not_listed(waiting, now, other):
    into = Organisation.objects.create(name="B", standing=other)

    with pytest.raises(NotPossible, match="Choose a listed organisation"):
        merge(waiting, into, now)


# The pages of the Secretariat


def test_a_waiting_organisation_is_shown_with_those_it_resembles(staff, waiting, known):
    page = staff.get(f"{LIST}{waiting.pk}/change/").content.decode()

    assert "This organisation registered itself." in page
    assert "Основна школа Бор" in page
    assert page.count("Bor District") == 2


def test_a_listed_organisation_is_not_decided_about(staff, known):
    page = staff.get(f"{LIST}{known.pk}/change/").content.decode()

    assert "registered itself." not in page


def test_staff_confirm_merge_and_refuse(staff, waiting, known):
    other = Organisation.objects.create(name="X", standing="waiting")
    third = Organisation.objects.create(name="Y", standing="waiting")

    pages = [
        staff.post(f"{LIST}{waiting.pk}/merge/", {"into": known.pk}, follow=True),
        staff.post(f"{LIST}{other.pk}/confirm/", follow=True),
        staff.post(f"{LIST}{third.pk}/refuse/", {"reason": "No"}, follow=True),
    ]

    assert [[str(message) for message in page.context["messages"]] for page in pages] == [
        ["The two are one now: Основна школа Бор. The members are told by e-mail."],
        ["X is listed now. Its members are told by e-mail."],
        ["Y was refused. Its members are told by e-mail."],
    ]
    assert [known.member_set.count(), standing(other), standing(third)] == [2, "listed", "refused"]


@pytest.mark.parametrize(
    ("verb", "data", "words"),
    [
        ("merge", {}, "Choose a listed organisation to merge it into."),
        ("merge", {"into": "9" * 30}, "Choose a listed organisation to merge it into."),
        ("refuse", {"reason": "\x00"}, "Give the reason: the members are told."),
    ],
)
def test_what_is_not_possible_is_told_on_the_same_page(staff, waiting, verb, data, words):
    page = staff.post(f"{LIST}{waiting.pk}/{verb}/", data, follow=True)

    assert page.redirect_chain == [(f"{LIST}{waiting.pk}/change/", 302)]
    assert [str(message) for message in page.context["messages"]] == [words]


@pytest.mark.parametrize("verb", ["confirm", "merge", "refuse"])
def test_only_the_secretariat_decides_and_only_by_a_button(client, staff, waiting, verb):
    assert staff.get(f"{LIST}{waiting.pk}/{verb}/").status_code == 405

    sign_in_staff(client, User.objects.create_user("guest", is_staff=True))

    assert client.post(f"{LIST}{waiting.pk}/{verb}/").status_code == 403
    assert standing(waiting) == "waiting"


@pytest.mark.parametrize("words", ["škola", "SKOLA", "школа бор", "osnovna bor"])
def test_an_organisation_is_found_in_either_script(staff, known, words):
    Organisation.objects.create(name="Primăria")

    assert list(staff.get(LIST, {"q": words}).context["cl"].result_list) == [known]


@pytest.mark.parametrize("filters", [{"standing__exact": "waiting"}, {"place": "borski"}])
def test_organisations_are_filtered(staff, waiting, filters):
    Organisation.objects.create(name="B", profile={"place": "timis"})

    assert list(staff.get(LIST, filters).context["cl"].result_list) == [waiting]


def test_an_organisation_that_answered_is_not_deleted(staff, known, listens):
    free = Organisation.objects.create(name="B")
    respond(listens, known, "draft")

    for each in (known, free):
        staff.post(f"{LIST}{each.pk}/delete/", {"post": "yes"})

    assert list(Organisation.objects.all()) == [known]


def test_the_same_organisation_is_not_added_twice_by_hand(staff, known):
    form = {"name": "OSNOVNA ŠKOLA BOR", "profile": '{"place": "borski"}'}
    form |= {"member_set-TOTAL_FORMS": 0, "member_set-INITIAL_FORMS": 0}

    page = staff.post(f"{LIST}add/", form)

    assert "An organisation of this name is listed in this place." in page.content.decode()
    assert list(Organisation.objects.all()) == [known]


@pytest.fixture
def read_before(monkeypatch):
    """Let something happen when staff have read an organisation and not saved it yet."""
    clean_profile = OrganisationForm.clean_profile

    def read_before(happens):
        def clean_before(form):
            happens()
            return clean_profile(form)

        monkeypatch.setattr(OrganisationForm, "clean_profile", clean_before)

    return read_before


def renamed(staff, organisation):
    form = {"name": "Other name", "profile": '{"place": "borski"}'}
    form |= {"member_set-TOTAL_FORMS": 0, "member_set-INITIAL_FORMS": 0}
    return staff.post(f"{LIST}{organisation.pk}/change/", form, follow=True)


def test_what_others_change_of_an_organisation_stays(staff, waiting, read_before):
    stored = Organisation.objects.filter(pk=waiting.pk)
    read_before(lambda: stored.update(standing="listed", needs_approval=True))

    renamed(staff, waiting)

    assert stored.values_list("name", "standing", "needs_approval").get() == (
        *("Other name", "listed", True),
    )


def test_an_organisation_that_is_merged_while_staff_change_it_does_not_come_back(
    staff, waiting, known, read_before
):
    read_before(lambda: merge(waiting, known, timezone.now()))

    told = renamed(staff, waiting)

    assert "Perhaps it was deleted?" in told.content.decode()
    assert not Organisation.objects.filter(name="Other name").exists()


# Loading a list in the admin


def upload(staff, text, language=""):
    file = SimpleUploadedFile("list.csv", text.encode())
    return staff.post(f"{LIST}list/", {"file": file, "language": language}, follow=True)


def test_a_list_is_looked_at_before_it_is_loaded(staff, listens):
    page = upload(staff, "name,emails,Phone\nШкола Бор,a@b.example,1\n,wrong,2", "sr")
    said = page.content.decode()
    pk = OrganisationList.objects.get().pk

    assert page.redirect_chain == [(f"{LIST}list/{pk}/?language=sr", 302)]
    assert "1 organisation can be loaded" in said
    assert "1 row has a problem" in said
    assert "will not be loaded: Phone" in said
    assert "The name is missing" in said
    assert Organisation.objects.count() == 0


def test_loading_shows_how_far_it_is_and_what_was_done(staff, listens, monkeypatch):
    monkeypatch.setattr("surveys.organisation_lists.loading.BATCH", 1)
    upload(staff, "name,emails\nA,a@b.example\nB,b@b.example", "ro")
    pk = OrganisationList.objects.get().pk

    page = staff.post(f"{LIST}list/{pk}/load/", {"language": "ro"})
    said = streamed(page)

    assert page["X-Accel-Buffering"] == "no"
    assert said.index('value="1"></progress> 1 / 2') < said.index('value="2"></progress> 2 / 2')
    assert "New organisations: 2. Changed: 0. Known already: 0." in said
    assert "2 invitations can be sent." in said
    assert (Organisation.objects.count(), OrganisationList.objects.count()) == (2, 0)


def test_a_list_is_loaded_once_however_often_the_button_is_clicked(staff, listens):
    upload(staff, "name,emails\nA,a@b.example", "ro")
    pk = OrganisationList.objects.get().pk
    first = staff.post(f"{LIST}list/{pk}/load/", {"language": "ro"})
    second = staff.post(f"{LIST}list/{pk}/load/", {"language": "ro"})

    assert "New organisations: 1." in streamed(first)
    assert "This list was loaded or thrown away already." in streamed(second)
    third = staff.get(f"{LIST}list/{pk}/", follow=True)
    assert "This list was loaded or thrown away already." in third.content.decode()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_loaded_when_the_browser_goes_away(staff, listens, monkeypatch):
    monkeypatch.setattr("surveys.organisation_lists.loading.BATCH", 1)
    upload(staff, "name,emails\nA,a@b.example\nB,b@b.example", "ro")
    pk = OrganisationList.objects.get().pk
    page = staff.post(f"{LIST}list/{pk}/load/", {"language": "ro"})
    parts = iter(page.streaming_content)

    while b"1 / 2" not in next(parts):
        pass
    page.close()

    assert (Organisation.objects.count(), OrganisationList.objects.count()) == (0, 1)


def test_a_file_that_cannot_be_read_is_told_beside_the_field(staff, listens):
    page = upload(staff, "")
    other = upload(staff, "\x00")

    assert (page.status_code, other.status_code) == (422, 422)
    assert "The submitted file is empty." in page.content.decode()
    assert "This is neither a CSV nor an XLSX file." in other.content.decode()


def test_a_list_is_thrown_away(staff, listens):
    upload(staff, "name,emails\nA,a@b.example")
    pk = OrganisationList.objects.get().pk

    staff.post(f"{LIST}list/{pk}/discard/")

    assert (OrganisationList.objects.count(), Organisation.objects.count()) == (0, 0)


def test_the_empty_list_has_the_columns_of_the_questionnaire(staff, listens):
    english, romanian = (
        staff.get(f"/{language}/admin/surveys/organisation/list/template.csv").content
        for language in ("en", "ro")
    )

    assert english.decode("utf-8-sig") == (
        '"name","emails","language","org_type","place","role"\r\n'
    )
    assert romanian == english.replace(b",", b";")


@pytest.mark.parametrize("page", ["", "template.csv", "1/"])
def test_who_may_not_add_organisations_loads_none(client, listens, page):
    sign_in_staff(client, User.objects.create_user("guest", is_staff=True))

    assert client.get(f"{LIST}list/{page}").status_code == 403


# Members, as staff see them


def test_staff_who_do_not_see_accounts_read_who_is_a_member(staff, waiting):
    page = staff.get(f"{LIST}{waiting.pk}/change/").content.decode()

    assert "first@b.example" in page
    assert "second@b.example" in page
    assert "/admin/surveys/user/" not in page


def test_staff_who_do_not_see_accounts_change_what_a_member_may_do(staff, waiting):
    first, second = Member.objects.filter(organisation=waiting).order_by("pk")
    form = {"name": "Skola Bor", "profile": '{"place": "borski"}', "member_set-TOTAL_FORMS": 2}
    form |= {
        "member_set-INITIAL_FORMS": 2,
        "member_set-0-role": "edit",
        "member_set-1-role": "send",
    }
    for number, each in enumerate((first, second)):
        form |= {f"member_set-{number}-id": each.pk}
        form |= {f"member_set-{number}-organisation": waiting.pk}

    assert staff.post(f"{LIST}{waiting.pk}/change/", form).status_code == 302

    kept = Member.objects.filter(organisation=waiting).order_by("pk")
    assert [(each.user, each.role) for each in kept] == [
        (first.user, "edit"),
        (second.user, "send"),
    ]


def test_who_sees_accounts_chooses_a_person(client, waiting):
    sign_in_staff(client, User.objects.create_superuser("head"))

    page = client.get(f"{LIST}{waiting.pk}/change/").content.decode()

    assert "/admin/surveys/user/?_to_field=id" in page
