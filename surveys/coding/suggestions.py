"""Suggestions for one answer, from a model that is kept while little has changed."""

from typing import Any

from surveys.coding.codings import FIRST
from surveys.coding.suggesting import Example, Model, Suggestion
from surveys.models import CodingFrame

LATEST = 1000
"""What the model learns from: older codings add little, and reading them takes time."""
LEARNS_EVERY = 20
MODELS_KEPT = 8
_models: dict[tuple[Any, ...], Model] = {}
"""Those of this process, the latest used last."""


def suggestions(frame: CodingFrame, words: str) -> dict[int, Suggestion]:
    """By number of the code. The model is made anew after so many codings, or a change of codes."""
    key = _state(frame)
    model = _models.pop(key, None) or _learn(frame)
    _models[key] = model
    for oldest in list(_models)[:-MODELS_KEPT]:
        # Another thread may have been faster.
        _models.pop(oldest, None)
    return {suggestion.number: suggestion for suggestion in model.suggest(words)}


def _state(frame: CodingFrame) -> tuple[Any, ...]:
    codings = frame.codings.filter(turn=FIRST).order_by("-id").values_list("id", flat=True)
    changes = frame.changes.order_by("-id").values_list("id", flat=True)
    latest = codings.first() or 0
    # The first codings teach the most.
    step = 1 if not codings[LEARNS_EVERY : LEARNS_EVERY + 1] else LEARNS_EVERY
    return (frame.pk, frame.created_at, latest // step, changes.first())


def _learn(frame: CodingFrame) -> Model:
    codes = {code.pk: code for code in frame.codes.applied()}
    latest = frame.codings.filter(turn=FIRST).order_by("-id")[:LATEST]
    examples = [
        Example(words, frozenset(codes[c.pk].number for c in coding.codes.all() if c.pk in codes))
        for coding in latest.select_related("response").prefetch_related("codes")
        # Changed or withdrawn since: then there is nothing to learn.
        if isinstance(words := coding.response.answers.get(frame.question), str)
    ]
    described = {
        code.number: " ".join([*code.label.values(), code.definition, code.include, code.example])
        for code in codes.values()
    }
    return Model(examples, described)
