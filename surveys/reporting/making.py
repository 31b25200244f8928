"""Making a report's documents, and keeping them so that everybody gets the same."""

import hashlib
from collections.abc import Iterator
from itertools import product

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from surveys import audit
from surveys.models import AuditEntry, Consultation, ReportEdition, ReportFile, User
from surveys.reporting.building import build
from surveys.reporting.content import Report
from surveys.reporting.page import html
from surveys.reporting.pdf import pdf
from surveys.reporting.source import source
from surveys.reporting.word import docx

Format = ReportFile.Format
TYPES = {
    Format.HTML: "text/html; charset=utf-8",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
}


class NothingReleased(Exception):
    """There are no figures to report yet."""


class FiguresMoved(Exception):
    """Something was released while the documents were made: they would not all say the same."""


class DocumentFailed(Exception):
    """One of the documents could not be written; why is what it was raised from."""

    def __init__(self, language: str, format: str) -> None:
        super().__init__(f"The report as {format} in {language} could not be written")
        self.document = Format(format).label
        self.language = str(settings.SPOKEN[language].name)


def report_in(consultation: Consultation, language: str) -> Report:
    """The content of the report in a language."""
    with override(language):
        read = source(consultation)
        if read is None:
            raise NothingReleased
        return build(read)


def written(report: Report, format: str) -> bytes:
    """The report as a document."""
    with override(report.language):
        if format == Format.HTML:
            return html(report).encode()
        return docx(report) if format == Format.DOCX else pdf(report)


def edition_steps(consultation: Consultation, by: User) -> Iterator[int]:
    """Makes all documents of a new edition, and yields how many there are so far.

    The edition is there once all of them are: whoever goes away in between leaves nothing.
    """
    with override(settings.LANGUAGE_CODE):
        read = source(consultation)
    if read is None:
        raise NothingReleased
    files: list[ReportFile] = []
    for language in settings.SPOKEN:
        with override(language):
            read_again = source(consultation)
            if read_again is None or read_again.release != read.release:
                raise FiguresMoved
            report = build(read_again)
        for format in Format.values:
            files.append(_file(report, format))
            yield len(files)
    with transaction.atomic():
        edition = ReportEdition.objects.create(
            consultation=consultation, release=read.release, made_at=timezone.now(), made_by=by
        )
        for file in files:
            file.edition = edition
        ReportFile.objects.bulk_create(files)
        audit.record(by, AuditEntry.Action.ADDED, edition, release=read.release.number)


def how_many_files() -> int:
    return len(list(product(settings.SPOKEN, Format.values)))


def _file(report: Report, format: str) -> ReportFile:
    try:
        content = written(report, format)
    # Whatever it was: who asked for the report is told at which document it stopped.
    except Exception as error:
        raise DocumentFailed(report.language, format) from error
    return ReportFile(
        language=report.language,
        format=format,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=timezone.now(),
    )


def publish(edition: ReportEdition, by: User) -> None:
    """Let the public download this edition, in place of any other."""
    with transaction.atomic():
        # One after the other, or two people would publish two.
        Consultation.objects.select_for_update().get(pk=edition.consultation_id)
        others = ReportEdition.objects.filter(consultation=edition.consultation_id)
        others.filter(published_at__isnull=False).update(published_at=None, published_by=None)
        edition.published_at, edition.published_by = timezone.now(), by
        edition.save(update_fields=["published_at", "published_by"])
        audit.record(by, AuditEntry.Action.PUBLISHED, edition)


def take_back(edition: ReportEdition, by: User) -> None:
    """Let nobody download it any more. It stays at the desk."""
    with transaction.atomic():
        edition.published_at, edition.published_by = None, None
        edition.save(update_fields=["published_at", "published_by"])
        audit.record(by, AuditEntry.Action.CHANGED, edition, published=False)
