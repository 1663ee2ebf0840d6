"""What Meta would post, as Python; `signed` makes bytes and headers of it."""

import hashlib
import hmac
import itertools
import json
from typing import Any

from helpdesk import clock

SECRET = "current-app-secret"
OLD_SECRET = "previous-app-secret"
PNID = "100200300400500"
AOIFE = "353874120968"
AOIFE_BSUID = "IE.1349120865530274"
PATH = "/webhooks/whatsapp"
_numbers = itertools.count(1)
Json = dict[str, Any]


def now_seconds() -> int:
    """Return the present second, as Meta counts."""
    return int(clock.now().timestamp())


def text(body: str = "My tent pole snapped", **keys: Any) -> Json:
    """Return one message; keys replace or, with None, remove."""
    message = {
        "from": AOIFE,
        "id": f"wamid.T{next(_numbers)}",
        "timestamp": str(now_seconds()),
        "type": "text",
        "text": {"body": body},
        **keys,
    }
    return {key: value for key, value in message.items() if value is not None}


def card(name: str = "Aoife Brennan", **keys: Any) -> Json:
    """Return one contact card."""
    values = {"profile": {"name": name}, "wa_id": AOIFE, **keys}
    return {key: value for key, value in values.items() if value is not None}


def status(external_id: str, kind: str = "delivered", **keys: Any) -> Json:
    """Return one status."""
    return {"id": external_id, "status": kind, "timestamp": str(now_seconds()), "recipient_id": AOIFE, **keys}


def value(*, messages: Any = None, statuses: Any = None, contacts: Any = None, pnid: str = PNID, **keys: Any) -> Json:
    """Return the value of one change of the field `messages`."""
    result: Json = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "4940555000000", "phone_number_id": pnid},
        **keys,
    }
    if messages is not None:
        result["messages"] = messages
        result["contacts"] = [card()] if contacts is None else contacts
    if statuses is not None:
        result["statuses"] = statuses
    return result


def envelope(*values: Json, field: str = "messages") -> Json:
    """Return a whole request with one change for each value."""
    changes = [{"field": field, "value": each} for each in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "200300400500600", "changes": changes}]}


def encode(payload: Any) -> bytes:
    """Write JSON as Meta does: ASCII only, with escaped slashes."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def sign(body: bytes, secret: str = SECRET) -> str:
    """Return the signature header of a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
