"""What is asked, when, how often, and in which words."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.actions import configure
from surveys.models import QUESTION_LENGTH, Survey, SurveyKind, TextLanguage
from tickets.views.setup.base import AgentRequest, SetupCard, configurers_only, done

THANKS_LENGTH = 300


def card() -> SetupCard:
    """Return the overview's card."""
    active = [str(survey) for survey in Survey.objects.filter(active_since__isnull=False)]
    return SetupCard(
        url=reverse("setup:surveys"),
        icon="smile",
        title=_("Surveys"),
        text=_("What contacts are asked after their ticket is resolved."),
        state=", ".join(active) or _("Nobody is asked"),
        tone="ok" if active else "warn",
    )


class SurveyForm(forms.Form):
    """Everything about one survey; an error says how to fix it."""

    is_active = forms.BooleanField(required=False, label=gettext_lazy("Ask contacts"))
    highest = forms.TypedChoiceField(
        coerce=int, choices=[(5, gettext_lazy("1 to 5")), (10, gettext_lazy("1 to 10"))], label=gettext_lazy("Scale")
    )
    delay = forms.IntegerField(min_value=0, max_value=86_400, label=gettext_lazy("Seconds to wait before asking"))
    cap_days = forms.IntegerField(
        min_value=0, max_value=365, label=gettext_lazy("Days between two surveys to one contact")
    )
    sampling_percent = forms.IntegerField(
        min_value=1, max_value=100, label=gettext_lazy("Share of tickets that are asked about, in percent")
    )
    min_messages = forms.IntegerField(
        min_value=1, max_value=100, label=gettext_lazy("Least number of messages from the contact")
    )

    def __init__(self, survey: Survey, data: Any = None) -> None:
        self.survey = survey
        super().__init__(data, initial=_initial(survey))
        if survey.kind == SurveyKind.NPS:
            del self.fields["highest"]
        for code, name in TextLanguage.choices:
            self.fields[f"question_{code}"] = forms.CharField(
                max_length=QUESTION_LENGTH, label=_("Question, %(language)s") % {"language": name}
            )
            self.fields[f"thanks_{code}"] = forms.CharField(
                max_length=THANKS_LENGTH, label=_("Thanks, %(language)s") % {"language": name}
            )
            self.fields[f"comment_prompt_{code}"] = forms.CharField(
                max_length=QUESTION_LENGTH,
                required=False,
                label=_("Request for a comment, %(language)s") % {"language": name},
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return the fields as the component draws them."""
        drawn = []
        for name, field in self.fields.items():
            if name in {"is_active", "highest"}:
                continue
            bound = self[name]
            drawn.append(
                {
                    "id": name,
                    "label": field.label,
                    "value": "" if bound.value() is None else str(bound.value()),
                    "error": " ".join(str(error) for error in bound.errors),
                }
            )
        return drawn

    def texts(self) -> dict[str, dict[str, str]]:
        """Return the words by language."""
        parts = ("question", "thanks", "comment_prompt")
        return {code: {part: self.cleaned_data[f"{part}_{code}"] for part in parts} for code in TextLanguage.values}


def _initial(survey: Survey) -> dict[str, Any]:
    values: dict[str, Any] = {
        "is_active": survey.active_since is not None,
        "highest": survey.highest,
        "delay": int(survey.delay.total_seconds()),
        "cap_days": survey.cap_days,
        "sampling_percent": survey.sampling_percent,
        "min_messages": survey.min_messages,
    }
    for text in survey.texts.all():
        for part in ("question", "thanks", "comment_prompt"):
            values[f"{part}_{text.language}"] = getattr(text, part)
    return values


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the surveys and how they stand."""
    return render(request, "setup/surveys/index.html", {"surveys": Survey.objects.all()})


@configurers_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change one survey."""
    survey = get_object_or_404(Survey, pk=pk)
    form = SurveyForm(survey, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        configure(
            actor=request.user,
            survey_id=survey.pk,
            is_active=values["is_active"],
            highest=values.get("highest", 10),
            delay=dt.timedelta(seconds=values["delay"]),
            cap_days=values["cap_days"],
            sampling_percent=values["sampling_percent"],
            min_messages=values["min_messages"],
            texts=form.texts(),
        )
        return done(request, _("Survey saved"), reverse("setup:surveys_edit", args=[survey.pk]))
    context = {"survey": survey, "form": form, "rows": form.rows(), "is_checked": form.is_bound}
    return render(request, "setup/surveys/edit.html", context, status=422 if form.is_bound else 200)
