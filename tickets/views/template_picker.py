"""What the composer shows where only an approved template may be sent: which there are, and the chosen one's fields."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tickets.channels import TemplateChoice, TemplateVariable
from tickets.models import Contact
from tickets.views import present

PREFIX = "variable-"
MAX_VALUE = 1024
# Under these names the contact's own stands in the field already.
NAMES = frozenset({"name", "contact_name", "customer_name"})


def picker(
    choices: list[TemplateChoice],
    contact: Contact,
    *,
    key: str,
    values: Mapping[str, str],
    client_id: str,
    error: str,
) -> dict[str, Any] | None:
    """Return the parameters of the picker, the contact's language first; None where there is nothing to pick."""
    if not choices and not error:
        return None
    spoken = contact.language[:2].lower()
    ordered = sorted(choices, key=lambda one: (one.language[:2].lower() != spoken, one.language, one.name))
    chosen = next((one for one in choices if one.key == key), None)
    if key and chosen is None and not error:
        error = _("This template cannot be sent. Choose another one.")
    return {
        "options": [{"value": one.key, "text": f"{_title(one.name)} · {_language(one.language)}"} for one in ordered],
        "key": chosen.key if chosen else "",
        "chosen": _chosen(chosen, contact, values) if chosen else None,
        # Of a template that has gone meanwhile, what somebody typed is still shown.
        "kept": [] if chosen else [value for value in values.values() if value.strip()],
        "client_id": client_id or str(uuid.uuid4()),
        "error": error,
    }


def typed_values(posted: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into the fields of a template, by the keys of its variables."""
    return {name.removeprefix(PREFIX): posted[name][:MAX_VALUE] for name in posted if name.startswith(PREFIX)}


def _chosen(choice: TemplateChoice, contact: Contact, values: Mapping[str, str]) -> dict[str, Any]:
    titles = {one.key: _variable_title(one, number) for number, one in enumerate(choice.variables, start=1)}
    return {
        "language": choice.language.replace("_", "-"),
        "pieces": [
            {"text": titles[piece] if index % 2 else piece, "is_variable": bool(index % 2)}
            for index, piece in enumerate(choice.pieces)
        ],
        "fields": [
            {
                "id": f"template-variable-{number}",
                "name": f"{PREFIX}{one.key}",
                "title": titles[one.key],
                "value": values.get(one.key, contact.name if one.name.lower() in NAMES else ""),
            }
            for number, one in enumerate(choice.variables, start=1)
        ],
    }


def _title(name: str) -> str:
    """Return a technical name as words."""
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def _variable_title(variable: TemplateVariable, number: int) -> str:
    return _title(variable.name) if variable.name else _("Variable %(number)d") % {"number": number}


def _language(code: str) -> str:
    return present.language_name(code.replace("_", "-").lower())
