"""Dates in templates, written as everywhere else on the site."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from surveys import dates
from surveys.models import Country

register = template.Library()


@register.filter
def long_date(moment: date) -> str:
    return dates.long_date(timezone.localtime(moment) if isinstance(moment, datetime) else moment)


@register.filter
def before_mark(written: str) -> str:
    """`{{ edition.made_at|long_date|before_mark }}:`"""
    return dates.before_mark(written)


@register.filter
def on_every_clock(moment: datetime, countries: list[Country]) -> str:
    """`{{ comment.written_at|on_every_clock:clocks }}`"""
    return dates.on_every_clock(timezone.localtime(moment), countries)


@register.filter
def time_on_every_clock(moment: datetime, countries: list[Country]) -> str:
    """`{{ lock.since|time_on_every_clock:clocks }}`"""
    return dates.time_on_every_clock(moment, countries)
