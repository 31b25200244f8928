"""What is said in the files themselves, in English."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from surveys.models import OpenDataVersion
from surveys.open_data.protecting import WITHHELD, K
from surveys.open_data.who import with_rows

LICENCE = "http://creativecommons.org/licenses/by/4.0/"
LICENCE_NAME = "CC BY 4.0"
TAKEN_BACK = "Answers that were taken back are no longer in it."

README = f"""\
{{title}}: open data, version {{number}}
{{line}}

Source: {{publisher}}. {{address}}
Licence: Creative Commons Attribution 4.0 International ({LICENCE_NAME}), {LICENCE}
Figures: release {{release}} of {{moment}}. What changed: CHANGELOG.txt. Checksums: SHA256SUMS.

Anyone could answer, so the data describe those who took part. They are not a sample of the
population.

WHAT IS IN IT
figures-*.csv   Every released number: of each question, for all and by group. Empty, with the
                status "not shown", where it is under {K} or would tell a number that is.
words-*.csv     Written answers somebody has read and decided to publish, with "[words removed]"
                for what was hidden. They stand apart from all other answers of their sender.
rows-*.csv      One row per response: the country and the answers to closed questions.
*-metadata.json What the columns of a CSV mean (CSV on the Web). codebook-*.xml: the same of the
                rows (DDI-Codebook 2.5). dcat.jsonld: this data set for catalogues (DCAT-AP).
Files are UTF-8 with a byte order mark. Codes never change between versions.

WHOSE ANSWERS ARE ROWS
{{whose}}
Organisations: those who allowed it when they sent, with the name or without. The name is in no
row. Who said "use it only in the totals" is in figures alone.
Withdrawn responses are in nothing. As somebody may withdraw, rows and words are offered of the
latest version only; figures of all.

HOW NOBODY CAN BE KNOWN BY ROWS (k = {K})
No reference, time, week, name, place, age, kind of organisation, language or channel is in rows,
and rows are in an order that tells nothing. Questions that only some were asked are no columns.
1. The country is all that rows tell of a sender. Every country has at least {K} rows. Those of
   other countries are together under "{WITHHELD}" (withheld); if even these are under {K}, they are
   left out.
2. Of every country at least {K} responses that count are no rows, if need be by chance. So tables
   less rows tell of {K} or more, too. Rows give no totals: take these from the figures.
3. An answer whose number is hidden for all or in a country reads "{WITHHELD}" wherever it was
   given, and so does no answer to that question. Where several can be given or ranked, the whole
   question reads "{WITHHELD}" as soon as one number of it is hidden.
4. Where fewer than {K} rows of a country would be new and none be gone, the former rows stand.
Rows do tell which answers the same sender gave. So they tell of the crossing of two questions what
the figures may not show; the figures for all and by country stay protected.
Rows in this version: {{rows}}.
"""
NOT_CITIZENS = """\
Citizens: none. The privacy notice promises them that totals alone are published. They are in the
figures, and published words are in words-*.csv."""
CITIZENS = "Citizens: all that count, with the answers to closed questions alone."


def readme(version: OpenDataVersion, rows: Iterable[tuple[str, int]]) -> bytes:
    """`rows` are how many there are, by questionnaire."""
    consultation = version.consultation
    title = str(consultation.short_title)
    has_citizens = all(with_rows(each) for each in consultation.questionnaires.all())
    text = README.format(
        title=title,
        number=version.number,
        line="=" * (len(title) + len(f": open data, version {version.number}")),
        publisher=consultation.programme.name,
        address=page_address(),
        release=version.release.number,
        moment=timezone.localdate(version.release.made_at).isoformat(),
        whose=CITIZENS if has_citizens else NOT_CITIZENS,
        rows=", ".join(f"{slug} {number}" for slug, number in rows) or "none",
    )
    return text.encode()


def changelog(versions: Iterable[OpenDataVersion]) -> bytes:
    """The latest first."""
    found = [
        f"Version {each.number}, {timezone.localdate(each.made_at).isoformat()} "
        f"(release {each.release.number})\n{change(each)}\n"
        for each in versions
    ]
    return "\n".join(found).encode()


def change(version: OpenDataVersion) -> str:
    """What its release says has changed, in English; or that it only leaves something out."""
    if is_repeated(version):
        return TAKEN_BACK
    return str(version.release.note) or ("First version." if version.number == 1 else "New data.")


def is_repeated(version: OpenDataVersion) -> bool:
    """Whether an earlier version has the same figures."""
    same = OpenDataVersion.objects.filter(release=version.release_id)
    return same.filter(number__lt=version.number).exists()


def page_address() -> str:
    with override("en"):
        return f"{settings.SITE_URL}{reverse('open_data')}"


def file_address(version: OpenDataVersion, name: str) -> str:
    with override("en"):
        path = reverse("open_data_file", args=[version.number, name])
    return f"{settings.SITE_URL}{path}"
