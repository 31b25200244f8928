"""Imports point one way: models, kinds of questions, pure modules, verbs, stages, desk."""

import ast
from pathlib import Path

import pytest

SURVEYS = Path(__file__).parent.parent / "surveys"
STAGES = {
    *("accounts", "answering", "branching", "campaigns", "coding", "coverage", "drafting"),
    *(
        "exporting",
        "interchange",
        "notice_desk",
        "open_data",
        "replies",
        "reporting",
        "results",
        "results_desk",
        "reviewing",
        "subjects",
        "transcribing",
    ),
}
OUTERMOST = {"admin", "desk", "management", "urls", "mailbox"}
# The forms respondents see are used by whoever shows or types them; signing in is asked for by
# respondents' pages.
SHARED = {"answering"}


def imports(package):
    """What the modules of a package import of the app, as (module, imported)."""
    paths = [package] if package.suffix else package.rglob("*.py")
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("surveys"):
                parts = node.module.split(".")
                names = [alias.name for alias in node.names] if len(parts) == 1 else [parts[1]]
                for name in names:
                    yield str(path.relative_to(SURVEYS)), name


def of(package, forbidden):
    return sorted({(module, name) for module, name in imports(package) if name in forbidden})


def test_models_stand_on_nothing_but_texts_names_and_letters():
    # Of tabulation, which is pure, what a table is.
    allowed = {"models", "translated", "folding", "identifiers", "question_types", "tabulation"}

    assert {name for _module, name in imports(SURVEYS / "models")} <= allowed


def test_kinds_of_questions_know_models_alone():
    assert {name for _module, name in imports(SURVEYS / "question_types")} <= {
        *("models", "question_types"),
    }


@pytest.mark.parametrize(
    "package",
    [
        *("backups", "journey", "ledger", "lifecycle", "exports", "organisation_lists"),
        *("releasing", "tabulation", "tallying"),
    ],
)
def test_what_stages_stand_on_knows_no_stage(package):
    assert of(SURVEYS / package, STAGES | OUTERMOST) == []


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_a_stage_knows_no_other(stage):
    others = STAGES - {stage} - SHARED

    assert of(SURVEYS / stage, others | OUTERMOST) == []


@pytest.mark.parametrize("path", sorted(path.name for path in SURVEYS.glob("*.py")))
def test_a_pure_module_knows_no_stage(path):
    known = of(SURVEYS / path, STAGES | {"admin", "desk", "management"})

    assert known == KNOWN.get(path, [])


KNOWN = {
    # Of campaigns the pure part: how many copies there are.
    "copies.py": [("copies.py", "campaigns")],
    # Of reviewing the pure part: what of an answer is published.
    "quoting.py": [("quoting.py", "reviewing")],
    # Of authoring the pure part: what is missing or stale.
    "publishing.py": [("publishing.py", "drafting")],
    "urls.py": [
        ("urls.py", stage)
        for stage in ("accounts", "answering", "open_data", "replies", "reporting", "results")
    ],
}
