"""What a send request may hold, with the limits of the Cloud API."""

import json
import re
from typing import Any

from simulator.graph import catalogue
from simulator.graph.errors import BAD_PARAMETER, GraphError, invalid, malformed, missing

Json = dict[str, Any]
TEXT, CAPTION, INTERACTIVE_BODY, HEADER, FOOTER, CALLBACK_DATA = 4096, 1024, 1024, 60, 60, 512
BUTTONS, BUTTON_ID, BUTTON_TITLE = 3, 256, 20
LIST_LABEL, SECTIONS, SECTION_TITLE, ROWS, ROW_ID, ROW_TITLE, ROW_DESCRIPTION = 20, 10, 24, 10, 200, 24, 72
MEDIA = ("image", "document", "audio", "video")
TYPES = ("text", *MEDIA, "interactive", "template", "reaction")
LINK = re.compile(r"^https?://[^\s/]+", re.IGNORECASE)


def common(payload: Json) -> str:
    """Check what every send carries and return its type. Raises GraphError."""
    if payload.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if payload.get("recipient_type", "individual") != "individual":
        raise invalid("recipient_type", "must be individual")
    kind = payload.get("type", "text")
    if not isinstance(kind, str) or kind not in TYPES:
        raise malformed("type", f"must be one of {{{', '.join(TYPES)}}}")
    data = payload.get("biz_opaque_callback_data")
    if data is not None and (not isinstance(data, str) or len(data) > CALLBACK_DATA):
        raise malformed("biz_opaque_callback_data", f"must be a string of at most {CALLBACK_DATA} characters")
    context = payload.get("context")
    if context is not None:
        if not isinstance(context, dict):
            raise malformed("context", "must be an object")
        string(context, "message_id", "context.message_id", 512)
    return kind


def recipient(payload: Json) -> tuple[str, str]:
    """Return (phone digits, BSUID), one of them empty; `to` wins. Raises GraphError."""
    to = payload.get("to")
    if to is not None and to != "":
        if not isinstance(to, str | int) or isinstance(to, bool):
            raise malformed("to", "must be a string")
        digits = re.sub(r"[\s()+.-]", "", str(to))
        if not (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 20):
            raise invalid("to", "is not a valid phone number")
        return digits, ""
    user_id = payload.get("recipient")
    if user_id is None or user_id == "":
        raise missing("to")
    if not isinstance(user_id, str) or not re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9.]{1,150}", user_id):
        raise invalid("recipient", "is not a business-scoped user id")
    return "", user_id


def content(payload: Json, kind: str) -> Json:
    """Return what a phone shows of this send, in neutral keys (the fields of state.Message). Raises GraphError."""
    block = nested(payload, kind)
    match kind:
        case "text":
            return {"text": string(block, "body", "text.body", TEXT)}
        case "reaction":
            emoji = block.get("emoji", "")
            if not isinstance(emoji, str) or len(emoji) > 32:
                raise invalid("reaction.emoji", "must be an emoji")
            return {"quotes": string(block, "message_id", "reaction.message_id", 512), "reaction": emoji}
        case "interactive":
            return interactive(block)
        case "template":
            text, buttons = catalogue.render(block)
            return {"text": text, "buttons": buttons}
        case _:
            return media(block, kind)


def nested(parent: Json, name: str) -> Json:
    """Return an object that may also be sent as a string holding JSON. Raises GraphError."""
    value = parent.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if value is None:
        raise missing(name)
    if not isinstance(value, dict):
        raise malformed(name, "must be an object")
    return value


def string(parent: Json, key: str, name: str, limit: int, *, required: bool = True) -> str:
    """Return a text within its limit. Raises GraphError."""
    value = parent.get(key)
    if value is None or value == "":
        if required:
            raise missing(name)
        return ""
    if not isinstance(value, str):
        raise malformed(name, "must be a string")
    if len(value) > limit:
        raise GraphError(BAD_PARAMETER, f"Param {name} must be at most {limit} characters long.")
    if required and not value.strip():
        raise invalid(name, "must not be blank")
    return value


