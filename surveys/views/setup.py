"""What is asked, when, how often, and in which words."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.actions import configure
from surveys.models import Survey, TextLanguage
from surveys.views.preview import talk
from surveys.views.survey_form import SurveyForm
from tickets.errors import Refused, StaleEdit
from tickets.views.setup.base import AgentRequest, SetupCard, configurers_only, done


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


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the surveys and how they stand."""
    return render(request, "setup/surveys/index.html", {"surveys": Survey.objects.all()})


@configurers_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change one survey, with what a contact will see beside it."""
    survey = get_object_or_404(Survey.objects.select_related("changed_by"), pk=pk)
    if request.method != "POST":
        return _page(request, survey, SurveyForm(survey))
    form = SurveyForm(survey, request.POST)
    if request.POST.get("do") == "look":
        return _page(request, survey, form)
    form.shows_errors = True
    if not form.is_valid():
        return _page(request, survey, form, status=422)
    version = form.cleaned_data["version"]
    try:
        configure(actor=request.user, survey_id=survey.pk, version=version, plan=form.plan())
    except Refused as refusal:
        return _page(request, survey, form, status=409, refusal=refusal)
    return done(request, _("Survey saved"), reverse("setup:surveys_edit", args=[survey.pk]))


def _page(
    request: AgentRequest, survey: Survey, form: SurveyForm, *, status: int = 200, refusal: Refused | None = None
) -> HttpResponse:
    shown = request.POST.get("shown") or (get_language() or "en").partition("-")[0]
    sample = talk(form, shown)
    context = {
        "survey": survey,
        "form": form,
        "is_checked": status == 422,
        "refusal": refusal,
        "is_stale": isinstance(refusal, StaleEdit),
        "bubbles": sample["bubbles"],
        "shown": [
            {"value": language.value, "text": language.label, "checked": language.value == sample["language"]}
            for language in TextLanguage
        ],
    }
    template = "setup/surveys/_editor.html" if request.htmx else "setup/surveys/edit.html"
    return render(request, template, context, status=status)
