"""Approved templates: what may be sent when the reply window is closed."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from channels_whatsapp.client import GraphClient
from channels_whatsapp.models import TemplateCategory, TemplateStatus, WhatsAppNumber, WhatsAppTemplate
from channels_whatsapp.payload import Json, as_objects, as_text
from tickets import consent
from tickets.channels import Draft, Refusal, TemplateChoice, TemplateVariable
from tickets.models import Conversation, Message, Purpose

# A name ends in what is no space, so that a text of spaces is read once and not once for every space.
PLACE = re.compile(r"\{\{\s*([^{}\s](?:[^{}]*[^{}\s])?)\s*\}\}")
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


def choices(inbox_id: int) -> list[TemplateChoice]:
    """Return what a person may send through an inbox's number: approved, of no automatic purpose, with its text."""
    accounts = WhatsAppNumber.objects.filter(inbox_id=inbox_id).exclude(waba_id="").values("waba_id")
    approved = WhatsAppTemplate.objects.filter(
        waba_id__in=accounts, status=TemplateStatus.APPROVED, only_body_varies=True
    ).exclude(category=TemplateCategory.AUTHENTICATION)
    # What the house says by itself is not for people to say: its places are filled by the machine.
    approved = approved.filter(purpose__in=["", Purpose.REPLY]).exclude(body="")
    return [choice_of(template) for template in approved.order_by("name", "language")]


def choice_of(template: WhatsAppTemplate) -> TemplateChoice:
    """Return a template in words that the core understands; names come from the administrator, else from Meta."""
    places = PLACE.findall(template.body)
    assigned = template.variables if len(template.variables) == len(places) else ["" for _place in places]
    variables: dict[str, TemplateVariable] = {}
    for place, name in zip(places, assigned, strict=True):
        named = str(name) or ("" if place.isdecimal() else place)
        variables.setdefault(place, TemplateVariable(key=place, name=named))
    return TemplateChoice(
        key=f"{template.name}:{template.language}",
        name=template.name,
        language=template.language,
        pieces=tuple(PLACE.split(template.body)),
        variables=tuple(variables.values()),
    )


def chosen(number: WhatsAppNumber, key: str) -> WhatsAppTemplate | None:
    """Return the template that a person chose by its key, as long as it is approved for this number."""
    name, _colon, language = key.rpartition(":")
    return WhatsAppTemplate.objects.filter(
        waba_id=number.waba_id, name=name, language=language, status=TemplateStatus.APPROVED
    ).first()


def refusal(number: WhatsAppNumber, conversation: Conversation, draft: Draft) -> Refusal | None:
    """Say why a template that a person chose may not be sent now; None when it may."""
    template = chosen(number, draft.template)
    if template is None:
        return gone()
    if template.category == TemplateCategory.MARKETING and consent.refuses(conversation.contact_id):
        return Refusal(
            code="opted_out",
            text=_("This contact wrote STOP: templates of the category “Marketing” must not be sent to them."),
            remedy=_("Choose a template that is about their request."),
            takes_templates=True,
        )
    return None


def gone() -> Refusal:
    """Return the refusal of a template that was paused, rejected, disabled or changed since it was chosen."""
    return Refusal(
        code="template_gone",
        text=_("WhatsApp does not let this template be sent any more, or its text was changed."),
        remedy=_("Choose another one."),
        takes_templates=True,
    )


def render_chosen(template: WhatsAppTemplate, message: Message) -> Json | None:
    """Write a message as a send of the template its author chose; None when its text is not what they saw."""
    values = message.content["template"]["variables"]
    choice = choice_of(template)
    if {one.key for one in choice.variables} != set(values) or choice.fill(values) != message.text:
        return None
    components = [{"type": "body", "parameters": _parameters(values)}] if values else []
    return {"name": template.name, "language": {"code": template.language}, "components": components}


def _parameters(values: Mapping[str, str]) -> list[Json]:
    """Return what fills the places: numbered ones by their number, named ones with their name."""
    if all(place.isdecimal() for place in values):
        return [{"type": "text", "text": values[place]} for place in sorted(values, key=int)]
    return [{"type": "text", "text": value, "parameter_name": place} for place, value in values.items()]


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
    body, buttons, fixed = "", [], True
    for component in as_objects(row.get("components")):
        kind = as_text(component.get("type")).upper()
        if kind == "BODY":
            body = as_text(component.get("text"))
        elif kind == "BUTTONS":
            entries = as_objects(component.get("buttons"))
            buttons = [as_text(one.get("text"))[:25] for one in entries]
            fixed = fixed and all(_button_is_fixed(one) for one in entries)
        elif kind == "HEADER":
            plain = as_text(component.get("format")).upper() in {"", "TEXT"}
            fixed = fixed and plain and not PLACE.search(as_text(component.get("text")))
        else:
            # A carousel, an offer that ends: they need components of their own.
            fixed = fixed and kind == "FOOTER"
    status, category = as_text(row.get("status")).upper(), as_text(row.get("category")).upper()
    return {
        "status": status if status in TemplateStatus.values else TemplateStatus.OTHER,
        "category": category if category in TemplateCategory.values else TemplateCategory.OTHER,
        "only_body_varies": fixed,
        "body": body,
        "buttons": buttons,
    }


def _button_is_fixed(button: Json) -> bool:
    """Whether a button can be sent without saying anything about it."""
    kind = as_text(button.get("type")).upper()
    return kind in {"QUICK_REPLY", "PHONE_NUMBER"} or (kind == "URL" and not PLACE.search(as_text(button.get("url"))))
