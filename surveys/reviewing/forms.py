"""Deciding about one answer, and choosing which are looked at."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from surveys.models import Decision, Response, User
from surveys.reviewing.deciding import Decided, Seen, current_decision
from surveys.reviewing.redaction import spans_of, words_of
from surveys.verbatims import digest_of

REVIEWS = "surveys.review_response"
BACKEND = "surveys.accounts.backends.PasswordlessBackend"
NEEDS_REASON = (Decision.Verdict.COUNT, Decision.Verdict.ASK)


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return str(user)


class DecisionForm(forms.Form):
    """What is decided about the words of one answer."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=Decision.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the text")},
    )
    reason = forms.CharField(
        label=_("Reason, for colleagues"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed where the text is not published or a colleague is asked"),
    )
    seen_words = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen_decision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, response: Response, name: str, by: User) -> None:
        self.response, self.name = response, name
        self.text = str(response.answers[name])
        decision = current_decision(response, name)
        self.now_seen = {
            "seen_words": digest_of(self.text),
            "seen_decision": decision.pk if decision else "",
        }
        super().__init__(data, initial=self.now_seen)
        self.words = words_of(self.text)
        self.fields["hide"] = forms.TypedMultipleChoiceField(
            label=_("Words to hide"),
            coerce=int,
            required=False,
            choices=[(str(word.number), word.text) for word in self.words],
        )
        colleagues = User.objects.with_perm(REVIEWS, backend=BACKEND).filter(is_staff=True)
        self.fields["asked"] = ColleagueField(
            label=_("Which colleague"),
            queryset=colleagues.exclude(pk=by.pk).order_by("username"),
            required=False,
            empty_label=_("Anybody"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        verdict, hide = cleaned.get("verdict"), cleaned.get("hide")
        if verdict == Decision.Verdict.HIDE and not hide and "hide" not in self.errors:
            self.add_error("hide", _("Choose the words to hide, or publish the text as it is"))
        if verdict == Decision.Verdict.PUBLISH and hide:
            self.add_error(
                "verdict",
                _("You chose words to hide. Publish with words hidden, or choose none"),
            )
        if verdict in NEEDS_REASON and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why, so that a colleague can follow it"))
        return cleaned

    def has_other_words(self) -> bool:
        """Whether its sender had other words before them than are there now."""
        return self.data.get("seen_words") != self.now_seen["seen_words"]

    def is_stale(self) -> bool:
        """Whether words or decision are others than its sender had before them."""
        decision = self.data.get("seen_decision", "")
        return self.has_other_words() or decision != str(self.now_seen["seen_decision"])

    def seen(self) -> Seen:
        decision = self.cleaned_data["seen_decision"]
        return Seen(self.response.pk, self.name, self.cleaned_data["seen_words"], decision)

    def decided(self) -> Decided:
        data = self.cleaned_data
        hides = data["verdict"] == Decision.Verdict.HIDE
        asks = data["verdict"] == Decision.Verdict.ASK
        return Decided(
            data["verdict"],
            spans_of(self.text, set(data["hide"])) if hides else (),
            data["reason"],
            data["asked"] if asks else None,
        )

    def chosen(self) -> set[int]:
        """Numbers of the words that are ticked, whether or not they can be."""
        if not isinstance(self.data, QueryDict) or self.has_other_words():
            return set()
        known = {str(word.number) for word in self.words}
        return {int(number) for number in self.data.getlist("hide") if number in known}


class SeenForm(forms.Form):
    """What somebody had before them who confirms a decision or takes it back."""

    seen_words = forms.CharField(max_length=64)
    seen_decision = forms.IntegerField(required=False)

    def seen(self, response: Response, name: str) -> Seen:
        data = self.cleaned_data
        return Seen(response.pk, name, data["seen_words"], data["seen_decision"])


class FilterForm(forms.Form):
    """Which answers are looked at; its address can be kept as a bookmark."""

    def __init__(self, initial: dict[str, str], choices: dict[str, list[tuple[str, Any]]]) -> None:
        super().__init__(initial=initial)
        labels = {
            "question": _("Question"),
            "language": _("Language"),
            "place": _("Place"),
            "questionnaire": _("Questionnaire"),
        }
        for name, label in labels.items():
            given = [("", _("All")), *choices[name]]
            self.fields[name] = forms.ChoiceField(label=label, choices=given, required=False)
        free = [("", _("All answers")), ("none", _("Only answers without a flag"))]
        self.fields["flags"] = forms.ChoiceField(label=_("Flags"), choices=free, required=False)
