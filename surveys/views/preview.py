"""A survey as a contact sees it on the phone: question, tap, thanks, comment, and the second question."""

from typing import Any

from django.utils.translation import gettext as _

from helpdesk import clock
from surveys import words
from surveys.models import Survey, SurveyKind, SurveyText, TextLanguage
from surveys.views.survey_form import SurveyForm

COMMENTS = {
    "en": "Quick and friendly.",
    "de": "Schnell und freundlich.",
    "fr": "Rapide et aimable.",
    "es": "Rápido y amable.",
    "it": "Veloce e gentile.",
}


def talk(form: SurveyForm, language: str) -> dict[str, Any]:
    """Return the bubbles of the talk in one language, and what of it cannot be sent yet; one query, two for CSAT."""
    if language not in TextLanguage.values:
        language = form.survey.texts.order_by("language").values_list("language", flat=True).first() or "en"
    said, kind = form.words(language), form.survey.kind
    bubbles = [_ours(said["question"], language)]
    if kind == SurveyKind.CSAT:
        highest = 10 if str(form["highest"].value()) == "10" else 5
        offered: Any = words.options("sample", highest, language)["choices"]
        bubbles[0] |= {"choices": offered["options"], "button": offered["button"]}
        bubbles.append(_theirs(offered["options"][0]["title"], language))
        bubbles.append(_ours("\n".join(filter(None, (said["thanks"], said["comment_prompt"]))), language))
        if said["comment_prompt"]:
            bubbles.append(_theirs(COMMENTS[language], language))
        bubbles += _second_question(language)
    else:
        bubbles += [_theirs("9", language), _ours(said["thanks"], language)]
    for number, bubble in enumerate(bubbles):
        bubble["id"] = f"sample-{number}"
    return {"language": language, "bubbles": [bubble for bubble in bubbles if bubble["text"].strip()]}


def _second_question(language: str) -> list[dict[str, Any]]:
    """Return what follows satisfaction where recommendation is asked for too."""
    text = SurveyText.objects.filter(
        survey__in=Survey.objects.filter(kind=SurveyKind.NPS, active_since__isnull=False), language=language
    ).first()
    if text is None:
        return []
    return [_ours(text.question, language), _theirs("9", language), _ours(text.thanks, language)]


def _ours(text: str, language: str) -> dict[str, Any]:
    return _bubble(text, language) | {"direction": "out", "author": _("Automatic message"), "automatic": True}


def _theirs(text: str, language: str) -> dict[str, Any]:
    return _bubble(text, language) | {"direction": "in", "author": _("Contact")}


def _bubble(text: str, language: str) -> dict[str, Any]:
    return {"seq": 0, "text": text, "language": language, "at": clock.now(), "state": "read"}
