"""The bodies of webhooks as Meta writes them, byte by byte."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from typing import Any

from simulator.config import Config

Json = dict[str, Any]

# Country codes of the numbers seen in demonstrations; a BSUID begins with the ISO code of the country.
COUNTRY_CODES = """
1 US, 20 EG, 212 MA, 31 NL, 32 BE, 33 FR, 34 ES, 351 PT, 352 LU, 353 IE, 39 IT, 41 CH, 43 AT, 44 GB, 45 DK, 46 SE,
47 NO, 48 PL, 49 DE, 52 MX, 54 AR, 55 BR, 61 AU, 91 IN, 961 LB, 962 JO, 966 SA, 971 AE, 974 QA
"""
COUNTRIES = dict(pair.split() for pair in COUNTRY_CODES.split(","))
ESCAPES = str.maketrans({"/": "\\/", "<": "\\u003C", "%": "\\u0025", "@": "\\u0040"})


def encode(payload: Json) -> bytes:
    r"""Serialise as Meta does: compact, ASCII only, `\/` and `\uXXXX` escapes.

    The four characters can stand only inside strings of a JSON text, so the translation keeps it valid.
    """
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":"))
    return text.translate(ESCAPES).encode("ascii")


def sign(body: bytes, app_secret: bytes) -> str:
    """Return the value of X-Hub-Signature-256 for these bytes."""
    return "sha256=" + hmac.new(app_secret, body, hashlib.sha256).hexdigest()


def new_wamid(wa_id: str) -> str:
    """Return a fresh message id; like the real ones it is Base64 and may hold `/`, `+` and `=`."""
    return "wamid.HBg" + base64.b64encode(wa_id.encode() + b"\x15\x02\x00" + secrets.token_bytes(16)).decode()


def bsuid(wa_id: str, waba_id: str) -> str:
    """Return the business-scoped user id of a phone: always the same for the same business."""
    country = next((COUNTRIES[wa_id[:size]] for size in (3, 2, 1) if wa_id[:size] in COUNTRIES), "XX")
    digest = hashlib.sha256(f"{waba_id}:{wa_id}".encode()).digest()
    return f"{country}.{int.from_bytes(digest[:8], 'big'):020d}"


def envelope(config: Config, value: Json) -> Json:
    """Wrap the value of one change of the field `messages`."""
    metadata = {"display_phone_number": config.display_number, "phone_number_id": config.phone_number_id}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    changes = [{"value": value, "field": "messages"}]
    return {"object": "whatsapp_business_account", "entry": [{"id": config.waba_id, "changes": changes}]}


def contact(name: str, wa_id: str, user_id: str, *, hide_phone: bool = False) -> Json:
    """Return one element of `contacts`; a hidden number is left out, not emptied."""
    card: Json = {"profile": {"name": name}}
    if not hide_phone:
        card["wa_id"] = wa_id
    return {**card, "user_id": user_id}


def inbound(config: Config, card: Json, message: Json) -> Json:
    """Return the webhook of one message from a customer."""
    return envelope(config, {"contacts": [card], "messages": [message]})


def statuses(config: Config, cards: Iterable[Json], blocks: Iterable[Json]) -> Json:
    """Return the webhook of one or several status changes; failed ones carry no contacts."""
    value: Json = {}
    if contacts := list(cards):
        value["contacts"] = contacts
    return envelope(config, {**value, "statuses": list(blocks)})


def pricing(message_type: str, category: str = "utility") -> Json:
    """Return the price block: a template is charged, an answer inside the window is not."""
    if message_type == "template":
        return {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category}
    return {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}


def error_block(code: int, title: str, details: str) -> Json:
    """Return one element of `errors` of a failed status."""
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    }
