"""What is typed from a sheet: what stands around the answers, and the answers."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.answering.forms import AnswersForm, PlainForm, date_field
from surveys.folding import fold
from surveys.identifiers import read_number
from surveys.models import (
    Meeting,
    Organisation,
    Questionnaire,
    Response,
    Transcript,
    Version,
)

KEPT = ("channel", "language", "received_on", "meeting")
"""What the next sheet of a pile has in common with the last."""
NAMED_AT_MOST = 5


class SheetForm(AnswersForm):
    """The questions as respondents see them, none of which must be answered.

    Whoever left the place empty on paper cannot be asked again, and what else they said is an
    answer all the same: the place counts as not answered.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, headings=True, **kwargs)
        for field in self.fields.values():
            field.required = False


def channels() -> list[tuple[str, str]]:
    """The ways in which answers come that are typed here."""
    ways = Response.Channel.PAPER, Response.Channel.EVENT, Response.Channel.PHONE
    return [(way.value, capfirst(str(way.label))) for way in ways]


class HeadForm(PlainForm):
    """Where a sheet came from. Cleans to the columns of a transcript (`head`)."""

    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=channels)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the form"),
        choices=[(code, language.own_name) for code, language in settings.SPOKEN.items()],
    )
    received_on = date_field(gettext_lazy("Received on"))
    sheet = forms.CharField(
        label=gettext_lazy("Number on the sheet"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("The number you wrote or stamped on it. It finds the paper again"),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=200,
        help_text=gettext_lazy("Its name, a part of it, or its number in the list"),
        error_messages={"required": gettext_lazy("Enter which organisation answered")},
    )
    meeting = forms.ModelChoiceField(
        Meeting.objects.none(),
        label=gettext_lazy("Meeting"),
        required=False,
        empty_label=gettext_lazy("None, or a new one"),
    )
    new_meeting = forms.CharField(
        label=gettext_lazy("Name of a new meeting"), required=False, max_length=200
    )
    new_meeting_on = date_field(gettext_lazy("Held on"), required=False)
    new_meeting_place = forms.ChoiceField(label=gettext_lazy("Where it was"), required=False)
    field_order = (*KEPT, "new_meeting", "new_meeting_on", "new_meeting_place", "organisation")

    def __init__(
        self, *args: Any, version: Version, transcript: Transcript | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.transcript = transcript
        consultation = version.consultation
        self.consultation = consultation
        meetings: Any = self.fields["meeting"]
        meetings.queryset = consultation.meetings.all()
        places: Any = self.fields["new_meeting_place"]
        places.choices = [("", _("Not said"))] + [
            (place.code, str(place.name))
            for country in consultation.programme.countries.all()
            for place in country.places.all()
        ]
        if version.questionnaire.answered_by == Questionnaire.AnsweredBy.ANYONE:
            del self.fields["organisation"]
        if not self.is_bound:
            # Where the hands go on with the next sheet of a pile.
            first = "organisation" if "organisation" in self.fields else "sheet"
            self.fields[first].widget.attrs["autofocus"] = True

    def clean_received_on(self) -> date:
        """A day on which answers were taken, and no later one than today."""
        received: date = self.cleaned_data["received_on"]
        opens, closes = (
            timezone.localdate(moment)
            for moment in (self.consultation.opens_at, self.consultation.closes_at)
        )
        if received > timezone.localdate(self.consultation.now):
            raise forms.ValidationError(_("This day is still to come"))
        if received < opens:
            raise forms.ValidationError(_("The consultation was not open yet on this day"))
        if received > closes:
            raise forms.ValidationError(
                _("The consultation was closed on this day. A form that came later is not taken")
            )
        return received

    def clean_sheet(self) -> str:
        sheet = " ".join(self.cleaned_data["sheet"].split())
        others = Transcript.objects.filter(version=self.version, sheet=sheet).exclude(state="aside")
        if sheet and self._but_this(others).exists():
            raise forms.ValidationError(sheet_taken(sheet))
        return sheet

    def clean_organisation(self) -> Organisation:
        text = self.cleaned_data["organisation"]
        found = _organisations(text)[: NAMED_AT_MOST + 1]
        if not found:
            raise forms.ValidationError(
                _("There is no such organisation. Add it under “Organisations” first")
            )
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several have such a name. Enter the number: %(organisations)s")
                % {"organisations": "; ".join(f"{each.pk} {each}" for each in found)}
            )
        self._refuse_second(found[0])
        return found[0]

    def _refuse_second(self, organisation: Organisation) -> None:
        """One response per organisation is a rule of the database; this says it in words."""
        questionnaire = self.version.questionnaire
        if Response.objects.filter(questionnaire=questionnaire, organisation=organisation).exists():
            raise forms.ValidationError(answered_already(organisation))
        others = Transcript.objects.filter(
            version__questionnaire=questionnaire, organisation=organisation
        ).exclude(state="aside")
        if self._but_this(others).exists():
            raise forms.ValidationError(
                _("A form of %(organisation)s is being typed already")
                % {"organisation": organisation}
            )

    def _but_this(self, transcripts: QuerySet[Transcript]) -> QuerySet[Transcript]:
        return transcripts.exclude(pk=self.transcript.pk) if self.transcript else transcripts

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name = " ".join(cleaned.get("new_meeting", "").split())
        if name and cleaned.get("meeting"):
            self.add_error("new_meeting", _("Choose a meeting or add one, not both"))
        elif name and not cleaned.get("new_meeting_on"):
            if "new_meeting_on" not in self.errors:
                self.add_error("new_meeting_on", _("Enter when the meeting was held"))
        elif name:
            cleaned["meeting"] = Meeting(
                consultation=self.consultation,
                name=name,
                held_on=cleaned["new_meeting_on"],
                place=cleaned.get("new_meeting_place", ""),
            )
        is_named = name or cleaned.get("meeting") or "meeting" in self.errors
        if cleaned.get("channel") == Response.Channel.EVENT and not is_named:
            self.add_error("meeting", _("Choose the meeting at which it was filled in, or add it"))
        return cleaned

    def head(self) -> dict[str, Any]:
        """The columns of a transcript."""
        names = ("channel", "language", "received_on", "sheet", "organisation", "meeting")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class ReasonForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("Why it is not taken"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why")},
        help_text=gettext_lazy("It is kept in the log. Write nothing here that stands on the form"),
    )


def sheet_taken(sheet: str) -> str:
    return _("A form with the number %(sheet)s was typed already") % {"sheet": sheet}


def answered_already(organisation: Organisation | None) -> str:
    return _(
        "%(organisation)s has begun or sent its response on the website, or it was typed already. "
        "Each organisation has one response"
    ) % {"organisation": organisation}


def _organisations(text: str) -> list[Organisation]:
    """Those of this number or just this name, else those with it in their name; few suffice."""
    known = Organisation.objects.exclude(standing=Organisation.Standing.REFUSED)
    if found := list(known.filter(pk=read_number(text) or 0)):
        return found
    folded = fold(" ".join(text.split()))
    exact = list(known.filter(folded_name=folded)[: NAMED_AT_MOST + 1])
    return exact or list(known.filter(folded_name__contains=folded)[: NAMED_AT_MOST + 1])
