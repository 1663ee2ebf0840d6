"""Serializers that refuse what they do not know, and times in UTC."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class UtcDateTimeField(serializers.DateTimeField):
    """A moment, written as 2026-03-01T08:00:00Z whatever the reader's time zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **options)


class Input(serializers.Serializer[Any]):
    """What a client sends; a field that is not known, or not writable, is named and refused."""

    def to_internal_value(self, data: Any) -> Any:
        """Validate the fields, after their names."""
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(str(name)[:80] for name in set(data) - writable)
            if unknown:
                raise serializers.ValidationError({name: [_("There is no such field to set.")] for name in unknown})
        return super().to_internal_value(data)


class Reference(serializers.Serializer[Any]):
    """Something that has a name, by its id."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
