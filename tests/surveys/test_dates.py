from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import override

from surveys.dates import long_date, long_moment, on_every_clock
from surveys.models import Country
from surveys.translated import Text

MOMENT = datetime(2027, 2, 28, 21, 59, tzinfo=UTC)
ROMANIAN_MONTHS = [
    *("ianuarie", "februarie", "martie", "aprilie", "mai", "iunie"),
    *("iulie", "august", "septembrie", "octombrie", "noiembrie", "decembrie"),
]
COUNTRIES = [
    Country(name=Text(en="Romania", sr="Румунија"), time_zone="Europe/Bucharest"),
    Country(name=Text(en="Serbia", sr="Србија"), time_zone="Europe/Belgrade"),
]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "28 February 2027"),
        ("ro", "28 februarie 2027"),
        ("sr", "28. фебруара 2027."),
        ("sr-latn", "28. februara 2027."),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language, written):
    with override(language):
        assert long_date(MOMENT) == written


def test_no_page_writes_a_day_as_machines_do():
    pages = (settings.BASE_DIR / "templates").rglob("*.html")

    assert [page.name for page in pages if 'date:"Y-m-d' in page.read_text("utf-8")] == []


def test_no_page_tells_the_hour_on_one_clock_alone():
    pages = (settings.BASE_DIR / "templates").rglob("*.html")

    assert [page.name for page in pages if 'H:i"' in page.read_text("utf-8")] == []


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "28 February 2027, 23:59"),
        ("ro", "28 februarie 2027, 23:59"),
        ("sr", "28. фебруара 2027, 23:59"),
        ("sr-latn", "28. februara 2027, 23:59"),
    ],
)
def test_lists_of_the_admin_write_a_moment_like_every_other_page(language, written):
    with override(language):
        assert localize(timezone.localtime(MOMENT)) == written


@pytest.mark.parametrize(("month", "written"), list(enumerate(ROMANIAN_MONTHS, 1)))
def test_romanian_writes_months_with_a_small_letter_wherever_they_stand(month, written):
    with override("ro"):
        assert date_format(date(2027, month, 28), "DATE_FORMAT") == f"28 {written} 2027"
        assert date_format(date(2027, month, 28), "j E Y") == f"28 {written} 2027"


def test_a_deadline_is_told_on_the_clocks_of_both_countries():
    assert on_every_clock(MOMENT, COUNTRIES) == (
        "28 February 2027, 23:59 (Romania), 22:59 (Serbia)"
    )


def test_a_deadline_at_midnight_is_told_with_both_days():
    midnight = datetime(2027, 2, 28, 22, 30, tzinfo=UTC)

    assert on_every_clock(midnight, COUNTRIES) == (
        "1 March 2027, 00:30 (Romania); 28 February 2027, 23:30 (Serbia)"
    )


def test_serbian_writes_no_full_stop_after_a_year_before_another_mark():
    midnight = datetime(2027, 2, 28, 22, 30, tzinfo=UTC)

    with override("sr"):
        assert long_moment(MOMENT) == "28. фебруара 2027, 21:59"
        assert on_every_clock(MOMENT, COUNTRIES) == (
            "28. фебруара 2027, 23:59 (Румунија), 22:59 (Србија)"
        )
        assert on_every_clock(midnight, COUNTRIES) == (
            "1. марта 2027, 00:30 (Румунија); 28. фебруара 2027, 23:30 (Србија)"
        )
