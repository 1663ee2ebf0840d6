"""What a new installation starts with: both surveys, switched off, in five languages."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.apps import apps

from surveys.words import WORDS

# kind -> highest score, delay in seconds, days between two surveys to one contact
START = {"csat": (5, 60, 7), "nps": (10, 30, 90)}


def install(*, get_model: Callable[[str, str], Any] = apps.get_model) -> None:
    """Create the surveys and their texts where there are none; migrations pass their own `get_model`."""
    surveys, texts = get_model("surveys", "Survey").objects, get_model("surveys", "SurveyText").objects
    for kind, (highest, delay, cap_days) in START.items():
        survey, _created = surveys.get_or_create(
            kind=kind, defaults={"highest": highest, "delay": dt.timedelta(seconds=delay), "cap_days": cap_days}
        )
        for language, words in WORDS[kind].items():
            texts.get_or_create(
                survey=survey,
                language=language,
                defaults={
                    "question": words.question,
                    "thanks": words.thanks,
                    "comment_prompt": words.comment_prompt,
                },
            )
