"""The instrument: questionnaires, their versions, and what a version asks."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.consultation import Consultation, DatabaseClock
from surveys.translated import TranslatedField, TranslatedRow

CODE = r"^[a-z0-9_]+$"
QUESTION_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


def _frozen(version: str) -> list[pgtrigger.Trigger]:
    """Refuse to write a row of a published version; `version` is SQL with {row} for NEW or OLD."""

    def published(row: str) -> str:
        return (
            "EXISTS (SELECT FROM surveys_version WHERE published_at IS NOT NULL AND id = "
            f"{version.format(row=row)})"
        )

    refuse = "RAISE EXCEPTION 'A published questionnaire is frozen' USING ERRCODE = '23001';"
    insert_or_update = f"IF {published('NEW')} THEN {refuse} END IF;"
    update_or_delete = f"IF {published('OLD')} THEN {refuse} END IF;"
    return [
        pgtrigger.Trigger(
            name="published_is_not_added_to",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=f"{insert_or_update} RETURN NEW;",
        ),
        pgtrigger.Trigger(
            name="published_is_not_changed",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"{update_or_delete} {insert_or_update} RETURN NEW;",
        ),
        pgtrigger.Trigger(
            name="published_is_not_deleted",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=f"{update_or_delete} RETURN OLD;",
        ),
    ]


def _refuse_to_publish(name: str, where: str, words: str) -> pgtrigger.Trigger:
    """Refuse to publish a draft version where the SQL condition holds."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__published_at__isnull=True, new__published_at__isnull=False),
        func=f"IF {where} THEN RAISE EXCEPTION '{words}' USING ERRCODE = '23514', "
        f"CONSTRAINT = '{name}'; END IF; RETURN NEW;",
    )


NO_QUESTION = "NOT EXISTS (SELECT FROM surveys_question WHERE version_id = NEW.id)"
OTHER_KIND = (
    "EXISTS (SELECT FROM surveys_question mine JOIN surveys_question theirs USING (name) "
    "JOIN surveys_version published ON published.id = theirs.version_id "
    "WHERE mine.version_id = NEW.id AND mine.kind <> theirs.kind "
    "AND published.questionnaire_id = NEW.questionnaire_id "
    "AND published.published_at IS NOT NULL)"
)
BY_VERSION = "{row}.version_id"
BY_QUESTION = "(SELECT version_id FROM surveys_question WHERE id = {row}.question_id)"


