"""Dates as each language writes them, and deadlines on the clocks of every country."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys.models import Consultation, Country, Response


def long_date(moment: date) -> str:
    """The day in words, in the active language and in the moment's own time zone."""
    return date_format(moment)


def before_mark(written: str) -> str:
    """A day that another punctuation mark follows: Serbian then writes none after the year."""
    return written.removesuffix(".")


def long_moment(moment: datetime) -> str:
    """The day in words and the time, in the moment's own time zone."""
    return f"{before_mark(long_date(moment))}, {moment:%H:%M}"


def clocks_of_the_site() -> list[Country]:
    """On whose clocks moments are told that belong to no consultation alone."""
    consultation = Consultation.objects.with_programme().current()
    return list(consultation.programme.countries.all()) if consultation else []


def on_every_clock(moment: datetime, countries: list[Country]) -> str:
    """One moment in every country: the date once where it is the same day everywhere."""
    local = [(country, country.local_time(moment)) for country in countries]
    if not local:
        return long_moment(moment)
    if len({clock.date() for _country, clock in local}) == 1:
        return f"{before_mark(long_date(local[0][1]))}, {time_on_every_clock(moment, countries)}"
    return "; ".join(f"{long_moment(clock)} ({country.name})" for country, clock in local)


def time_on_every_clock(moment: datetime, countries: list[Country]) -> str:
    """The same without the day, of what has just happened."""
    local = [(country, country.local_time(moment)) for country in countries]
    return ", ".join(f"{clock:%H:%M} ({country.name})" for country, clock in local)


def when_sent(response: Response) -> list[str]:
    """When a response was sent and, if it was, last changed: a sentence each."""
    countries = list(response.questionnaire.consultation.programme.countries.all())
    sent_at = on_every_clock(response.sent_at or response.changed_at, countries)
    sentences = [_("Sent on %(date)s") % {"date": sent_at}]
    if changed := response.last_revision():
        changed_at = on_every_clock(changed.replaced_at, countries)
        sentences.append(_("Changed on %(date)s") % {"date": changed_at})
    return sentences
