"""Reading a consultation from a folder of YAML files, and writing it to the database once.

The folder holds `programme.yaml`, `consultation.yaml`, `privacy.yaml` where there is a notice, and
one file per questionnaire. Loading again adds what is missing and leaves what is there as staff
have it, unless it is to be overwritten. A questionnaire whose content differs from the version that
was loaded becomes the next version, unless it would change what a stored answer means.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from surveys.documents import write_document
from surveys.journey import faults
from surveys.loading_notices import load_notice
from surveys.models import (
    AuditEntry,
    Consultation,
    Country,
    Place,
    Programme,
    Questionnaire,
    Target,
    Version,
)
from surveys.publishing import published_kinds, was_published_at_the_desk
from surveys.question_types import KINDS
from surveys.translated import UNSTORABLE

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
    for text in _texts(content):
        if found := UNSTORABLE.search(text):
            shown = UNSTORABLE.sub("…", text)[:80]
            raise LoadingError(
                f"{path.name}: “{shown}” holds a character that cannot be stored: "
                f"U+{ord(found[0]):04X}."
            )
    return content


def _texts(content: Any) -> Iterator[str]:
    """All that is written somewhere in a file."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        yield from _texts([*content.values()])
    else:
        for inner in content:
            yield from _texts(inner)


class _Desk:
    """What the files meet in the database: it stays, unless it is to be overwritten."""

    def __init__(self, *, overwrite: bool) -> None:
        self.overwrite = overwrite
        self.left: list[str] = []
        """What the files would have otherwise, in words."""

    def put(self, what: str, model: type[Model], values: Row, **key: Any) -> Any:
        """The row with this key, made of the values where there is none."""
        rows = model._default_manager
        if self.overwrite:
            return rows.update_or_create(**key, defaults=values)[0]
        row, is_new = rows.get_or_create(**key, defaults=values)
        if not is_new:
            self.compare(what, row, values)
        return row

    def compare(self, what: str, row: Model, values: Row) -> None:
        others = [name for name, value in values.items() if getattr(row, name) != value]
        if others:
            self.leave(f"{what} ({', '.join(others)})")

    def leave(self, what: str) -> None:
        self.left.append(f"left as staff have it: {what}")


@transaction.atomic
def load(folder: Path, *, overwrite: bool = False) -> list[str]:
    """Write what the folder says, all or nothing; return a line of words per questionnaire.

    What is there already stays, with a line of its own where the files say something else, unless
    it is to be overwritten.
    """
    files = read(folder)
    try:
        return list(_load(files, _Desk(overwrite=overwrite)))
    except KeyError as error:
        raise LoadingError(f"A part named {error} is missing.") from error
    except (ValueError, TypeError) as error:
        raise LoadingError(f"A value cannot be used: {error}.") from error


def _load(files: Row, desk: _Desk) -> Iterator[str]:
    programme = _load_programme(files["programme"], desk)
    consultation = _load_consultation(programme, files["consultation"], desk)
    questionnaires = [row for name, row in files.items() if name not in (*COMMON_FILES, NOTICE)]
    lists = files["consultation"]["lists"]
    for position, row in enumerate(sorted(questionnaires, key=lambda row: row["slug"]), 1):
        yield from _load_questionnaire(consultation, row, position, lists, desk)
    if NOTICE in files:
        yield from load_notice(consultation, files[NOTICE], overwrite=desk.overwrite)
    yield from desk.left


def _load_programme(row: Row, desk: _Desk) -> Programme:
    plain = ("name", "short_name", "about", "website", "email", "phone", "period")
    values = {key: row[key] for key in plain} | {
        "postal_address": row.get("postal_address", {}),
        "budget_eur": int(row["budget_eur"]) if row.get("budget_eur") else None,
        "map_lines": row.get("map_lines", []),
        "map_labels": row.get("map_labels", []),
    }
    programme: Programme = desk.put(f"programme {row['slug']}", Programme, values, slug=row["slug"])
    for position, country_row in enumerate(row["countries"], 1):
        _load_country(programme, position, country_row, desk)
    return programme


def _load_country(programme: Programme, position: int, row: Row, desk: _Desk) -> None:
    values = {
        "position": position,
        "name": row["name"],
        "units": row["units"],
        "time_zone": row["time_zone"],
        "funding": [share | {"percent": int(share["percent"])} for share in row.get("funding", [])],
    }
    key = {"programme": programme, "code": row["code"]}
    country = desk.put(f"country {row['code']}", Country, values, **key)
    for place_position, place in enumerate(row["places"], 1):
        _load_place(country, place_position, place, desk)


def _load_place(country: Country, position: int, row: Row, desk: _Desk) -> None:
    column, tile_row = row["tile"]
    values = {
        "position": position,
        "nuts": row.get("nuts", ""),
        "iso": row.get("iso", ""),
        "name": row["name"],
        "short_name": row["short_name"],
        "tile_column": int(column),
        "tile_row": int(tile_row),
    }
    desk.put(f"place {row['code']}", Place, values, country=country, code=row["code"])


