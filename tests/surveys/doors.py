"""Every address of the site against every kind of visitor, and what is there to be opened."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from surveys.coding.frames import open_frame
from surveys.exporting.asking import ask
from surveys.exporting.running import export_due
from surveys.identifiers import new_secret
from surveys.ledger.committing import commit
from surveys.lifecycle import save_citizen_draft, send_citizen_response
from surveys.masks import masked
from surveys.membership import invite
from surveys.models import Comment, Member, Organisation, Response, Role, User
from surveys.parts import Part
from surveys.people import make_person
from surveys.roles import ROLES
from surveys.subjects.finding import Subject
from surveys.subjects.requests import take_in
from surveys.urls import OUR_NAMES
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.strictness import unsafe

SITE, DESK = (Path(__file__).with_name(name) for name in ("doors.csv", "doors_of_the_desk.csv"))
STAFF = {role.name: role for role in ROLES}
# A citizen has no cookie: at the desk they are a stranger. Off the desk all staff are alike.
VISITORS = {
    SITE: ("stranger", "citizen", "another citizen", "member", "another's member", "superuser"),
    DESK: ("stranger", "member", "superuser without second factor", *STAFF, "superuser"),
}
ANSWERS = {"place": "timis", "C5": "Un pod la Baziaș"}
NOBODYS = {
    **{"int": 999_999_999, "str": "nothing", "slug": "nothing", "path": "999999999"},
    **dict.fromkeys(("uuid", "mask"), "00000000-0000-0000-0000-000000000000"),
}


@dataclass(frozen=True)
class Door:
    """One address as the URL configuration has it."""

    name: str
    route: str
    converters: dict

    def path(self, known):
        """The address of what `known` has under these names; else of what is not there."""
        path = self.route
        for argument, converter in self.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            value = known.get(argument, NOBODYS.get("str" if kind == "string" else kind))
            start = path.index("<")
            assert path[start : path.index(">")].endswith(argument)
            path = f"{path[:start]}{converter.to_url(value)}{path[path.index('>') + 1 :]}"
        return f"/{path}"


def doors(table):
    """All that this table is about. One without a name goes by its route."""
    return [door for door in _walk(get_resolver()) if ("admin/" in door.route) == (table == DESK)]


def _walk(resolver, space="", route="", converters=None):
    for pattern in resolver.url_patterns:
        # An address of the library is the page of ours under another name.
        if getattr(pattern, "name", "") in OUR_NAMES:
            continue
        here = f"{route}{pattern.pattern}"
        inherited = (converters or {}) | pattern.pattern.converters
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, inner, here, inherited)
        elif pattern.name == "app_list":
            yield Door(f"{space}app_list", f"{route}surveys/", inherited)
        else:
            yield Door(f"{space}{pattern.name}" if pattern.name else here, here, inherited)


def expected(table):
    """What the table says: visitor by visitor under each name."""
    with table.open(encoding="utf-8", newline="") as file:
        return {row.pop("name"): row for row in csv.DictReader(file)}


def furnish(consultation):
    """Something behind the doors: two organisations, two citizens, an export, a coding frame."""
    citizens = consultation.questionnaires.get(slug="citizens")
    stakeholders = consultation.questionnaires.get(slug="stakeholders")
    organisation, comment, colleague, invited = _organisation(stakeholders, consultation.now)
    sent, secret = _citizen(citizens, consultation.now, is_sent=True)
    draft, draft_secret = _citizen(citizens, consultation.now, is_sent=False)
    staff = User.objects.create_superuser("head")
    export = ask(staff, citizens, purpose="analysis", formats=["csv"])
    while export_due():
        pass
    export.refresh_from_db()
    asked = take_in(
        Subject(response=sent), kind="export", proof="link", received=date(2026, 11, 25), by=staff
    )
    return SimpleNamespace(
        asked=asked,
        citizens=citizens,
        organisation=organisation,
        comment=comment,
        colleague=colleague,
        invited=invited,
        sent=sent,
        secret=secret,
        draft=draft,
        draft_secret=draft_secret,
        export=export,
        frame=open_frame(citizens, "C5", staff),
    )


def _organisation(questionnaire, now):
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    other = Organisation.objects.create(pk=32, name="Општина Кладово")
    people = [make_person(f"{n}@example.org", language="en") for n in ("sender", "ion", "jovana")]
    sender, colleague, _foreign = (
        Member.objects.create(organisation=where, user=person, role=Role.SEND)
        for where, person in zip((organisation, organisation, other), people, strict=True)
    )
    invited = invite(sender, email="new@example.org", role="edit", language="en", moment=now)
    return organisation, said_by(organisation, questionnaire, now), colleague, invited


def said_by(organisation, questionnaire, now):
    """It has sent its response, and somebody comments on a question: gives the comment."""
    response = Response.objects.create(
        organisation=organisation,
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        state="sent",
        language="en",
        answers={"S1": "both", "org_type": "ngo", "place": "timis"},
        publication="named",
        started_at=now,
        sent_at=now,
    )
    commit(response)
    return Comment.objects.create(
        organisation=organisation, questionnaire=questionnaire, question="S1", text="Oare?"
    )


def _citizen(questionnaire, now, *, is_sent):
    secret = new_secret()
    take = send_citizen_response if is_sent else save_citizen_draft
    response = take(
        questionnaire.current_version(),
        secret=secret,
        part=Part(frozenset(ANSWERS), ANSWERS, {}),
        seen="",
        language="ro",
        moment=now,
    )
    return response, secret


def arguments(door, world, visitor):
    """What the placeholders of this address stand for, as the visitor knows it."""
    version = world.citizens.current_version().pk
    known = {"reference": world.sent.reference, "secret": new_secret(), "organisation_id": 31}
    if visitor == "citizen":
        known["secret"] = world.secret
    if visitor == "another citizen":
        known["secret"] = world.draft_secret
    if door.name in ("citizen_draft", "citizen_saved", "citizen_erase"):
        known |= _of_the_draft(world, visitor)
    kinds = {
        "admin:export": {"pk": world.export.pk, "name": world.export.files[0]["name"]},
        "admin:export_codebook": {"pk": version, "form": "ddi"},
        "admin:cod": {"pk": world.frame.pk, "question": "C5", "response_id": world.sent.pk},
        "admin:drafting": {"pk": version},
        "admin:drafting_questionnaire": {"pk": world.citizens.pk},
        "admin:interchange": {"pk": version, "language": "ro"},
        "admin:review": {"pk": world.sent.pk, "name": "C5"},
        "admin:surveys_response": {
            **{"object_id": _in_addresses(world.sent.pk, visitor), "cells": "codes"},
            "questionnaire_id": world.citizens.pk,
        },
        "admin:surveys_organisation": {"object_id": 31, "pk": 31},
        "admin:surveys_questionnaire": {"object_id": world.citizens.pk},
        "admin:surveys_version": {"object_id": version},
        "admin:surveys_consultation": {"object_id": world.citizens.consultation_id},
        "admin:surveys_user": {"object_id": world.colleague.user_id},
        "admin:surveys_invitation": {"object_id": world.invited.pk},
        "admin:subject_": {"pk": world.asked.pk},
        "invitation_": {"pk": world.invited.pk},
        "member_": {"pk": world.colleague.pk},
        "comment_": {"pk": world.comment.pk},
        "stakeholder_section": {"name": "border"},
        "stakeholder_comments": {"question": "S1"},
        "page": {"slug": "privacy"},
        "privacy_version": {"number": 1},
        "blank_questionnaire": {"slug": "citizens"},
    }
    for beginning in sorted(kinds, key=len):
        if door.name.startswith(beginning):
            known |= kinds[beginning]
    return known


def _in_addresses(key, visitor):
    """As the list of responses has it for a visitor."""
    role = STAFF.get(visitor)
    return masked(key) if role and "see_identity" not in role.codenames() else key


def _of_the_draft(world, visitor):
    secrets = {"citizen": world.draft_secret, "another citizen": world.secret}
    known = {"reference": world.draft.reference}
    return known | ({"secret": secrets[visitor]} if visitor in secrets else {})


def client_of(visitor):
    client = Client(raise_request_exception=False)
    emails = {"member": "sender@example.org", "another's member": "jovana@example.org"}
    if visitor in emails:
        client.force_login(User.objects.get(email=emails[visitor]))
    if visitor == "superuser without second factor":
        client.force_login(User.objects.get(username="head"))
    if visitor == "superuser":
        sign_in_staff(client, User.objects.get(username="head"))
    if visitor in STAFF:
        user = User.objects.create_user(visitor, is_staff=True)
        user.groups.add(STAFF[visitor].group())
        sign_in_staff(client, user)
    return client


def opened(client, path, method):
    """The answer; what the visit has changed is undone."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = getattr(client, method)(path)
        # A file that was not read. `close` itself would take the connection along.
        for close in answer._resource_closers:
            close()
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def seen_by(visitor, table, world):
    """What GET, HEAD and POST are answered under the name of every address, and what is unsafe."""
    client = client_of(visitor)
    statuses, faults = {}, {}
    for door in doors(table):
        path = door.path(arguments(door, world, visitor))
        answers = _answers(client, path)
        statuses[door.name] = "/".join(str(answer.status_code) for answer in answers)
        if found := {fault for answer in answers for fault in unsafe(answer)}:
            faults[door.name] = found
    return statuses, faults


def _answers(client, path):
    get, post = (opened(client, path, method) for method in ("get", "post"))
    # Whoever may read a page may ask for its headers; it is a closed one that HEAD must not open.
    head = get if get.status_code == 200 else opened(client, path, "head")
    return get, head, post
