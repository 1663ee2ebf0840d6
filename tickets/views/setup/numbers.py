"""Numbers on set-up pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class WholeNumber(forms.IntegerField):
    """A number within bounds, refused with one sentence that names them."""

    def __init__(self, lowest: int, highest: int, **options: Any) -> None:
        """Bound the number on both sides."""
        self.bounds = {"lowest": lowest, "highest": highest}
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """Return the number, or None for an empty field that may be empty. Raises ValidationError for the rest."""
        try:
            number = super().clean(value)
        except ValidationError:
            number = None
        else:
            if number is None and not self.required:
                return None
        if number is None or not self.bounds["lowest"] <= number <= self.bounds["highest"]:
            raise ValidationError(_("Write a whole number from %(lowest)d to %(highest)d.") % self.bounds)
        return number
