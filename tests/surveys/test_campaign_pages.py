"""The desk's pages about near-identical answers: who may see and do what, and what they show."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from surveys.campaigns.bursts import burst
from surveys.campaigns.finding import find_campaigns
from surveys.models import AuditEntry, Campaign, CampaignText, Organisation, Response, User
from surveys.roles import secretariat
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_campaigns import BRIDGE, COPIES, FERRY


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def answer(citizens):
    """Send a response to the citizens' questionnaire so many minutes after it opened."""

    def send(words, minutes=0, **values):
        moment = citizens.consultation.now + timedelta(minutes=minutes)
        return Response.objects.create(
            questionnaire=citizens,
            version=citizens.current_version(),
            answers={"place": "timis", "C5": words},
            **{"state": "sent", "language": "sr", "started_at": moment, "sent_at": moment} | values,
        )

    return send


@pytest.fixture
def group(answer, citizens):
    """Three copies that came in three minutes, and one other answer."""
    for minute, words in enumerate(COPIES):
        answer(words, minute)
    answer(FERRY, 5, language="ro")
    find_campaigns(citizens, "C5", citizens.consultation.now)
    return Campaign.objects.get()


def staff(*codenames):
    user = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=user.pk)


def sign_in(client, *codenames):
    user = staff(*codenames)
    sign_in_staff(client, user)
    return user


@pytest.fixture
def ana(client, db):
    """Of the Joint Secretariat, signed in."""
    user = staff()
    user.groups.add(secretariat())
    sign_in_staff(client, user)
    return user


def address(name, *args):
    return reverse(f"admin:{name}", args=args)


def list_address(citizens):
    return address("campaign_groups", citizens.pk, "C5")


def table(page):
    """The rows of the page's first table as lists of words."""
    rows = page.content.decode().split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    return [" ".join(_text(row).split()) for row in rows if _text(row).strip()]


def _text(html):
    inside, words = False, []
    for letter in html:
        inside = letter == "<" or (inside and letter != ">")
        words.append(" " if inside or letter == ">" else letter)
    return "".join(words)


# Lists


def test_the_questions_are_listed_with_what_waits(client, ana, group):
    page = client.get(address("campaigns"))

    assert any("C5 Citizen questionnaire 1 1" in row for row in table(page))
    assert any("S10 Stakeholder questionnaire 0 0" in row for row in table(page))


def test_the_counts_stand_side_by_side(client, ana, group, citizens):
    Campaign.objects.update(state="campaign", label="The bridge at night")

    page = client.get(list_address(citizens))

    counts = page.context["counts"]
    assert (counts.raw, counts.distinct, counts.campaign) == (4, 2, 3)
    assert "The bridge at night 3" in table(page)[0]
    assert "both scripts a campaign" in table(page)[0]


def test_the_largest_group_is_first(client, ana, answer, citizens):
    for words in (FERRY, FERRY, BRIDGE, BRIDGE, BRIDGE):
        answer(words)
    find_campaigns(citizens, "C5", citizens.consultation.now)

    groups = client.get(list_address(citizens)).context["groups"]

    assert [each.size for each in groups] == [3, 2]


