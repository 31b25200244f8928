"""Reading a consultation from a folder of YAML files, and writing it to the database once.

The folder holds `programme.yaml`, `consultation.yaml`, `privacy.yaml` where there is a notice, and
one file per questionnaire. Loading the same files again changes nothing. A questionnaire whose
content differs from its published version becomes the next version, unless it would change what a
stored answer means.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from surveys.documents import write_document
from surveys.journey import faults
from surveys.loading_notices import load_notice
from surveys.models import (
    Consultation,
    Country,
    Passage,
    Place,
    Programme,
    Question,
    Questionnaire,
    Target,
    Version,
)
from surveys.question_types import KINDS

LANGUAGES = ("en", "ro", "sr", "sr-latn")
NAME_LENGTH = 40
"""Of questions and codes, as the database keeps them."""
COMMON_FILES = ("programme", "consultation")
NOTICE = "privacy"
"""The file with the privacy notice, which a folder may do without."""
Row = dict[str, Any]


class LoadingError(Exception):
    """What is wrong with the files, in words for the person who wrote them."""


def read(folder: Path) -> Row:
    """The folder's files by name.

    Raises LoadingError where one is missing, is not YAML, or lacks what it must have.
    """
    paths = sorted(folder.glob("*.yaml"))
    missing = [name for name in COMMON_FILES if folder / f"{name}.yaml" not in paths]
    if missing:
        raise LoadingError(f"{folder} has no {' and no '.join(f'{m}.yaml' for m in missing)}.")
    files = {path.stem: _read_file(path) for path in paths}
    if files.keys() <= {*COMMON_FILES, NOTICE}:
        raise LoadingError(f"{folder} has no questionnaire.")
    return files


def _read_file(path: Path) -> Row:
    try:
        # Every scalar is a string, so that a code such as `no` stays what was written.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise LoadingError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise LoadingError(f"{path.name} is not a list of names with values.")
    return content


@transaction.atomic
def load(folder: Path) -> list[str]:
    """Write what the folder says, all or nothing; return a line of words per questionnaire."""
    files = read(folder)
    try:
        return list(_load(files))
    except KeyError as error:
        raise LoadingError(f"A part named {error} is missing.") from error
    except (ValueError, TypeError) as error:
        raise LoadingError(f"A value cannot be used: {error}.") from error


def _load(files: Row) -> Iterator[str]:
    programme = _load_programme(files["programme"])
    consultation = _load_consultation(programme, files["consultation"])
    questionnaires = [row for name, row in files.items() if name not in (*COMMON_FILES, NOTICE)]
    for position, row in enumerate(sorted(questionnaires, key=lambda row: row["slug"]), 1):
        yield from _load_questionnaire(consultation, row, position, files["consultation"]["lists"])
    if NOTICE in files:
        yield from load_notice(consultation, files[NOTICE])


def _load_programme(row: Row) -> Programme:
    plain = ("name", "short_name", "about", "website", "email", "phone", "period")
    programme, _created = Programme.objects.update_or_create(
        slug=row["slug"],
        defaults={key: row[key] for key in plain}
        | {
            "postal_address": row.get("postal_address", {}),
            "budget_eur": int(row["budget_eur"]) if row.get("budget_eur") else None,
            "map_lines": row.get("map_lines", []),
            "map_labels": row.get("map_labels", []),
        },
    )
    for position, country_row in enumerate(row["countries"], 1):
        _load_country(programme, position, country_row)
    return programme


def _load_country(programme: Programme, position: int, row: Row) -> None:
    funding = [share | {"percent": int(share["percent"])} for share in row.get("funding", [])]
    country, _created = Country.objects.update_or_create(
        programme=programme,
        code=row["code"],
        defaults={
            "position": position,
            "name": row["name"],
            "units": row["units"],
            "time_zone": row["time_zone"],
            "funding": funding,
        },
    )
    for place_position, place in enumerate(row["places"], 1):
        column, tile_row = place["tile"]
        Place.objects.update_or_create(
            country=country,
            code=place["code"],
            defaults={
                "position": place_position,
                "nuts": place.get("nuts", ""),
                "iso": place.get("iso", ""),
                "name": place["name"],
                "short_name": place["short_name"],
                "tile_column": int(column),
                "tile_row": int(tile_row),
            },
        )


def _load_consultation(programme: Programme, row: Row) -> Consultation:
    consultation, _created = Consultation.objects.update_or_create(
        slug=row["slug"],
        defaults={
            "programme": programme,
            **{key: row[key] for key in ("title", "short_title", "kicker", "lead")},
            "opens_at": _moment(row["opens_at"]),
            "closes_at": _moment(row["closes_at"]),
            "extended_from": _moment(row["extended_from"]) if row.get("extended_from") else None,
        },
    )
    for slot, passages in row.get("passages", {}).items():
        for position, passage in enumerate(passages, 1):
            Passage.objects.update_or_create(
                consultation=consultation,
                slot=slot,
                position=position,
                defaults={
                    "heading": passage["heading"],
                    "text": passage.get("text", {}),
                    "tone": passage.get("tone", ""),
                },
            )
        consultation.passages.filter(slot=slot, position__gt=len(passages)).delete()
    return consultation


def _moment(text: str) -> Any:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"“{text}” is not a date and time with a time zone")
    return moment


def _load_questionnaire(
    consultation: Consultation, row: Row, position: int, lists: Row
) -> Iterator[str]:
    questionnaire, _created = Questionnaire.objects.update_or_create(
        consultation=consultation,
        slug=row["slug"],
        defaults={
            "position": position,
            "answered_by": Questionnaire.AnsweredBy(row["answered_by"]),
            "reference_prefix": row.get("reference_prefix", ""),
            "minutes": int(row["minutes"]),
            **{key: row[key] for key in ("name", "title", "lead", "invitation")},
        },
    )
    _load_targets(questionnaire, row.get("targets", []))
    sections = [_with_lists(section, lists) for section in row["sections"]]
    digest = hashlib.sha256(json.dumps(sections, sort_keys=True).encode()).hexdigest()
    latest = questionnaire.versions.order_by("-number").first()
    # What the desk has corrected since is not put back.
    loaded = questionnaire.versions.published().filter(digest=digest).order_by("-number").first()
    if loaded:
        yield f"{questionnaire.slug}: unchanged, version {loaded.number}"
        return
    if latest and not latest.published_at:
        raise LoadingError(f"{questionnaire.slug}: publish or delete its draft first.")
    if latest:
        _refuse_other_meaning(questionnaire, sections)
    version = Version.objects.create(
        questionnaire=questionnaire, number=latest.number + 1 if latest else 1, digest=digest
    )
    write_document(version, [_section(section) for section in sections])
    _refuse_faults(version)
    version.published_at = timezone.now()
    version.save(update_fields=["published_at"])
    yield f"{questionnaire.slug}: published version {version.number}"


def _refuse_faults(version: Version) -> None:
    """A route that cannot be gone is not published."""
    found = faults(Version.objects.with_questions().get(pk=version.pk))
    if found:
        raise LoadingError(" ".join(fault.words for fault in found))


def _load_targets(questionnaire: Questionnaire, dimensions: list[Row]) -> None:
    """Figures and targets of the file, where nobody has set any yet: what staff set stays."""
    for dimension in dimensions:
        for group in dimension["groups"]:
            population = _number(group.get("population"))
            source = group.get("source", dimension.get("source", ""))
            if population is not None and not source:
                raise LoadingError(
                    f"{dimension['by']}, {group['code']}: a population figure needs a source."
                )
            Target.objects.get_or_create(
                questionnaire=questionnaire,
                dimension=dimension["by"],
                code=group["code"],
                defaults={
                    "population": population,
                    "source": source if population is not None else "",
                    "wanted": _number(group.get("wanted")),
                },
            )


def _with_lists(section: Row, lists: Row) -> Row:
    """The section with the lists that are only named written out."""
    questions = []
    for question in section["questions"]:
        options = question.get("options", [])
        if isinstance(options, str):
            if options not in lists:
                raise LoadingError(f"{question['name']}: there is no list named {options}.")
            options = lists[options]
        questions.append(question | {"options": options})
    return section | {"questions": questions}


def _refuse_other_meaning(questionnaire: Questionnaire, sections: list[Row]) -> None:
    """Versions of one questionnaire are one data set: a name keeps its kind."""
    kinds = dict(
        Question.objects.filter(version__questionnaire=questionnaire).values_list("name", "kind")
    )
    for section in sections:
        for question in section["questions"]:
            kind = kinds.get(question["name"], question["kind"])
            if kind != question["kind"]:
                raise LoadingError(
                    f"{question['name']} was published as “{kind}” and cannot become "
                    f"“{question['kind']}”. Give the new question a name of its own."
                )


def _section(row: Row) -> Row:
    """A section of the file as a part of a document: with numbers and truth values."""
    said = {key: row[key] for key in ("name", "title", "intro") if key in row}
    return (
        said
        | _conditions(row)
        | {"questions": [_question(question) for question in row["questions"]]}
    )


def _question(row: Row) -> Row:
    if row["kind"] not in KINDS:
        raise LoadingError(f"{row['name']}: there is no kind of question “{row['kind']}”.")
    comment = row.get("comment", {})
    plain = ("name", "kind", "short", "text", "hint", "appearance")
    return (
        {key: row[key] for key in plain if key in row}
        | _conditions(row)
        | {
            "number": _number(row.get("number")),
            "required": row.get("required") == "true",
            "maximum": _number(row.get("max")),
            "max_length": _number(row.get("max_length")),
            "comment_max_length": _number(comment.get("max_length")),
            "comment_label": comment.get("label", {}),
            "options": [_option(option) for option in row.get("options", [])],
            "items": [
                {"code": item["code"], "label": _label(item)} for item in row.get("items", [])
            ],
        }
    )


def _conditions(row: Row) -> Row:
    """When a section or a question is asked: `source`, `codes`, and `item` for a matrix."""
    conditions = row.get("conditions", [])
    if not isinstance(conditions, list) or not all(map(_is_condition, conditions)):
        raise LoadingError(
            f"{row['name']}: a condition has a source, which is the name of a question, "
            "a list of codes, and an item where the source is a matrix."
        )
    return {"conditions": conditions} if conditions else {}


def _is_condition(condition: Any) -> bool:
    if not isinstance(condition, dict) or condition.keys() - {"item"} != {"source", "codes"}:
        return False
    codes = condition["codes"]
    names = [condition["source"], condition.get("item", ""), *codes]
    is_list = isinstance(codes, list) and bool(codes)
    return is_list and all(isinstance(name, str) and len(name) <= NAME_LENGTH for name in names)


def _option(row: Row) -> Row:
    return {
        "code": row["code"],
        "label": _label(row),
        "exclusive": row.get("exclusive") == "true",
        "names_other": row.get("names_other") == "true",
        "missing": row.get("missing", ""),
    }


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _label(row: Row) -> dict[str, str]:
    return {language: row[language] for language in LANGUAGES if language in row}