def _load_consultation(programme: Programme, row: Row, desk: _Desk) -> Consultation:
    values = {
        "programme": programme,
        **{key: row[key] for key in ("title", "short_title", "kicker", "lead")},
        "opens_at": _moment(row["opens_at"]),
        "closes_at": _moment(row["closes_at"]),
        "extended_from": _moment(row["extended_from"]) if row.get("extended_from") else None,
    }
    slug = row["slug"]
    consultation: Consultation = desk.put(f"consultation {slug}", Consultation, values, slug=slug)
    loaded = consultation.loaded_passages or {}
    for slot, rows in row.get("passages", {}).items():
        passages = [_passage(passage) for passage in rows]
        if desk.overwrite:
            _overwrite_slot(consultation, slot, passages)
        else:
            _load_slot(consultation, slot, passages, loaded.get(slot), desk)
        loaded[slot] = len(passages)
    Consultation.objects.filter(pk=consultation.pk).update(loaded_passages=loaded)
    return consultation


def _passage(row: Row) -> Row:
    return {"heading": row["heading"], "text": row.get("text", {}), "tone": row.get("tone", "")}


def _overwrite_slot(consultation: Consultation, slot: str, passages: list[Row]) -> None:
    for position, values in enumerate(passages, 1):
        consultation.passages.update_or_create(slot=slot, position=position, defaults=values)
    consultation.passages.filter(slot=slot, position__gt=len(passages)).delete()


def _load_slot(
    consultation: Consultation, slot: str, passages: list[Row], loaded: int | None, desk: _Desk
) -> None:
    """Add the passages that the files did not have before: one that is missing was deleted.

    Where nobody has counted what was loaded, what comes before the last passage was.
    """
    there = {passage.position: passage for passage in consultation.passages.filter(slot=slot)}
    last = max(there, default=0)
    loaded = last if loaded is None else loaded
    for position, values in enumerate(passages[:loaded], 1):
        if position in there:
            desk.compare(f"passage {slot} {position}", there[position], values)
        else:
            desk.leave(f"passage {slot} {position} (deleted)")
    for position in sorted(there.keys() - range(1, len(passages) + 1)):
        desk.leave(f"passage {slot} {position} (added)")
    for position, values in enumerate(passages[loaded:], max(last, loaded) + 1):
        consultation.passages.create(slot=slot, position=position, **values)


def _moment(text: str) -> Any:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"“{text}” is not a date and time with a time zone")
    return moment


def _load_questionnaire(
    consultation: Consultation, row: Row, position: int, lists: Row, desk: _Desk
) -> Iterator[str]:
    values = {
        "position": position,
        "answered_by": Questionnaire.AnsweredBy(row["answered_by"]),
        "reference_prefix": row.get("reference_prefix", ""),
        "minutes": int(row["minutes"]),
        **{key: row[key] for key in ("name", "title", "lead", "invitation")},
    }
    key = {"consultation": consultation, "slug": row["slug"]}
    questionnaire = desk.put(f"questionnaire {row['slug']}", Questionnaire, values, **key)
    _load_targets(questionnaire, row.get("targets", []), desk)
    sections = [_with_lists(section, lists) for section in row["sections"]]
    digest = hashlib.sha256(json.dumps(sections, sort_keys=True).encode()).hexdigest()
    latest = questionnaire.versions.order_by("-number").first()
    # What the desk has corrected since is not put back.
    loaded = questionnaire.versions.published().filter(digest=digest).order_by("-number").first()
    if loaded:
        yield f"{questionnaire.slug}: unchanged, version {loaded.number}"
        return
    if latest and not desk.overwrite and (reason := _why_it_is_left(latest)):
        yield f"{questionnaire.slug}: not loaded, since {reason}"
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


def _why_it_is_left(latest: Version) -> str:
    """What staff have made of the questionnaire, which the files know nothing of."""
    if not latest.published_at:
        return "the desk has a draft"
    if was_published_at_the_desk(latest):
        return f"the desk has published version {latest.number}"
    return ""


def _refuse_faults(version: Version) -> None:
    """A route that cannot be gone is not published."""
    found = faults(Version.objects.with_questions().get(pk=version.pk))
    if found:
        raise LoadingError(" ".join(fault.words for fault in found))


def _load_targets(questionnaire: Questionnaire, dimensions: list[Row], desk: _Desk) -> None:
    """Figures and targets of the file. Where staff have set some by a dimension, those are all."""
    for dimension in dimensions:
        are_theirs = not desk.overwrite and _staff_have_set(questionnaire, dimension["by"])
        for group in dimension["groups"]:
            population = _number(group.get("population"))
            source = group.get("source", dimension.get("source", ""))
            if population is not None and not source:
                raise LoadingError(
                    f"{dimension['by']}, {group['code']}: a population figure needs a source."
                )
            values = {
                "population": population,
                "source": source if population is not None else "",
                "wanted": _number(group.get("wanted")),
            }
            key = {"dimension": dimension["by"], "code": group["code"]}
            what = f"target {questionnaire.slug} {dimension['by']} {group['code']}"
            if are_theirs and not questionnaire.targets.filter(**key).exists():
                desk.leave(f"{what} (not there)")
            else:
                desk.put(what, Target, values, questionnaire=questionnaire, **key)


def _staff_have_set(questionnaire: Questionnaire, dimension: str) -> bool:
    """The log knows it, also where they have taken all of them away."""
    return AuditEntry.objects.filter(
        model="target", object_id=str(questionnaire.pk), details__dimension=dimension
    ).exists()


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
    kinds = published_kinds(questionnaire)
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
    return {language: row[language] for language in settings.SPOKEN if language in row}
