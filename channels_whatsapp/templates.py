"""Approved templates: what may be sent when the reply window is closed."""

import re
from typing import Any

from channels_whatsapp.client import GraphClient
from channels_whatsapp.models import TemplateStatus, WhatsAppNumber, WhatsAppTemplate
from channels_whatsapp.wire import Json, as_objects, as_text
from tickets.channels import Draft
from tickets.models import Message

PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
# WhatsApp refuses parameters with line breaks, tabs or four spaces in a row.
GAPS = re.compile(r"\s+")


def find(number: WhatsAppNumber, draft: Draft) -> WhatsAppTemplate | None:
    """Return the approved template for an automatic purpose in a language that fits what there is to say."""
    approved = WhatsAppTemplate.objects.filter(
        waba_id=number.waba_id, purpose=draft.purpose, status=TemplateStatus.APPROVED
    ).exclude(purpose="")
    for template in approved.order_by("language", "name"):
        speaks = template.language[:2].lower() == draft.language[:2].lower()
        complete = len(template.variables) == len(PLACE.findall(template.body))
        fits = len(template.buttons) == draft.choices and draft.variables.issuperset(template.variables)
        if speaks and complete and fits:
            return template
    return None


def render(template: WhatsAppTemplate, message: Message) -> Json:
    """Write a message as a send of its template: variables in their order, answers to tap as payloads of buttons."""
    components: list[Json] = []
    values = message.content.get("variables", {})
    places = PLACE.findall(template.body)
    if places:
        parameters: list[Json] = []
        for place, name in zip(places, template.variables, strict=True):
            parameter = {"type": "text", "text": GAPS.sub(" ", str(values[name]))}
            # Named parameters carry their name, positional ones must not.
            parameters.append(parameter if place.isdecimal() else {**parameter, "parameter_name": place})
        components.append({"type": "body", "parameters": parameters})
    for index, option in enumerate(options_of(message)):
        payload = {"type": "payload", "payload": option["id"]}
        components.append({"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": [payload]})
    return {"name": template.name, "language": {"code": template.language}, "components": components}


def options_of(message: Message) -> list[dict[str, str]]:
    """Return the answers to tap that a message offers."""
    choices = message.content.get("choices")
    return list(choices["options"]) if choices else []


def synchronise(number: WhatsAppNumber) -> int:
    """Fetch the account's templates; what a person assigned (purpose, variables) stays. Returns how many there are."""
    client = GraphClient(phone_number_id=number.phone_number_id, access_token=number.access_token)
    seen: list[int] = []
    for row in client.templates(number.waba_id):
        name, language = as_text(row.get("name"))[:512], as_text(row.get("language"))[:16]
        if not name or not language:
            continue
        template, _created = WhatsAppTemplate.objects.update_or_create(
            waba_id=number.waba_id, name=name, language=language, defaults=_fields(row)
        )
        seen.append(template.pk)
    WhatsAppTemplate.objects.filter(waba_id=number.waba_id).exclude(pk__in=seen).update(status=TemplateStatus.DELETED)
    return len(seen)


def _fields(row: Json) -> dict[str, Any]:
    body, buttons = "", []
    for component in as_objects(row.get("components")):
        kind = as_text(component.get("type")).upper()
        if kind == "BODY":
            body = as_text(component.get("text"))
        elif kind == "BUTTONS":
            buttons = [as_text(one.get("text"))[:25] for one in as_objects(component.get("buttons"))]
    status = as_text(row.get("status")).upper()
    known = status in TemplateStatus.values
    return {"status": status if known else TemplateStatus.OTHER, "body": body, "buttons": buttons}
