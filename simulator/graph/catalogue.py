"""The approved templates of the simulated business account."""

import hashlib
import re
from typing import Any

from simulator.graph.errors import (
    INVALID_VALUE,
    TEMPLATE_PARAMETERS,
    TEMPLATE_UNKNOWN,
    GraphError,
    invalid,
    missing,
)

Json = dict[str, Any]
PLACE = re.compile(r"\{\{(\d+)\}\}")

# name -> language -> (body, quick-reply labels); the examples fill the variables in order.
TEXTS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "ticket_update": {
        "en": ("Hello {{1}}, there is news about your request {{2}}. Answer here to read it.", ()),
        "de": (
            "Hallo {{1}}, zu Ihrer Anfrage {{2}} gibt es etwas Neues. Antworten Sie hier, um es zu lesen.",
            (),
        ),
        "fr": (
            "Bonjour {{1}}, il y a du nouveau pour votre demande {{2}}. Répondez ici pour la lire.",
            (),
        ),
    },
    "ask_to_continue": {
        "en": (
            "Hello {{1}}, may we continue our conversation about your request?",
            ("Yes, continue", "No, thanks"),
        ),
        "de": (
            "Hallo {{1}}, dürfen wir unser Gespräch zu Ihrer Anfrage fortsetzen?",
            ("Ja, gern", "Nein, danke"),
        ),
        "fr": (
            "Bonjour {{1}}, pouvons-nous reprendre notre échange au sujet de votre demande ?",
            ("Oui, volontiers", "Non, merci"),
        ),
    },
    "satisfaction_survey": {
        "en": (
            "How satisfied are you with the help you received? 1 is very dissatisfied, 5 is very satisfied.",
            ("5", "4", "3", "2", "1"),
        ),
        "de": (
            "Wie zufrieden sind Sie mit unserer Hilfe? 1 heißt sehr unzufrieden, 5 heißt sehr zufrieden.",
            ("5", "4", "3", "2", "1"),
        ),
        "fr": (
            "Êtes-vous satisfait de notre aide ? 1 signifie pas du tout satisfait, 5 très satisfait.",
            ("5", "4", "3", "2", "1"),
        ),
    },
    "recommendation_survey": {
        "en": ("How likely are you to recommend us to a friend or colleague? Please type a number from 0 to 10.", ()),
        "de": (
            "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen? Schreiben Sie bitte eine Zahl von 0 bis 10.",
            (),
        ),
        "fr": (
            "Quelle est la probabilité que vous nous recommandiez à un proche ? Écrivez un nombre de 0 à 10.",
            (),
        ),
    },
    "ticket_received": {
        "en": ("We have your message, {{1}}. Your request has the number {{2}}.", ()),
        "de": ("Ihre Nachricht ist da, {{1}}. Ihre Anfrage hat die Nummer {{2}}.", ()),
        "fr": ("Votre message est arrivé, {{1}}. Votre demande porte le numéro {{2}}.", ()),
    },
}
EXAMPLES = ("Rafael", "#1024")


def templates() -> list[Json]:
    """Return every template as `GET {WABA}/message_templates` lists it."""
    rows = []
    for name, languages in TEXTS.items():
        for language, (body, buttons) in languages.items():
            digest = hashlib.sha256(f"{name}:{language}".encode()).digest()
            components: list[Json] = [{"type": "BODY", "text": body}]
            if count := len(PLACE.findall(body)):
                components[0]["example"] = {"body_text": [list(EXAMPLES[:count])]}
            if buttons:
                quick = [{"type": "QUICK_REPLY", "text": label} for label in buttons]
                components.append({"type": "BUTTONS", "buttons": quick})
            rows.append(
                {
                    "id": str(int.from_bytes(digest[:6], "big")),
                    "name": name,
                    "language": language,
                    "status": "APPROVED",
                    "category": "UTILITY",
                    "parameter_format": "POSITIONAL",
                    "quality_score": {"score": "GREEN"},
                    "components": components,
                }
            )
    return rows


def render(template: Json) -> tuple[str, list[tuple[str, str]]]:
    """Return the text and the quick replies (payload, label) of a template send. Raises GraphError."""
    name = template.get("name")
    if not isinstance(name, str) or not name:
        raise missing("template.name")
    language = template.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    if not isinstance(code, str) or not code:
        raise missing("template.language.code")
    found = TEXTS.get(name, {}).get(code)
    if found is None:
        raise GraphError(TEMPLATE_UNKNOWN, f"template name ({name}) does not exist in {code}")
    text, labels = found
    values, payloads = parameters(template.get("components"))
    wanted = len(PLACE.findall(text))
    if len(values) != wanted:
        details = f"body: number of localizable_params ({len(values)}) does not match the expected number ({wanted})"
        raise GraphError(TEMPLATE_PARAMETERS, details)
    body = PLACE.sub(lambda place: values[int(place[1]) - 1], text)
    if len(body) > 1024:
        raise GraphError(132005, "Translated text too long", title="Translated text too long")
    return body, [(payloads.get(position, label), label) for position, label in enumerate(labels)]


def parameters(components: object) -> tuple[list[str], dict[int, str]]:
    """Return the values for the body and the payloads of the quick replies by index. Raises GraphError."""
    values: list[str] = []
    payloads: dict[int, str] = {}
    if components is None:
        return values, payloads
    if not isinstance(components, list) or len(components) > 20:
        raise invalid("template.components", "must be a list")
    for component in components:
        if not isinstance(component, dict):
            raise invalid("template.components", "must hold objects")
        kind = str(component.get("type", "")).lower()
        given = component.get("parameters") or []
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise invalid("template.components.parameters", "must be a list of objects")
        if kind == "body":
            for one in given:
                text = one.get("text")
                if not isinstance(text, str) or not text:
                    raise GraphError(132012, "A body parameter needs a text", title="Parameter format does not match")
                if re.search(r"[\n\t]| {4,}", text):
                    why = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
                    raise GraphError(132018, why, title="Template parameters are not valid")
                values.append(text)
        elif kind == "button":
            try:
                index = int(str(component.get("index")))
            except ValueError as error:
                raise GraphError(INVALID_VALUE, "index of a button must be a number.") from error
            payloads[index] = str(given[0].get("payload", ""))[:256] if given else ""
    return values, payloads
