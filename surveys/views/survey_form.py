"""The form of a survey: every error says how to put it right."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from surveys.actions import PARTS, SurveyPlan
from surveys.models import MAX_DELAY, QUESTION_LENGTH, THANKS_LENGTH, Survey, SurveyKind, TextLanguage
from tickets.views.setup.numbers import WholeNumber

LENGTHS = {"question": QUESTION_LENGTH, "thanks": THANKS_LENGTH, "comment_prompt": QUESTION_LENGTH}
NUMBERS = {
    "delay": (
        gettext_lazy("Seconds to wait before asking"),
        gettext_lazy("After resolving; time to take it back, or for a last word."),
        (0, int(MAX_DELAY.total_seconds())),
    ),
    "cap_days": (
        gettext_lazy("Days between two surveys to one contact"),
        gettext_lazy("0 asks after every ticket."),
        (0, 365),
    ),
    "sampling_percent": (
        gettext_lazy("Share of tickets that are asked about, in percent"),
        "",
        (1, 100),
    ),
    "min_messages": (
        gettext_lazy("Least number of messages from the contact"),
        gettext_lazy("Who wrote less is not asked."),
        (1, 100),
    ),
}


class SurveyForm(forms.Form):
    """Everything about one survey; `version` says from which one the form was made."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    is_active = forms.BooleanField(required=False)
    highest = forms.TypedChoiceField(coerce=int, choices=[(5, gettext_lazy("1 to 5")), (10, gettext_lazy("1 to 10"))])

    def __init__(self, survey: Survey, data: Any = None) -> None:
        """Fill the form from the survey, or from what was posted."""
        self.survey = survey
        super().__init__(data, initial=_initial(survey))
        if survey.kind == SurveyKind.NPS:
            del self.fields["highest"]
        for name, (_label, _hint, bounds) in NUMBERS.items():
            self.fields[name] = WholeNumber(*bounds)
        for language in TextLanguage.values:
            for part in self.parts:
                self.fields[f"{part}_{language}"] = forms.CharField(required=False)

    @property
    def parts(self) -> tuple[str, ...]:
        """The words this survey needs: only satisfaction asks for a comment."""
        return PARTS if self.survey.kind == SurveyKind.CSAT else PARTS[:2]

    def clean(self) -> dict[str, Any]:
        """Refuse words that are missing or too long."""
        values = self.cleaned_data
        for language in TextLanguage:
            for part in self.parts:
                name = f"{part}_{language}"
                words = values[name] = " ".join(values.get(name, "").split())
                over = len(words) - LENGTHS[part]
                if over > 0:
                    self.add_error(name, _too_long(over))
                elif not words and part != "comment_prompt":
                    missing = _("Write these words: contacts who speak %(language)s are asked with them.")
                    self.add_error(name, missing % {"language": language.label})
        return values

    def plan(self) -> SurveyPlan:
        """Return the survey as the valid form wants it."""
        values = self.cleaned_data
        return SurveyPlan(
            is_active=values["is_active"],
            highest=values.get("highest", 10),
            delay=dt.timedelta(seconds=values["delay"]),
            cap_days=values["cap_days"],
            sampling_percent=values["sampling_percent"],
            min_messages=values["min_messages"],
            texts={code: {part: values.get(f"{part}_{code}", "") for part in PARTS} for code in TextLanguage.values},
        )

    def words(self, language: str) -> dict[str, str]:
        """Return what stands in the form in one language, right or wrong."""
        return {part: str(self[f"{part}_{language}"].value() or "") for part in self.parts}

    # -- As the page draws it --------------------------------------------------------------------------

    def numbers(self) -> list[dict[str, Any]]:
        """Return the numbers as the component draws them."""
        return [{**self._drawn(name), "label": label, "hint": hint} for name, (label, hint, _bounds) in NUMBERS.items()]

    def languages(self) -> list[dict[str, Any]]:
        """Return the words by language as the component draws them."""
        labels = {
            "question": _("Question"),
            "thanks": _("Thanks"),
            "comment_prompt": _("Request for a comment"),
        }
        return [
            {
                "code": language.value,
                "name": language.label,
                "fields": [
                    {**self._drawn(f"{part}_{language}"), "label": labels[part], "maxlength": LENGTHS[part] + 80}
                    for part in self.parts
                ],
            }
            for language in TextLanguage
        ]

    def _drawn(self, name: str) -> dict[str, Any]:
        bound = self[name]
        value = bound.value()
        return {
            "id": name,
            "value": "" if value is None else str(value),
            "error": " ".join(str(error) for error in bound.errors) if self.shows_errors else "",
        }

    shows_errors = False


def _too_long(over: int) -> str:
    return ngettext(
        "This is %(count)d character too long. Shorten it.", "This is %(count)d characters too long. Shorten it.", over
    ) % {"count": over}


def _initial(survey: Survey) -> dict[str, Any]:
    values: dict[str, Any] = {
        "version": survey.version,
        "is_active": survey.active_since is not None,
        "highest": survey.highest,
        "delay": int(survey.delay.total_seconds()),
        "cap_days": survey.cap_days,
        "sampling_percent": survey.sampling_percent,
        "min_messages": survey.min_messages,
    }
    for text in survey.texts.all():
        values.update({f"{part}_{text.language}": getattr(text, part) for part in PARTS})
    return values
