"""What somebody wrote is shown as words, to staff and to themselves, valid or not."""

import pytest
from django.test import Client

from surveys.masks import masked
from surveys.models import Organisation, Response, User
from tests.surveys.doors import furnish, opened
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.strictness import unsafe

PROBES = (
    *('<script>alert("XSSPROBE")</script>', '"><img src=x onerror=alert("XSSPROBE")>'),
    *("<svg/onload=alert('XSSPROBE')>", "</textarea><script>XSSPROBE</script>", "<!--XSSPROBE"),
    *('<a href="javascript:XSSPROBE">x</a>', "' autofocus onfocus=XSSPROBE x='"),
    *("{{ XSSPROBE }}{% now 'Y' %}", "<iframe srcdoc='<script>XSSPROBE</script>'>"),
)
PAGES = ("change", "history", "delete")
ALL = " ".join(PROBES)
DANGEROUS = ("<script>alert", "<script>XSSPROBE", "<img src=x", "<svg/onload", "<!--XSSPROBE")


def is_shown_as_words(answer):
    page = answer.content.decode()
    return not any(probe in page for probe in DANGEROUS) and unsafe(answer) in (
        [],
        ["X-Frame-Options", "Content-Security-Policy"],
    )


@pytest.fixture
def world(listens):
    """Probes stand wherever somebody writes."""
    world = furnish(listens)
    Response.objects.filter(pk=world.sent.pk).update(answers={"place": "timis", "C5": ALL})
    Organisation.objects.filter(pk=31).update(name=ALL[:200])
    world.comment.text = ALL
    world.comment.save()
    User.objects.filter(pk=world.colleague.user_id).update(first_name=PROBES[0][:150])
    return world


def test_staff_and_owners_see_words_on_every_page_that_shows_them(world):
    staff = Client()
    sign_in_staff(staff, User.objects.get(username="head"))
    member = Client()
    member.force_login(User.objects.get(email="sender@example.org"))
    receipt = f"/en/citizens/sent/{world.sent.reference}/{world.secret}/"
    pages = {
        staff: [
            *("/en/admin/", "/en/admin/surveys/response/", "/en/admin/surveys/organisation/"),
            *(
                "/en/admin/surveys/user/",
                "/en/admin/review/table/",
                "/en/admin/surveys/auditentry/",
            ),
            *(f"/en/admin/surveys/response/{world.sent.pk}/{page}/" for page in PAGES[:2]),
            *(f"/en/admin/surveys/organisation/31/{page}/" for page in PAGES),
            *(f"/en/admin/surveys/user/{world.colleague.user_id}/{page}/" for page in PAGES),
            f"/en/admin/review/{world.sent.pk}/C5/",
            f"/en/admin/coding/{world.frame.pk}/answers/{masked(world.sent.pk)}/",
        ],
        member: [f"/en/stakeholders/31/{page}" for page in ("", "members/", "sent/", "history/")]
        + ["/en/stakeholders/31/comments/S1/", "/en/account/"],
        Client(): [f"{receipt}{page}" for page in ("", "answers/", "change/", "withdraw/")],
    }

    bare = []
    shown = 0
    for client, addresses in pages.items():
        for address in addresses:
            answer = opened(client, address, "get")
            shown += "XSSPROBE" in answer.content.decode()
            if answer.status_code not in (200, 403) or not is_shown_as_words(answer):
                bare.append((address, answer.status_code))
    assert bare == []
    assert shown >= 10


@pytest.mark.parametrize("probe", PROBES)
def test_a_form_that_is_not_taken_comes_back_with_words(listens, probe):
    forms = {
        "/en/citizens/": {"place": probe, "C5": probe, "C1": probe, "key": probe},
        "/en/citizens/return/": {"reference": probe, "code": probe},
        "/en/sign-in/": {"email": probe, "next": probe},
        "/en/register/": {"email": probe, "name": probe, "organisation": probe},
        "/en/reply/subscribe/": {"email": probe},
        "/en/record/check/": {"pasted": probe, "identifier": probe},
        "/en/stakeholders/31/section/border/": {"S1": probe},
    }
    for address, sent in forms.items():
        answer = Client().post(address, sent)

        assert answer.status_code in (403, 422)
        assert is_shown_as_words(answer)


@pytest.mark.parametrize("probe", PROBES)
def test_what_an_address_says_is_shown_as_words(listens, probe):
    for address in ("/en/results/", "/en/reply/", "/en/sign-in/", "/en/citizens/", "/en/nothing/"):
        asked = {"status": probe, "next": probe, "q": probe, "kiosk": probe}

        assert is_shown_as_words(Client().get(address, asked))
