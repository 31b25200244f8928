"""“You said, we did”: publishing replies, what the public reads, the feed, the desk's pages."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from surveys.coding.frames import open_frame
from surveys.lifecycle import withdraw
from surveys.models import AuditEntry, Reply, ReplyChange, User
from surveys.replies.forms import ReplyForm
from surveys.replying import (
    NotPublished,
    faults,
    is_changed,
    move,
    public_replies,
    publish,
    take_back,
    write,
)
from surveys.roles import OBSERVER
from surveys.translated import Text
from tests.surveys.coding_cast import answer, at_the_desk, code_it, new_code, person
from tests.surveys.keys import new_key
from tests.surveys.quoting_cast import WORDS, answered, decided, quoted
from tests.surveys.replies_cast import a_reply, in_all, published
from tests.surveys.seeing import seen_on, stored_beside

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def vesna(listens):
    """Of the Joint Secretariat."""
    return person("vesna")


def page_of(client, address="/en/reply/"):
    return client.get(address).content.decode()


# Publishing


def test_a_reply_is_read_when_it_is_published(client, listens, vesna):
    reply = a_reply(listens)
    assert "Waiting at the border" not in page_of(client)

    publish(reply.pk, vesna, timezone.now())

    assert "Waiting at the border" in page_of(client)
    entry = AuditEntry.objects.get(action="published", model="reply")
    assert entry.object_id == str(reply.pk)


@pytest.mark.parametrize("field", ["heading", "said", "did", "owner"])
@pytest.mark.parametrize("language", ["en", "ro", "sr"])
def test_a_text_that_is_missing_in_a_language_stands_in_the_way(listens, vesna, field, language):
    text = in_all("Words")
    del text[language]
    reply = a_reply(listens, **{field: text})

    with pytest.raises(NotPublished) as refused:
        publish(reply.pk, vesna, timezone.now())

    assert [fault.field for fault in refused.value.faults] == [field]
    assert not ReplyChange.objects.exists()


def test_serbian_latin_is_derived_and_never_missing(listens):
    assert faults(a_reply(listens)) == []


def test_a_reason_is_asked_for_only_where_it_is_not_now(listens):
    not_now = a_reply(listens, status="not_now", reason=Text(en="No money."))

    assert [(fault.field, fault.words) for fault in faults(not_now)] == [
        ("reason", "“why not now” is missing in Romanian."),
        ("reason", "“why not now” is missing in Serbian, Cyrillic script."),
    ]
    assert faults(a_reply(listens, status="examined")) == []


def test_the_database_asks_why_not_now(listens):
    with pytest.raises(IntegrityError, match="says_why_not_now"), transaction.atomic():
        a_reply(listens, status="not_now")


def test_the_public_reads_what_was_published_until_the_change_is_published(client, listens, vesna):
    reply = published(listens, vesna)
    reply.did = in_all("A third lane opens.")
    reply.save()
    assert is_changed(reply)
    assert "A third lane" not in page_of(client)

    publish(reply.pk, vesna, timezone.now())

    page = page_of(client)
    assert "A third lane opens." in page
    # What it said before stays readable.
    assert "Changed on" in page
    assert "A second lane opens." in page


def test_publishing_the_same_again_is_no_change(listens, vesna):
    reply = published(listens, vesna)

    assert publish(reply.pk, vesna, timezone.now()) is None
    assert [change.kind for change in reply.changes.all()] == ["published"]


def test_what_is_taken_back_is_not_read_and_what_it_said_stays_away(client, listens, vesna):
    reply = published(listens, vesna, did=in_all("A mistake."))

    assert take_back(reply.pk, vesna, timezone.now())
    assert "Waiting at the border" not in page_of(client)
    assert not take_back(reply.pk, vesna, timezone.now())

    reply.refresh_from_db()
    reply.did = in_all("Put right.")
    reply.save()
    publish(reply.pk, vesna, timezone.now())
    page = page_of(client)
    assert "Put right." in page
    assert "A mistake." not in page
    assert [change.kind for change in reply.changes.all()] == [
        *("published", "taken_back", "published"),
    ]


def test_what_was_published_cannot_be_changed(listens, vesna):
    published(listens, vesna)

    with pytest.raises(ProgrammingError), transaction.atomic():
        ReplyChange.objects.update(status="taken_up")


def test_moving_changes_places_and_stops_at_the_ends(listens):
    first, second, third = (a_reply(listens, heading) for heading in "ABC")

    move(third, up=True)
    move(first, up=True)
    move(second, up=False)

    assert [str(reply) for reply in listens.replies.all()] == ["A", "C", "B"]


# How many said it


def test_a_theme_is_counted_when_the_reply_is_published(listens, vesna):
    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", vesna)
    code = new_code(frame, "Waiting", vesna)
    other = new_code(frame, "Ferries", vesna)
    for each in range(12):
        code_it(frame, answer(frame, f"{each}"), vesna, code)
    code_it(frame, answer(frame, "Ferry"), vesna, other)
    reply = published(listens, vesna, theme=code)
    assert reply.number == 12

    answer(frame, "later")
    code_it(frame, answer(frame, "late"), vesna, code)

    (read,) = public_replies(listens)
    assert read.words.number == 12


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (10, "Said by 10 people"),
        (214, "Said by 214 people"),
        (9, "Said by fewer than 10 people"),
        (0, "Said by fewer than 10 people"),
    ],
)
def test_of_fewer_than_ten_the_number_is_not_said(client, listens, vesna, number, said):
    published(listens, vesna, number=number)

    assert re.findall(r"Said by[^<]*", page_of(client)) == [said]


def test_nothing_is_said_of_a_number_nobody_knows(client, listens, vesna):
    published(listens, vesna)

    assert "Said by" not in page_of(client)


# The public page


def steps_on(page):
    """What each step of “What happens next” says."""
    return page.content.decode().split('<ol class="steps">')[1].split("</ol>")[0].split("<li>")[1:]


def test_the_last_step_leads_to_the_replies_on_the_first_page_and_on_a_receipt(client, listens):
    sent = client.post("/en/citizens/", {"key": new_key(), "place": "timis"}).url

    landing, receipt = steps_on(client.get("/en/")), steps_on(client.get(sent))

    assert ['href="/en/reply/"' in step for step in landing] == [False, False, False, True]
    assert ['href="/en/reply/"' in step for step in receipt] == [False, False, True]


def test_before_the_first_reply_the_page_says_when_they_come(client, listens):
    page = page_of(client)

    assert "Our replies come by 30 June 2027" in page
    assert "<table" not in page


def test_without_a_consultation_there_is_no_such_page(client, db):
    assert client.get("/en/reply/").status_code == 404
    assert client.get("/en/reply/feed/").status_code == 404


def test_replies_are_filtered_by_status(client, listens, vesna):
    published(listens, vesna, "Lanes", status="taken_up")
    published(listens, vesna, "Bridges", status="not_now", reason=in_all("No money."))

    page = page_of(client, "/en/reply/?status=not_now")

    assert "Bridges" in page
    assert "Lanes" not in page
    assert "Not now (1)" in page
    assert "All (2)" in page
    assert "Why not now: No money." in page
    assert client.get("/en/reply/?status=nonsense").status_code == 404
    assert "No reply has this status now." in page_of(client, "/en/reply/?status=partly")


def test_a_reason_is_read_only_where_it_is_not_now(client, listens, vesna):
    published(listens, vesna, status="partly", reason=Text(en="No money."))

    (entry,) = feed_of(client).findall(f"{ATOM}entry")
    assert "No money." not in page_of(client)
    assert "No money." not in entry.findtext(f"{ATOM}summary")
    assert "No money." not in page_of(
        at_the_desk(vesna), address("reply_preview", Reply.objects.get().pk)
    )


@pytest.mark.parametrize(
    ("language", "heading", "day"),
    [
        ("en", "Lanes", "Due by 1 March 2028"),
        ("ro", "Lanes (ro)", "1 martie 2028"),
        ("sr", "Lanes (ср)", "1. марта 2028."),
        ("sr-latn", "Lanes (sr)", "1. marta 2028."),
    ],
)
def test_a_reply_is_read_in_every_language(client, listens, vesna, language, heading, day):
    published(listens, vesna, "Lanes", date=date(2028, 3, 1))

    page = page_of(client, f"/{language}/reply/")

    assert f'scope="row">{heading}<' in page
    assert day in page


def test_a_quotation_goes_with_its_words(client, listens, vesna):
    response = answered(listens)
    decided(response)
    published(listens, vesna, quotation=quoted(listens, response, en="The hospital."))
    page = page_of(client)
    assert WORDS in page
    assert "Citizen, Mehedinți" in page
    assert "The hospital." in page

    decided(response, "count")

    assert WORDS not in page_of(client)
    assert "The hospital." not in page_of(client)


def test_a_quoted_response_can_be_withdrawn(client, listens, vesna):
    response = answered(listens)
    decided(response)
    reply = published(listens, vesna, quotation=quoted(listens, response))

    withdraw(response)

    reply.refresh_from_db()
    assert reply.quotation is None
    assert "Waiting at the border" in page_of(client)
    assert WORDS not in page_of(client)


def test_the_number_of_queries_does_not_grow_with_the_replies(
    client, listens, vesna, django_assert_max_num_queries
):
    for number in range(4):
        response = answered(listens, f"Idee {number}")
        decided(response)
        published(listens, vesna, f"{number}", quotation=quoted(listens, response))

    with django_assert_max_num_queries(14):
        client.get("/en/reply/")


# The feed


def feed_of(client, language="en"):
    answer = client.get(f"/{language}/reply/feed/")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - written by ourselves


@pytest.mark.parametrize(
    ("language", "tag", "title"),
    [
        ("en", "en", "Lanes: taken up"),
        ("ro", "ro", "Lanes (ro): "),
        ("sr", "sr-Cyrl", "Lanes (ср): "),
        ("sr-latn", "sr-Latn", "Lanes (sr): "),
    ],
)
def test_the_feed_is_in_its_language(client, listens, vesna, language, tag, title):
    published(listens, vesna, "Lanes", status="taken_up")

    feed = feed_of(client, language)

    assert feed.tag == f"{ATOM}feed"
    assert feed.get(LANG) == tag
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title").startswith(title)
    link = entry.find(f"{ATOM}link").get("href")
    assert link.endswith(f"/{language}/reply/#reply-{Reply.objects.get().pk}")


def test_the_feed_tells_changes_with_their_dates_the_latest_first(client, listens, vesna):
    reply = published(listens, vesna, "Lanes")
    reply.status = "taken_up"
    reply.save()
    later = timezone.now() + timedelta(days=3)
    publish(reply.pk, vesna, later)

    entries = feed_of(client).findall(f"{ATOM}entry")

    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        *("Lanes: taken up", "Lanes: being examined"),
    ]
    assert entries[0].findtext(f"{ATOM}updated").startswith(f"{later:%Y-%m-%d}")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


def test_the_feed_says_that_something_was_taken_back_and_not_what_it_said(client, listens, vesna):
    reply = published(listens, vesna, "Lanes", did=in_all("A mistake."))
    take_back(reply.pk, vesna, timezone.now())

    (entry,) = feed_of(client).findall(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "Lanes: taken back"
    assert "A mistake." not in entry.findtext(f"{ATOM}summary")


def test_an_empty_feed_is_a_feed(client, listens):
    assert feed_of(client).findall(f"{ATOM}entry") == []


# The desk


def form_of(**fields):
    texts = {"heading": "Lanes", "said": "Too slow.", "did": "We open one.", "owner": "JS"}
    given = {f"{name}_en": text for name, text in texts.items()}
    return given | {"status": "examined", "date_is": "due"} | fields


def address(name, *args):
    return reverse(f"admin:{name}", args=args)


def test_staff_write_a_reply_and_see_what_is_missing(listens, vesna):
    desk = at_the_desk(vesna)

    answer = desk.post(address("reply_add"), form_of(heading_ro="Benzi"), follow=True)

    reply = Reply.objects.get()
    assert (reply.heading, reply.position) == ({"en": "Lanes", "ro": "Benzi"}, 1)
    assert answer.redirect_chain == [(address("reply_preview", reply.pk), 302)]
    assert "“what people said” is missing in Romanian." in answer.content.decode()


def test_a_decision_is_of_today_or_before(listens, vesna):
    today, desk = timezone.localdate(), at_the_desk(vesna)
    later = form_of(date_is="decided", date=today + timedelta(days=1))

    refused = desk.post(address("reply_add"), later)
    desk.post(address("reply_add"), form_of(date_is="decided", date=today))

    assert refused.status_code == 422
    assert "A decision cannot be dated in the future." in refused.content.decode()
    assert Reply.objects.get().date == today


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"heading_en": ""}, "Write this text in English; translations can follow."),
        ({"status": "not_now"}, "Say why it is not taken up now."),
        ({"number": "-3"}, "Ensure this value is greater than or equal to 0."),
        ({"date": "soon"}, "Enter a valid date."),
        ({"theme": "999"}, "Select a valid choice."),
        ({"status": "nonsense"}, "Select a valid choice."),
    ],
)
def test_a_form_that_is_wrong_is_shown_again_with_all_that_was_written(
    listens, vesna, wrong, words
):
    answer = at_the_desk(vesna).post(address("reply_add"), form_of(said_ro="Prea lent.") | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) == 2
    assert "Prea lent." in page
    assert not Reply.objects.exists()


def test_two_people_do_not_overwrite_each_other(listens, vesna):
    reply = a_reply(listens)
    desk = at_the_desk(vesna)
    seen = seen_on(desk.get(address("reply_edit", reply.pk)))
    first = form_of(did_en="First.") | seen
    assert desk.post(address("reply_edit", reply.pk), first).status_code == 302

    second = desk.post(address("reply_edit", reply.pk), form_of(did_en="Second.") | seen)

    assert second.status_code == 422
    assert "Second." in second.content.decode()
    assert "Somebody changed this since you opened it." in second.content.decode()
    reply.refresh_from_db()
    assert str(reply.did) == "First."
    assert "English: First." in stored_beside(second)
    again = form_of(did_en="Second.") | seen_on(second)
    assert desk.post(address("reply_edit", reply.pk), again).status_code == 302


def test_saving_a_reply_undoes_nothing_that_happened_to_it_meanwhile(listens, vesna):
    reply = a_reply(listens)
    publish(reply.pk, vesna, timezone.now())
    reply.refresh_from_db()
    seen = ReplyForm(instance=reply)["seen"].initial
    form = ReplyForm(form_of(seen=seen, did_en="Later."), instance=reply)
    assert form.is_valid()
    take_back(reply.pk, vesna, timezone.now())

    write(form.save(commit=False))

    reply.refresh_from_db()
    assert (str(reply.did), reply.published_at) == ("Later.", None)


def test_the_desk_refuses_to_publish_what_is_not_translated(client, listens, vesna):
    reply = a_reply(listens, did=Text(en="Only English."))

    answer = at_the_desk(vesna).post(address("reply_publish", reply.pk))

    assert answer.status_code == 422
    assert "“what we do about it” is missing in Romanian." in answer.content.decode()
    assert "Only English." not in page_of(client)


def test_publishing_and_taking_back_at_the_desk(client, listens, vesna):
    reply = a_reply(listens)
    desk = at_the_desk(vesna)

    desk.post(address("reply_publish", reply.pk))
    assert "Waiting at the border" in page_of(client)
    desk.post(address("reply_take_back", reply.pk))
    assert "Waiting at the border" not in page_of(client)


def test_only_a_reply_that_was_never_published_is_deleted(listens, vesna):
    draft, public = a_reply(listens, "Draft"), published(listens, vesna)
    desk = at_the_desk(vesna)

    assert desk.post(address("reply_delete", draft.pk)).status_code == 302
    assert desk.post(address("reply_delete", public.pk)).status_code == 422
    assert list(Reply.objects.all()) == [public]


def test_the_buttons_of_the_list_move_a_reply(listens, vesna):
    a_reply(listens, "A")
    second = a_reply(listens, "B")

    at_the_desk(vesna).post(address("reply_move", second.pk), {"direction": "up"})

    assert [str(reply) for reply in listens.replies.all()] == ["B", "A"]


def test_an_observer_reads_replies_and_has_no_buttons(listens, vesna):
    reply = a_reply(listens)
    observer = User.objects.create_user("ana", is_staff=True)
    observer.groups.add(OBSERVER.group())
    desk = at_the_desk(observer)

    for name, args in (("replies_desk", []), ("reply_preview", [reply.pk])):
        page = desk.get(address(name, *args))
        assert page.status_code == 200
        assert 'method="post" action="/en/admin/replies' not in page.content.decode()


def test_the_preview_says_what_the_public_would_read(listens, vesna):
    reply = a_reply(listens, number=9, status="not_now", reason=in_all("No money."))

    page = at_the_desk(vesna).get(address("reply_preview", reply.pk)).content.decode()

    assert "Said by fewer than 10 people" in page
    assert "Why not now: No money." in page


def test_a_reply_of_another_consultation_is_not_there(listens, vesna):
    reply = a_reply(listens)
    other = type(listens).objects.get()
    other.pk, other.slug = None, "earlier"
    other.opens_at, other.closes_at = other.opens_at - timedelta(days=900), other.opens_at
    other.save()
    Reply.objects.filter(pk=reply.pk).update(consultation=other)

    assert at_the_desk(vesna).get(address("reply_preview", reply.pk)).status_code == 404


def test_texts_of_a_page_are_escaped(client, listens, vesna):
    published(listens, vesna, did=in_all("<script>x</script>"))

    with translation.override("en"):
        assert "<script>x" not in page_of(client)