def test_without_groups_the_list_says_so(client, ana, citizens):
    assert (
        "No near-identical answers were found"
        in client.get(list_address(citizens)).content.decode()
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_database_as_often_for_many_groups(
    client, ana, answer, citizens, number, django_assert_num_queries
):
    texts = (BRIDGE, FERRY, "Our school needs a music teacher who speaks both languages well.")
    for words in texts[:number]:
        answer(words)
        answer(words)
    find_campaigns(citizens, "C5", citizens.consultation.now)

    with django_assert_num_queries(20):
        client.get(list_address(citizens))


@pytest.mark.parametrize("number", [2, 5])
def test_a_group_asks_the_database_as_often_for_many_texts(
    client, ana, answer, citizens, number, django_assert_num_queries
):
    for minute in range(number):
        organisation = Organisation.objects.create(name=f"Podul {minute}")
        answer(BRIDGE, minute, organisation=organisation)
    find_campaigns(citizens, "C5", citizens.consultation.now)

    with django_assert_num_queries(17):
        client.get(address("campaign", Campaign.objects.get().pk))


@pytest.mark.parametrize("page", ["0", "99", "-1", "x", "9" * 40])
def test_any_page_number_gives_a_page(client, ana, group, citizens, page):
    for path in (list_address(citizens), address("campaign", group.pk)):
        assert client.get(f"{path}?page={page}").status_code == 200


@pytest.mark.parametrize("path", ["99/C5/", "1/C99/", f"{'9' * 30}/C5/", f"{'9' * 30}/"])
def test_what_is_not_there_is_not_found(client, ana, group, path):
    assert client.get(f"/en/admin/campaigns/{path}").status_code == 404


# One group


def test_words_that_differ_from_the_first_text_are_marked(client, ana, answer, citizens):
    answer(BRIDGE)
    answer(f"{BRIDGE} И скела би помогла.", 1)
    find_campaigns(citizens, "C5", citizens.consultation.now)

    page = client.get(address("campaign", Campaign.objects.get().pk)).content.decode()

    assert "<mark>И скела би помогла.</mark>" in page
    assert "<del>" in page.split("words missing</del>")[0]
    assert "<del>" not in page.split("words missing</del>")[1]


def test_words_of_respondents_are_no_markup(client, ana, answer, citizens):
    for minute in (0, 1):
        answer(f"{BRIDGE} <script>alert({minute})</script>", minute)
    find_campaigns(citizens, "C5", citizens.consultation.now)

    page = client.get(address("campaign", Campaign.objects.get().pk)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(0)" in page


def test_who_may_not_read_words_sees_none(client, group, citizens):
    sign_in(client, "view_campaign", "see_identity")

    page = client.get(address("campaign", group.pk)).content.decode()

    assert "Кладова" not in page
    assert "Kladova" not in page
    assert "not their words" in page
    assert not AuditEntry.objects.exists()


def test_who_may_not_see_identities_sees_no_names_references_and_times(client, answer, citizens):
    organisation = Organisation.objects.create(name="Asociația Podul")
    sent = [answer(BRIDGE, organisation=organisation), answer(BRIDGE, 1)]
    find_campaigns(citizens, "C5", citizens.consultation.now)
    path = address("campaign", Campaign.objects.get().pk)
    shown = {}
    for permission in ("see_words", "see_identity"):
        user = User.objects.create_user(permission, is_staff=True)
        user.user_permissions.set(
            Permission.objects.filter(codename__in=["view_campaign", permission])
        )
        sign_in_staff(client, user)
        shown[permission] = client.get(path).content.decode()

    clock = "<time"
    for told in ("Asociația Podul", sent[0].reference, clock):
        assert told in shown["see_identity"]
        assert told not in shown["see_words"]
    assert "Кладова" in shown["see_words"]


def test_that_somebody_read_words_is_logged_without_them(client, ana, group):
    client.get(address("campaign", group.pk))

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.model, entry.object_id) == ("saw", "campaign", str(group.pk))
    assert (entry.details, entry.object_label) == ({"texts": 3}, f"C5 {group.pk}")


def test_a_group_is_labelled(client, ana, group):
    said = {"state": "campaign", "label": "The bridge at night", "note": "From a leaflet"}

    answer = client.post(address("campaign", group.pk), said)

    group.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, address("campaign", group.pk))
    assert (group.state, group.label, group.note) == tuple(said.values())
    assert group.labelled_by == ana
    assert group.labelled_at is not None
    entry = AuditEntry.objects.get(action="decided")
    assert entry.details == {"before": "found", "after": "campaign"}


