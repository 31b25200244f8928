"""What every kind of question can do: ask, check, store, show, and fill columns."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from psycopg import sql
from psycopg.abc import AdaptContext

from surveys.question_types.fields import LongTextField
from surveys.question_types.sentences import sentences

if TYPE_CHECKING:
    from surveys.models import Country, Option, Question

OTHER_MAX_LENGTH = 150
SHARE_ANSWERED = 0.85
SHARE_COMMENTED = 0.15


class Cell(StrEnum):
    """What a cell of a column holds."""

    CODE = "code"
    NUMBER = "number"
    WORDS = "words"
    TIME = "time"


class Measure(StrEnum):
    """What may be computed from a column, in the words of statistics programs."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


class Shared(sql.Composable):
    """SQL over a response row that may stand in many cells: who reads rows can find it once a row.

    Written as it is it says the same.
    """

    def __init__(self, inner: sql.Composable) -> None:
        super().__init__(inner)

    def __hash__(self) -> int:
        return hash(repr(self._obj))

    def as_bytes(self, context: AdaptContext | None = None) -> bytes:
        written: bytes = self._obj.as_bytes(context)
        return written


def answer(name: str) -> Shared:
    """The whole answer to a question, as JSON."""
    return Shared(sql.SQL("answers->{}").format(name))


def answer_text(name: str) -> Shared:
    """An answer that is one code, or words."""
    return Shared(sql.SQL("answers->>{}").format(name))


@dataclass(frozen=True)
class Variable:
    """One column of the data file.

    `value` is SQL over a response row; it gives text: a code, a number, words (`is_words`) or a
    time, and NULL where there is no answer. `codes` are the labels of the codes it can give;
    those in `missing` are reasons for having no answer. `asked_in` are the versions that ask for
    it, or None where all do; `asked_if` is SQL for those of them that ask it only after certain
    answers; `versions` are the numbers of all that ask it. What `identifies` tells who answered.
    `question` is what was asked, in full; `root` and `part` are the question's name and which
    part of its answer stands here, where it has parts.
    """

    name: str
    label: str
    value: sql.Composable
    codes: Mapping[str, str] = field(default_factory=dict)
    cell: Cell = Cell.CODE
    asked_in: tuple[int, ...] | None = None
    identifies: bool = False
    asked_if: Mapping[int, sql.Composable] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    measure: Measure = Measure.NOMINAL
    question: str = ""
    root: str = ""
    part: str = ""
    versions: tuple[int, ...] = ()

    @property
    def is_words(self) -> bool:
        return self.cell == Cell.WORDS

    @property
    def may_be_unasked(self) -> bool:
        """Whether there can be responses that were not asked for it."""
        return self.asked_in is not None or bool(self.asked_if)


@dataclass(frozen=True)
class Line:
    """One line of an answer as people read it."""

    text: str
    is_words: bool = False
    is_missing: bool = False


