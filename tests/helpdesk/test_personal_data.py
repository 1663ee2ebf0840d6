"""Every column that can hold words is classified: about a contact, about an agent, or about nobody."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import models

WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GenericIPAddressField)


@pytest.mark.parametrize("app", ["agents", "tickets", "channels_whatsapp", "surveys", "analytics"])
def test_every_column_that_can_hold_words_is_classified_once(app: str) -> None:
    register = import_module(f"{app}.personal_data")
    for model in apps.get_app_config(app).get_models():
        name = model.__name__
        columns = [field.name for field in model._meta.concrete_fields if isinstance(field, WORDS)]
        classified = [
            column
            for part in (register.OF_CONTACTS, register.OF_AGENTS, register.NEUTRAL)
            for column in part.get(name, ())
        ]
        assert sorted(classified) == sorted(columns), f"{app}.{name} and {app}/personal_data.py disagree"