def test_a_label_is_taken_back(client, ana, group):
    Campaign.objects.update(
        state="campaign", label="Bridge", labelled_by=ana, labelled_at=group.found_at
    )

    client.post(address("campaign", group.pk), {"state": "found", "label": "Bridge"})

    group.refresh_from_db()
    assert (group.state, group.label, group.labelled_by, group.labelled_at) == (
        "found", "", None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"state": "campaign", "label": "  "}, "Give the campaign a label"),
        ({"label": "Bridge"}, "Choose what it is"),
        ({"state": "?"}, "Choose what it is"),
        ({"state": "chance", "label": "x" * 201}, "at most 200 characters"),
        ({"state": "chance", "label": "a\x00b"}, "Null characters are not allowed"),
        ({"state": "chance", "note": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_said_of_a_group_is_told(client, ana, group, said, words):
    answer = client.post(address("campaign", group.pk), said)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    group.refresh_from_db()
    assert (group.state, group.label, group.note) == ("found", "", "")


def test_a_text_is_taken_out_and_put_back(client, ana, group):
    text = CampaignText.objects.order_by("response__sent_at")[1]

    client.post(address("campaign_text_take_out", text.pk))
    page = client.get(address("campaign", group.pk))
    assert "Taken out of the group" in page.content.decode()
    assert page.context["page"].paginator.count == 2

    client.post(address("campaign_text_put_back", text.pk))
    page = client.get(address("campaign", group.pk))
    assert page.context["page"].paginator.count == 3
    changes = AuditEntry.objects.filter(action="changed").order_by("pk")
    assert [entry.details for entry in changes] == [
        {"taken_out": str(text.response_id)},
        {"put_back": str(text.response_id)},
    ]


def test_taking_out_twice_is_logged_once(client, ana, group):
    text = CampaignText.objects.first()

    for _time in range(2):
        client.post(address("campaign_text_take_out", text.pk))

    assert AuditEntry.objects.filter(action="changed").count() == 1


def test_a_group_that_lost_all_its_texts_can_be_opened(client, ana, group):
    Campaign.objects.update(state="campaign", label="Bridge")
    Response.objects.update(answers={}, state="withdrawn")

    page = client.get(address("campaign", group.pk))

    assert "No text of this group is counted any more" in page.content.decode()


# Finding


def test_the_button_looks_for_copies_and_tells(client, ana, answer, citizens):
    for words in (*COPIES, FERRY):
        answer(words)

    page = client.post(address("campaign_find", citizens.pk, "C5"))
    told = b"".join(page.streaming_content).decode()

    assert '<progress max="4" value="4">' in told
    assert "1 group of near-identical answers, 1 of them new. 4 answers were read." in told
    assert list_address(citizens) in told
    entry = AuditEntry.objects.get()
    assert entry.details == {
        "questionnaire": "citizens", "question": "C5", "groups": 1, "new": 1,
    }  # fmt: skip


def test_a_failure_is_told_and_changes_nothing(client, ana, group, citizens, monkeypatch):
    monkeypatch.setattr("surveys.campaigns.finding.Grouping.groups", lambda self: 1 / 0)
    before = list(CampaignText.objects.values())

    page = client.post(address("campaign_find", citizens.pk, "C5"))

    assert "It stopped, and nothing was changed" in b"".join(page.streaming_content).decode()
    assert list(CampaignText.objects.values()) == before


# Permissions


@pytest.mark.parametrize("permissions", [(), ("see_words", "change_campaign")])
def test_pages_are_for_who_may_view_campaigns(client, group, citizens, permissions):
    sign_in(client, *permissions)

    for path in (address("campaigns"), list_address(citizens), address("campaign", group.pk)):
        assert client.get(path).status_code == 403


def test_who_may_only_look_changes_nothing(client, group, citizens):
    sign_in(client, "view_campaign", "see_words")
    text = CampaignText.objects.first()

    page = client.get(address("campaign", group.pk)).content.decode()
    refused = [
        client.post(path, {"state": "chance"}).status_code
        for path in (
            address("campaign", group.pk),
            address("campaign_find", citizens.pk, "C5"),
            address("campaign_text_take_out", text.pk),
            address("campaign_text_put_back", text.pk),
        )
    ]

    assert refused == [403] * 4
    assert "Take out of the group" not in page
    assert '<input type="radio"' not in page


# When they came


def test_a_burst_is_shown_hour_by_hour(answer, citizens, group):
    for minute in (30, 45, 130):
        answer(FERRY, minute, language="ro")

    shown = burst(group, by_hour=True)

    assert shown.unit == "hour"
    assert sum(column.group for column in shown.columns) == 3
    assert sum(column.all for column in shown.columns) == 7
    assert [column.place for column in shown.columns] == list(range(len(shown.columns)))
    assert shown.peak.group_height == 100


def test_without_the_permission_for_times_it_is_shown_by_day(group):
    assert burst(group, by_hour=False).unit == "day"


def test_what_comes_over_months_is_shown_by_week(answer, citizens, group):
    answer(FERRY, 100 * 24 * 60)
    answer(BRIDGE, 30 * 24 * 60)
    find_campaigns(citizens, "C5", citizens.consultation.now)

    shown = burst(group, by_hour=True)

    assert shown.unit == "week"
    assert [sum(column.group for column in shown.columns), shown.most_of_group] == [4, 3]
    assert sum(column.all for column in shown.columns) == 6
    assert {column.begins.weekday() for column in shown.columns} == {0}


def test_the_hour_that_comes_twice_in_autumn_is_two_hours(answer, citizens):
    begins = citizens.consultation.now.replace(
        year=2027, month=10, day=30, hour=23, minute=30, second=0, microsecond=0
    )
    for hour in range(4):
        moment = begins + timedelta(hours=hour)
        answer(BRIDGE, sent_at=moment, started_at=moment)
    find_campaigns(citizens, "C5", citizens.consultation.now)

    shown = burst(Campaign.objects.get(), by_hour=True)

    assert shown.most_of_group == 1
    assert sum(column.group for column in shown.columns) == 4
