"""What the landing page shows, prepared for its template."""

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys.dates import on_every_clock
from surveys.models import Consultation, Passage, Questionnaire
from surveys.tile_map import tile_map
from surveys.translated import Text

ADDRESS = {
    Questionnaire.AnsweredBy.ANYONE: "citizens",
    Questionnaire.AnsweredBy.ORGANISATIONS: "stakeholder_home",
}


def passages_by_slot(consultation: Consultation) -> dict[str, list[Passage]]:
    slots = defaultdict(list)
    for passage in consultation.passages.all():
        slots[passage.slot].append(passage)
    return slots


def emphasised(text: str) -> SafeString:
    """Escaped, with what stands between asterisks in <em>."""
    parts = text.split("*")
    return format_html_join(
        "", "{}", ((format_html("<em>{}</em>", p) if i % 2 else p,) for i, p in enumerate(parts))
    )


def dates(consultation: Consultation) -> dict[str, Any]:
    """The consultation's stage, its deadlines in words and how long it is still open."""
    stage = consultation.stage()
    countries = list(consultation.programme.countries.all())
    closes = on_every_clock(consultation.closes_at, countries)
    days_left = (consultation.closes_at - consultation.now).days
    grace_ends = consultation.closes_at + settings.GRACE_PERIOD
    return {
        "state": stage.value,
        "extended_sentence": _("Extended from %(before)s to %(date)s")
        % {"before": on_every_clock(consultation.extended_from, countries), "date": closes}
        if consultation.extended_from
        else "",
        "grace_sentence": _("What was begun before closing is still taken until %(date)s")
        % {"date": on_every_clock(grace_ends, countries)}
        if consultation.closes_at <= consultation.now < grace_ends
        else "",
        "opens_sentence": _("Opens on %(date)s")
        % {"date": on_every_clock(consultation.opens_at, countries)},
        "closes_sentence": (
            _("Closed on %(date)s")
            if stage == Consultation.Stage.CLOSED
            else _("Closes on %(date)s")
        )
        % {"date": closes},
        "days_left": days_left if stage == Consultation.Stage.OPEN and days_left < 100 else None,
        "last_week": stage == Consultation.Stage.OPEN and days_left < 7,
        "last_day": stage == Consultation.Stage.OPEN and days_left < 1,
    }


def landing_context(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    programme = consultation.programme
    countries = list(programme.countries.prefetch_related("places"))
    return dates(consultation) | {
        "title_html": emphasised(str(consultation.title)),
        "ways": [_way(q) for q in consultation.questionnaires.all()],
        "passages": passages_by_slot(consultation),
        "budget": number_format(programme.budget_eur, force_grouping=True)
        if programme.budget_eur
        else "",
        "countries": [
            {
                "units": country.units,
                "name": country.name,
                "place_count": len(country.places.all()),
                "places": country.places.all(),
                "funding": [share | {"payer": Text(share["payer"])} for share in country.funding],
            }
            for country in countries
        ],
        "tile_map": tile_map(programme, countries),
    }


def _way(questionnaire: Questionnaire) -> dict[str, Any]:
    """Its card; what was left empty is said in the questionnaire's own words."""
    invitation = questionnaire.invitation
    return {
        "slug": questionnaire.slug,
        "name": questionnaire.name,
        "invitation_heading": Text(invitation.get("heading", {})) or questionnaire.name,
        "invitation_text": Text(invitation.get("text", {})) or questionnaire.lead,
        "invitation_button": Text(invitation.get("button", {})) or _("Answer the questions"),
        "invitation_tags": [Text(tag) for tag in invitation.get("tags", [])],
        "url": reverse(ADDRESS[Questionnaire.AnsweredBy(questionnaire.answered_by)]),
    }