class QuestionType:
    """A question seen through its kind.

    Stored under the question's name is what `stored` gives; an unanswered question stores no
    key. Words beside a closed question are stored under names of their own.
    """

    kind: ClassVar[str]
    label: ClassVar[Any]
    has_options = True
    needs_options = True
    """Whether nobody can answer it without options of its own."""
    has_items = False
    """Whether its options are asked for each of some rows."""

    uses: ClassVar[tuple[str, ...]] = ()
    """Which columns of a question that not every kind has mean something to this one."""
    is_grouped = True
    """Whether its controls need a fieldset rather than a label."""

    def __init__(self, question: "Question", countries: "list[Country]") -> None:
        self.question = question
        self.countries = countries
        self.name = question.name
        self.options: list[Option] = list(question.options.all())
        self._fields: dict[str | None, dict[str, forms.Field]] = {}

    @property
    def template_name(self) -> str:
        return f"surveys/question_types/{self.kind}.html"

    # Asking

    def form_field(self) -> forms.Field:
        raise NotImplementedError

    def fields(self) -> dict[str, forms.Field]:
        """All its form fields by control name: its own first, then the words beside it.

        They are copies, as those of a form are: it takes a third of making them again.
        """
        language = get_language()
        if language not in self._fields:
            self._fields[language] = {self.name: self.form_field()} | self.word_fields()
        return {name: deepcopy(field) for name, field in self._fields[language].items()}

    def word_fields(self) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {}
        for option in self.naming_options():
            fields[self._name_beside(option)] = LongTextField(
                label=_("If you chose “%(option)s”, name it") % {"option": option.label},
                required=False,
                max_length=OTHER_MAX_LENGTH,
                widget=forms.TextInput,
            )
        if self.question.comment_max_length:
            fields[self._comment_name()] = LongTextField(
                label=str(self.question.comment_label) or _("Your comment"),
                required=False,
                max_length=self.question.comment_max_length,
                widget=forms.Textarea({"rows": 3}),
            )
        return fields

    def names_beside(self) -> list[str]:
        """The names of `word_fields()`, which cost much more."""
        names = [self._name_beside(option) for option in self.naming_options()]
        return [*names, self._comment_name()] if self.question.comment_max_length else names

    def _name_beside(self, option: "Option") -> str:
        return f"{self.name}_{option.code}_text"

    def _comment_name(self) -> str:
        return f"{self.name}_comment"

    def naming_options(self) -> "list[Option]":
        return [option for option in self.options if option.names_other]

    def first_control_id(self) -> str:
        """The id an error message links to."""
        return f"id_{self.name}"

    def hint(self) -> str:
        return str(self.question.hint)

    def required_message(self) -> str:
        return str(_("Answer this question: “%(question)s”") % {"question": self.question.text})

    def complaints(self, entered: Mapping[str, Any]) -> list[str]:
        """What is wrong in each of its controls that something was entered in."""
        found = []
        for name, control in self.fields().items():
            if name in entered:
                try:
                    control.clean(entered[name])
                except ValidationError as error:
                    found += error.messages
                else:
                    found.append(str(_("Look at your answer and save it again")))
        return found

    def named(self, complaint: str) -> str:
        """The same where nothing else tells which question it is about."""
        if complaint == self.required_message():
            return complaint
        named = _("“%(question)s”: %(complaint)s")
        return str(named % {"question": self.question.text, "complaint": complaint})

    # Storing

    def stored(self, cleaned: Any) -> Any:
        """The answer document's value for a cleaned form value; empty means no answer."""
        return cleaned

    def answers(self, cleaned_data: Mapping[str, Any]) -> dict[str, Any]:
        """Its part of the answer document, without what was left empty."""
        given = {self.name: self.stored(cleaned_data.get(self.name))}
        given |= {name: cleaned_data.get(name) for name in self.names_beside()}
        return {name: value for name, value in given.items() if value}

    def stored_names(self) -> list[str]:
        """Every key it can have in an answer document."""
        return [self.name, *self.names_beside()]

    def is_in(self, document: Mapping[str, Any]) -> bool:
        """Whether it, or words beside it, have a key there."""
        return any(name in document for name in self.stored_names())

    def words_names(self) -> list[str]:
        """Those under which words stand, as they were typed."""
        return self.names_beside()

    # Deciding what is asked later

    def codes(self) -> list[str]:
        """What can be chosen; nothing where the answer is open."""
        return []

    def most_chosen(self) -> int | None:
        """How many of them at most in one answer; None for as many as there are."""
        return 1

    def chosen(self, value: Any, item: str = "") -> set[str]:
        """The codes in an answer; for a matrix the one that its row was given."""
        return set()

    def control_names(self, item: str = "") -> list[str]:
        """The controls of a page that these codes are chosen with."""
        return [self.name]

    def has_chosen(self, codes: Sequence[str], item: str = "") -> sql.Composable:
        """The same in SQL over a response row: whether one of these is among them, never NULL."""
        return sql.SQL("false")

    def knows(self, value: Any) -> bool:
        """Whether it has every code of what was entered, finished or not."""
        return isinstance(value, str) and value in {"", *self.labels()}

    # Showing

    def labels(self) -> dict[str, str]:
        return {option.code: str(option.label) for option in self.options}

    def lines(self, answers: Mapping[str, Any]) -> list[Line]:
        """The stored answer as people read it, in the active language; none if unanswered."""
        lines = self.own_lines(answers[self.name]) if self.name in answers else []
        words = [answers[name] for name in self.names_beside() if name in answers]
        return lines + [Line(text, is_words=True) for text in words]

    def own_lines(self, value: Any) -> list[Line]:
        missing = {option.code for option in self.options if option.missing}
        return [Line(self.labels().get(value, value), is_missing=value in missing)]

    # Measuring

    is_open = False
    """Whether its answer is written in words."""

    def seconds_to_answer(self) -> int:
        """A rule of thumb, without reading the question."""
        return 4

    # Printing

    is_scale = False
    """Whether its options are points of one scale."""

    printed_lines = 0
    """How many lines to write on it has on paper."""

    def printed_groups(self) -> list[tuple[str, list[str]]]:
        """Boxes to tick on paper: headings with labels under them."""
        return []

    def printed_hint(self) -> str:
        return self.hint()

    # Filling columns

    measure: ClassVar[Measure] = Measure.NOMINAL
    """Of the columns of its own answer."""

    def missing(self) -> frozenset[str]:
        """Those of its codes that are reasons for having no answer."""
        return frozenset(option.code for option in self.options if option.missing)

    def own_variables(self) -> list[Variable]:
        value, labels = answer_text(self.name), self.labels()
        return [Variable(self.name, str(self.question.text), value, labels, missing=self.missing())]

    def variables(self) -> list[Variable]:
        """Its columns, in codebook order, labelled in the active language."""
        words = [
            Variable(
                name,
                f"{self.question.short}: {field.label}",
                answer_text(name),
                cell=Cell.WORDS,
            )
            for name, field in self.word_fields().items()
        ]
        text = str(self.question.text)
        own = [replace(variable, measure=self.measure) for variable in self.own_variables()]
        return [replace(variable, question=text, root=self.name) for variable in own + words]

    # Counting

    def cell_keys(self) -> list[str]:
        """What its answers are counted by, in order; nothing where the answer is open."""
        return []

    def counts_for(self, key: str) -> sql.Composable:
        """SQL over a response row: whether its answer counts for that key; it may be NULL.

        Nothing else reads answers to count them.
        """
        raise NotImplementedError

    # Rehearsing

    def fabricated(self, rng: Random, language: str) -> dict[str, Any]:
        """A made-up part of an answer document, such as a respondent could have sent."""
        if not self.question.required and rng.random() > SHARE_ANSWERED:
            return {}
        document = {self.name: self.own_fabricated(rng, language)}
        if self.question.comment_max_length and rng.random() < SHARE_COMMENTED:
            comment = rng.choice(sentences(language))
            document[self._comment_name()] = comment[: self.question.comment_max_length]
        return document

    def own_fabricated(self, rng: Random, language: str) -> Any:
        raise NotImplementedError

    def fabricated_codes(self, rng: Random, codes: list[str], most: int) -> list[str]:
        """One to `most` of the codes, those listed first the likelier."""
        weights = [1 / position for position in range(1, len(codes) + 1)]
        return list(dict.fromkeys(rng.choices(codes, weights, k=rng.randint(1, most))))
