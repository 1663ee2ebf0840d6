"""Which language somebody writes: told from the words, else from what we know of them, else from their number."""

import re
import subprocess
import threading
from functools import cache

import phonenumbers
import structlog

from tickets import language_model
from tickets.models import ContentType

# The model tells apart what it is given to choose from. A neighbour that is left out is taken for one that is not
# (Swedish for German), so more languages stand here than texts are written in.
CANDIDATES = (
    *("de", "fr", "en", "es", "it", "nl", "pt", "tr", "pl", "ar"),
    *("da", "sv", "no", "fi", "cs", "uk", "ru", "ro", "el", "hu"),
)
# Measured on short messages: "Wo ist mein Paket?" 0.90, "Rechnung" 0.37, "ok" 0.05.
CONFIDENT = 0.75
MIN_LETTERS = 8
ENOUGH = 400
SPOKEN = frozenset({ContentType.TEXT, ContentType.IMAGE, ContentType.VIDEO, ContentType.DOCUMENT, ContentType.AUDIO})
NO_WORDS = re.compile(r"https?://\S+|\S+@\S+|\b\w*\d\w*\b")
OTHER_CODES = {"no": "nb"}
OF_REGION = {
    **dict.fromkeys(("DE", "AT", "CH", "LI"), "de"),
    **dict.fromkeys(("FR", "MC", "LU", "SN", "CI", "CM", "RE", "GP", "MQ", "GF"), "fr"),
    **dict.fromkeys(("GB", "US", "IE", "AU", "NZ", "CA", "ZA", "NG", "KE", "GH", "IN", "SG", "JM"), "en"),
    **dict.fromkeys(("ES", "MX", "AR", "CO", "CL", "PE", "VE", "EC", "GT", "CU", "BO", "DO"), "es"),
    **dict.fromkeys(("UY", "PY", "CR", "PA", "HN", "NI", "SV"), "es"),
    **dict.fromkeys(("IT", "SM", "VA"), "it"),
    **dict.fromkeys(("NL", "BE", "SR"), "nl"),
    **dict.fromkeys(("PT", "BR", "AO", "MZ", "CV"), "pt"),
    **dict.fromkeys(("AE", "SA", "EG", "MA", "DZ", "TN", "IQ", "JO", "LB", "KW", "QA", "OM", "BH", "YE"), "ar"),
    "TR": "tr",
    "PL": "pl",
    "DK": "da",
    "SE": "sv",
    "NO": "nb",
    "FI": "fi",
    "CZ": "cs",
    "UA": "uk",
    "RU": "ru",
    "RO": "ro",
    "MD": "ro",
    "GR": "el",
    "CY": "el",
    "HU": "hu",
}
_loading = threading.Lock()
log = structlog.get_logger(__name__)


@cache
def _load() -> language_model.Model | None:
    try:
        return language_model.load(CANDIDATES)
    except (OSError, subprocess.SubprocessError) as error:
        # Messages go on; the number tells the language then.
        log.error("language model not loaded", error=str(error))
        return None


def _model() -> language_model.Model | None:
    with _loading:
        return _load()


def preload() -> None:
    """Load the model in the background, so that the first message does not wait for it."""
    threading.Thread(target=_model, name="languages", daemon=True).start()


def detect(text: str, content_type: ContentType) -> str:
    """Return the language of a message; empty when it is too short or too unclear to tell."""
    if content_type not in SPOKEN:
        return ""
    words = NO_WORDS.sub(" ", text[:ENOUGH])
    if sum(char.isalpha() for char in words) < MIN_LETTERS:
        return ""
    model = _model()
    if model is None:
        return ""
    code, confidence = model.classify(" ".join(words.split()))
    return OTHER_CODES.get(code, code) if confidence >= CONFIDENT else ""


def of_phone(phone: str) -> str:
    """Return the language that most people with such a number speak; empty when that cannot be said."""
    try:
        number = phonenumbers.parse(phone if phone.startswith("+") else f"+{phone}")
    except phonenumbers.NumberParseException:
        return ""
    return OF_REGION.get(phonenumbers.region_code_for_number(number) or "", "")


def of_region(code: str) -> str:
    """Return the language of a country by its ISO code; empty when that cannot be said."""
    return OF_REGION.get(code.upper(), "")