def media(block: Json, kind: str) -> Json:
    """Check a picture, document, recording or film. Raises GraphError."""
    media_id, link = block.get("id"), block.get("link")
    if (media_id is None) == (link is None):
        raise malformed(kind, "needs exactly one of id and link")
    shown: Json = {}
    if media_id is not None:
        shown["media_id"] = string({"id": str(media_id)}, "id", f"{kind}.id", 100)
    else:
        shown["link"] = string(block, "link", f"{kind}.link", 2000)
        if not LINK.match(shown["link"]):
            raise invalid(f"{kind}.link", "must be an http or https address")
    if kind == "audio":
        if "caption" in block:
            raise malformed("audio", "cannot have a caption")
    else:
        shown["text"] = string(block, "caption", f"{kind}.caption", CAPTION, required=False)
    if kind == "document":
        shown["filename"] = string(block, "filename", "document.filename", 240, required=False)
    return shown


def interactive(block: Json) -> Json:
    """Check reply buttons or a list. Raises GraphError."""
    kind = block.get("type")
    if kind not in {"button", "list"}:
        raise malformed("interactive.type", "must be one of {button, list}")
    shown: Json = {"text": string(nested(block, "body"), "text", "interactive.body.text", INTERACTIVE_BODY)}
    if block.get("footer") is not None:
        shown["footer"] = string(nested(block, "footer"), "text", "interactive.footer.text", FOOTER)
    if block.get("header") is not None:
        header = nested(block, "header")
        if header.get("type") == "text":
            shown["header"] = string(header, "text", "interactive.header.text", HEADER)
        elif kind == "list":
            raise invalid("interactive.header.type", "must be text in a list")
        elif header.get("type") in {"image", "video", "document"}:
            attached = media(nested(header, header["type"]), header["type"])
            shown.update({key: attached[key] for key in ("media_id", "link") if key in attached})
        else:
            raise invalid("interactive.header.type", "must be text, image, video or document")
    action = nested(block, "action")
    return {**shown, **(buttons(action) if kind == "button" else rows(action))}


def buttons(action: Json) -> Json:
    """Check one to three reply buttons. Raises GraphError."""
    given = action.get("buttons")
    if not isinstance(given, list) or not 1 <= len(given) <= BUTTONS:
        raise invalid("interactive.action.buttons", f"must hold 1 to {BUTTONS} buttons")
    found: list[tuple[str, str]] = []
    for button in given:
        if not isinstance(button, dict) or button.get("type") != "reply":
            raise invalid("interactive.action.buttons.type", "must be reply")
        reply = nested(button, "reply")
        identity = limited(reply, "id", "button id", BUTTON_ID)
        found.append((identity, limited(reply, "title", "button title", BUTTON_TITLE)))
    unique([identity for identity, _ in found], "button ids")
    unique([title for _, title in found], "button titles")
    return {"buttons": found}


def rows(action: Json) -> Json:
    """Check a list of at most ten rows in all its sections. Raises GraphError."""
    label = limited(action, "button", "list button", LIST_LABEL)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= SECTIONS:
        raise invalid("interactive.action.sections", f"must hold 1 to {SECTIONS} sections")
    found: list[tuple[str, str, str, str]] = []
    for section in sections:
        if not isinstance(section, dict) or not isinstance(section.get("rows"), list) or not section["rows"]:
            raise invalid("interactive.action.sections.rows", "must hold at least one row")
        title = limited(section, "title", "section title", SECTION_TITLE, required=len(sections) > 1)
        for row in section["rows"]:
            if not isinstance(row, dict):
                raise invalid("interactive.action.sections.rows", "must hold objects")
            identity = limited(row, "id", "row id", ROW_ID)
            name = limited(row, "title", "row title", ROW_TITLE)
            description = limited(row, "description", "row description", ROW_DESCRIPTION, required=False)
            found.append((title, identity, name, description))
    if len(found) > ROWS:
        raise invalid("interactive.action.sections", f"must not hold more than {ROWS} rows in all")
    unique([identity for _, identity, _, _ in found], "row ids")
    return {"list_label": label, "rows": found}


def limited(parent: Json, key: str, name: str, limit: int, *, required: bool = True) -> str:
    """Return a short text; too long is 131009 here. Raises GraphError."""
    value = parent.get(key)
    if isinstance(value, str) and len(value) > limit:
        raise invalid(name, f"must be at most {limit} characters long")
    return string(parent, key, name, limit, required=required)


def unique(values: list[str], name: str) -> None:
    """Refuse values that occur twice. Raises GraphError."""
    if len(set(values)) != len(values):
        raise invalid(name, "must be unique")