class Questionnaire(models.Model):
    """What one respondent category is asked; its versions form one data set."""

    class AnsweredBy(models.TextChoices):
        ANYONE = "anyone", _("anyone, without an account")
        ORGANISATIONS = "organisations", _("organisations, signed in")

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="questionnaires")
    slug = models.SlugField(_("respondent category"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    answered_by = models.CharField(_("answered by"), max_length=20, choices=AnsweredBy)
    reference_prefix = models.CharField(_("reference prefix"), max_length=6, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes it takes"))
    name = TranslatedField(_("name"))
    title = TranslatedField(_("title"))
    lead = TranslatedField(_("lead"), blank=True)
    invitation = models.JSONField(_("invitation"), default=dict, blank=True)

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["consultation", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "slug"],
                name="one_questionnaire_per_respondent_category",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def current_version(self) -> "Version | None":
        """The version that is answered now: the last that was published."""
        return self.versions.published().order_by("-number").first()


class VersionQuerySet(models.QuerySet["Version"]):
    def published(self) -> "VersionQuerySet":
        return self.filter(published_at__isnull=False)

    def with_questions(self) -> "VersionQuerySet":
        """Everything it takes to show the versions, in six queries however long they are.

        They come with the database's time, as `Version.consultation.now`.
        """
        return (
            self.annotate(asked_at=DatabaseClock())
            .select_related("questionnaire__consultation__programme")
            .prefetch_related(
                "sections__questions__options",
                "sections__questions__items",
                "conditions",
                "questionnaire__consultation__programme__countries__places",
            )
        )


class Version(models.Model):
    """One wording of a questionnaire. Once published it is frozen; a correction is a new one."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("number"))
    note = models.TextField(_("what changed"), blank=True)
    digest = models.CharField(_("digest of the content"), max_length=64, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    asked_at: datetime | None = None
    """The database's time when it was read, where that was asked for."""

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["questionnaire", "-number"]
        permissions = [("publish_version", _("Can publish versions"))]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "number"], name="version_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["questionnaire"],
                condition=Q(published_at__isnull=True),
                name="a_questionnaire_has_one_draft_version",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_version_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            _refuse_to_publish(
                "a_version_without_questions_is_not_published",
                NO_QUESTION,
                "A version without questions is not published",
            ),
            _refuse_to_publish(
                "a_published_name_keeps_its_kind",
                OTHER_KIND,
                "A question that was published keeps its kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.number}"

    @property
    def questions(self) -> list["Question"]:
        """All questions in the order they are asked."""
        return [question for section in self.sections.all() for question in section.questions.all()]

    @property
    def consultation(self) -> Consultation:
        """The consultation it belongs to, at the moment the version was read."""
        consultation = self.questionnaire.consultation
        consultation.asked_at = self.asked_at
        return consultation

    def print_code(self, language: str) -> str:
        """What a printed sheet says it is: `LISTENS-CITIZENS-1-SR-LATN`."""
        questionnaire = self.questionnaire
        parts = (questionnaire.consultation.slug, questionnaire.slug, self.number, language)
        return "-".join(map(str, parts)).upper()


class Section(TranslatedRow):
    """Questions that belong together: one page of the stakeholder form."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.SlugField(_("name"), max_length=40)
    title = TranslatedField(_("title"))
    intro = TranslatedField(_("introduction"), blank=True)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"], name="section_name_is_unique_in_its_version"
            ),
        ]
        triggers = _frozen(BY_VERSION)

    def __str__(self) -> str:
        return str(self.title)


def kind_choices() -> list[tuple[str, str]]:
    """The registered kinds. A function, so that a new kind needs no migration."""
    from surveys.question_types import KINDS  # noqa: PLC0415 - kinds are told apart by models

    return [(kind, cls.label) for kind, cls in KINDS.items()]


class Question(TranslatedRow):
    """What is asked. Its name is the root of its variables and a contract."""

    class Appearance(models.TextChoices):
        TILES = "", _("tiles")
        LIST = "list", _("drop-down list")

    version = models.ForeignKey(Version, models.CASCADE, related_name="+")
    section = models.ForeignKey(Section, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=40)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=kind_choices)
    short = TranslatedField(_("in a few words"))
    text = TranslatedField(_("text"))
    hint = TranslatedField(_("hint"), blank=True)
    required = models.BooleanField(_("must be answered"), default=False)
    appearance = models.CharField(
        _("appearance"), max_length=10, choices=Appearance, blank=True, default=""
    )
    maximum = models.PositiveSmallIntegerField(_("how many may be chosen"), null=True, blank=True)
    max_length = models.PositiveIntegerField(_("characters at most"), null=True, blank=True)
    comment_max_length = models.PositiveIntegerField(
        _("characters of the comment beside it"), null=True, blank=True
    )
    comment_label = TranslatedField(_("label of the comment"), blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"], name="question_name_is_unique_in_its_version"
            ),
            models.CheckConstraint(
                condition=Q(name__regex=QUESTION_NAME), name="question_name_can_head_a_column"
            ),
        ]
        triggers = _frozen(BY_VERSION)

    def __str__(self) -> str:
        return self.name


class Option(TranslatedRow):
    """A pre-coded reply. Its code is stored and never changes meaning."""

    class Missing(models.TextChoices):
        NO = "", _("an answer")
        DONT_KNOW = "dont_know", _("does not know")
        REFUSED = "refused", _("prefers not to say")
        NO_EXPERIENCE = "no_experience", _("has no experience")

    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=40)
    label = TranslatedField(_("label"))
    exclusive = models.BooleanField(_("excludes all others"), default=False)
    names_other = models.BooleanField(_("asks to name it"), default=False)
    missing = models.CharField(
        _("stands for"), max_length=20, choices=Missing, blank=True, default=""
    )

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "code"], name="option_code_is_unique_in_its_question"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=CODE), name="option_code_can_end_a_column_name"
            ),
        ]
        triggers = _frozen(BY_QUESTION)

    def __str__(self) -> str:
        return str(self.label)


class Item(TranslatedRow):
    """One row of a matrix, rated with the question's options."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=40)
    label = TranslatedField(_("label"))

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "code"], name="item_code_is_unique_in_its_question"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=CODE), name="item_code_can_end_a_column_name"
            ),
        ]
        triggers = _frozen(BY_QUESTION)

    def __str__(self) -> str:
        return str(self.label)


class Condition(models.Model):
    """A section or a question is asked only after certain answers to an earlier question.

    One of `codes` must be among what was answered; with several conditions each must hold.
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="conditions")
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="conditions"
    )
    question = models.ForeignKey(
        Question, models.CASCADE, null=True, blank=True, related_name="conditions"
    )
    source = models.CharField(_("after the question"), max_length=40)
    """The name of a closed question of the same version."""
    item = models.CharField(_("row of the matrix"), max_length=40, blank=True)
    codes = ArrayField(models.CharField(max_length=40), verbose_name=_("if answered"))

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(section__isnull=True, question__isnull=False)
                | Q(section__isnull=False, question__isnull=True),
                name="condition_is_about_a_section_or_a_question",
            ),
            models.CheckConstraint(
                condition=~Q(codes=[]), name="condition_names_at_least_one_answer"
            ),
        ]
        triggers = _frozen(BY_VERSION)

    def __str__(self) -> str:
        return f"{self.source} = {' | '.join(self.codes)}"
