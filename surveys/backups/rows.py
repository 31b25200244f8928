"""The rows of one consultation in each table, and nothing of the responses of another one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    Expression,
    F,
    Field,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from surveys.backups.scope import EVERYTHING, KEPT, QUESTIONNAIRE, models
from surveys.models import Message, Response, Subscriber

PLACES = {"surveys.Programme", "surveys.Country", "surveys.Place"}
WAITED = (
    "It was waiting when the backup was made. If it has not left the first installation, send it"
    " again."
)
# What waits would be sent from both places: it comes as given up, and staff can send it again.
IS_WAITING = Q(state=Message.State.WAITING)
INSTEAD: dict[str, dict[str, Expression]] = {
    "surveys.Message": {
        "state": Case(
            When(IS_WAITING, Value(Message.State.FAILED)), default="state", output_field=CharField()
        ),
        "error": Case(When(IS_WAITING, Value(WAITED)), default="error", output_field=TextField()),
    }
}


def stored(model: type[Model]) -> list[Field]:
    """Its fields; the database makes the generated ones itself."""
    return [f for f in model._meta.concrete_fields if not getattr(f, "generated", False)]


def columns(model: type[Model]) -> list[str]:
    return [field.column for field in stored(model) if field.column]


def rows(model: type[Model], consultation: int, highest: Mapping[str, int]) -> QuerySet[Any]:
    """In the order of their keys. Of a table of the whole installation up to the highest key."""
    label = model._meta.label
    instead = INSTEAD.get(label, {})
    told = [instead.get(field.attname, F(field.attname)) for field in stored(model)]
    found = model._base_manager.order_by("pk").values_list(*told)
    if KEPT[label] != EVERYTHING:
        return found.filter(**{KEPT[label]: consultation})
    return found.filter(_is_of(label, consultation), pk__lte=highest[label])


def _is_of(label: str, consultation: int) -> Q:
    """Of a table of the whole installation: what tells of no response of another consultation."""
    if label == "surveys.SubjectRequest":
        return Q(response=None) | Q(**{f"response__{QUESTIONNAIRE}": consultation})
    if label == "surveys.Message":
        return _is_letter_of(consultation)
    if label == "surveys.AuditEntry":
        return _is_entry_of(consultation)
    return Q()


def _is_letter_of(consultation: int) -> Q:
    """The key of a letter names the response or the subscriber second. One-time codes stay."""
    second = Func(
        OuterRef("key"), Value(":"), Value(2), function="split_part", output_field=TextField()
    )
    responses = _others(Response, QUESTIONNAIRE, consultation).filter(as_text=second)
    subscribers = _others(Subscriber, "consultation", consultation).filter(as_text=second)
    return ~Q(kind="code") & ~Exists(responses) & ~Exists(subscribers)


def _is_entry_of(consultation: int) -> Q:
    found = Q()
    for model in models():
        way = KEPT[model._meta.label]
        if way == EVERYTHING or model._meta.label in PLACES:
            continue
        named = _others(model, way, consultation).filter(as_text=OuterRef("object_id"))
        found &= ~Q(Q(model=model._meta.model_name) & Exists(named))
    return found


def _others(model: type[Model], way: str, consultation: int) -> QuerySet[Any]:
    rows = model._base_manager.annotate(as_text=Cast("pk", TextField()))
    return rows.exclude(**{way: consultation})
