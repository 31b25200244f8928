"""Making a version of the open data. It may be killed at any moment, and run twice at once."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override

from surveys.exports.about import FileFacts, checksums
from surveys.exports.csvw import csvw, csvw_name
from surveys.exports.data import Data
from surveys.exports.dataset import Row
from surveys.exports.ddi import ddi
from surveys.exports.plain import write_csv
from surveys.models import Consultation, OpenDataFile, OpenDataVersion, Questionnaire, Release
from surveys.open_data.dcat import dcat
from surveys.open_data.figures import figure_columns, figures
from surveys.open_data.protecting import adds_too_few
from surveys.open_data.rows import row_columns, rows, word_columns, words
from surveys.open_data.texts import changelog, readme
from surveys.open_data.who import taken_back, with_rows
from surveys.question_types import Variable
from surveys.releasing.reading import current, opinions_are_public

LOCK = 0x4F50454E
"""Of advisory locks those of the open data; the second number is the consultation's."""
LOOKS_EVERY = timedelta(minutes=1)
"""How often it is looked whether something was taken back."""
CSV, JSON, XML = "text/csv; charset=utf-8", "application/json", "application/xml"
TEXT, JSON_LD = "text/plain; charset=utf-8", "application/ld+json"


def open_data_due() -> bool:
    """Make a version where a public release has none yet, or where something was taken back."""
    consultation = Consultation.objects.with_programme().current()
    if consultation is None or not opinions_are_public(consultation):
        return False
    with transaction.atomic():
        if not _is_mine(consultation):
            return False
        release = current(consultation)
        latest = OpenDataVersion.objects.of(consultation).first()
        if release is None or not _is_due(release, latest):
            return False
        make(consultation, release, latest)
    return True


def make(
    consultation: Consultation, release: Release, former: OpenDataVersion | None
) -> OpenDataVersion:
    """The next version, of this release's figures. Within a transaction."""
    version = OpenDataVersion.objects.create(
        consultation=consultation,
        release=release,
        number=former.number + 1 if former else 1,
        # Before anything is read: what is taken back from now on makes another.
        made_at=timezone.now(),
    )
    with override("en"):
        OpenDataFile.objects.bulk_create(_Making(version, former).files())
    return version


def _is_mine(consultation: Consultation) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, consultation.pk])
        (taken,) = cursor.fetchone()
        return bool(taken)


def _is_due(release: Release, latest: OpenDataVersion | None) -> bool:
    if latest is None or latest.release_id != release.pk:
        return True
    looks = cache.add(f"open-data:{latest.pk}", True, LOOKS_EVERY.total_seconds())
    return looks and taken_back(latest)


@dataclass
class _Making:
    version: OpenDataVersion
    former: OpenDataVersion | None
    made: list[OpenDataFile] = field(default_factory=list)

    def files(self) -> list[OpenDataFile]:
        """In the order they are listed in; what tells of others is written after them."""
        written: list[tuple[str, int]] = []
        for each in self.version.consultation.questionnaires.all():
            self._table(each, "figures", figure_columns(each), figures(each, self.version.release))
            self._table(each, "words", word_columns(each), words(each), is_of_people=True)
            if with_rows(each):
                written.append((each.slug, self._rows(each)))
        self._add("README.txt", TEXT, readme(self.version, written))
        versions = OpenDataVersion.objects.of(self.version.consultation)
        self._add("CHANGELOG.txt", TEXT, changelog(versions.select_related("release")))
        self._add("dcat.jsonld", JSON_LD, dcat(self.version, self.made))
        self._add("SHA256SUMS", TEXT, checksums(map(_facts, self.made)))
        return self.made

    def _table(
        self,
        questionnaire: Questionnaire,
        kind: str,
        columns: list[Variable],
        lines: Iterable[Row],
        *,
        is_of_people: bool = False,
    ) -> tuple[Data, OpenDataFile]:
        kept = list(lines)
        made_at = self.version.made_at
        data = Data(questionnaire, columns, lambda: iter(kept), labels=False, made_at=made_at)
        name = f"{kind}-{questionnaire.slug}.csv"
        content, number = self._standing(name, _csv(data), len(kept))
        file = self._add(name, CSV, content, number, is_of_people)
        self._add(csvw_name(name), JSON, csvw(data, name))
        return data, file

    def _rows(self, questionnaire: Questionnaire) -> int:
        columns, found = row_columns(questionnaire), rows(questionnaire, self.version.release)
        data, file = self._table(questionnaire, "rows", columns, found, is_of_people=True)
        facts = FileFacts(
            file.name, "text/csv", file.size, file.sha256, file.rows, len(data.columns)
        )
        self._add(f"codebook-{questionnaire.slug}.xml", XML, ddi(data, [facts]))
        return file.rows or 0

    def _standing(self, name: str, content: bytes, number: int) -> tuple[bytes, int]:
        """Rows as they were, where new ones would be told apart."""
        former = self.former.files.filter(name=name).first() if self.former else None
        if former is None or not name.startswith("rows-"):
            return content, number
        before, now = _read(bytes(former.content)), _read(content)
        if next(before, None) == next(now, None) and adds_too_few(before, now):
            return bytes(former.content), former.rows or 0
        return content, number

    def _add(
        self,
        name: str,
        media_type: str,
        content: bytes,
        rows: int | None = None,
        is_of_people: bool = False,
    ) -> OpenDataFile:
        file = OpenDataFile(
            version=self.version,
            position=len(self.made) + 1,
            name=name,
            media_type=media_type,
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            rows=rows,
            is_of_people=is_of_people,
        )
        self.made.append(file)
        return file


def _csv(data: Data) -> bytes:
    file = io.BytesIO()
    write_csv(data, file)
    return file.getvalue()


def _read(content: bytes) -> Iterator[list[str]]:
    """Its header and its rows."""
    return csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def _facts(file: OpenDataFile) -> FileFacts:
    return FileFacts(file.name, file.media_type, file.size, file.sha256, file.rows)
