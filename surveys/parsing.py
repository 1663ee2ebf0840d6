"""Read a score out of what somebody typed, in five languages. Pure, no Django.

A whole message is a score or it is none: "5", "5!", "5/5", "fünf", "Note : 5", five stars. Whatever holds more than
that ("5 parcels are missing", "at 5") is a message for a person. In doubt it is no score.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_LENGTH = 60


@dataclass(frozen=True)
class Scale:
    """The scores that may be given."""

    lowest: int
    highest: int


NUMBERS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        # English, German, French, Spanish, Italian
        (
            "zero null zéro cero",
            "one eins un uno",
            "two zwei zwo deux dos due",
            "three drei trois tres tre",
            "four vier quatre cuatro quattro",
            "five fünf fuenf funf cinq cinco cinque",
            "six sechs seis sei",
            "seven sieben sept siete sette",
            "eight acht huit ocho otto",
            "nine neun neuf nueve nove",
            "ten zehn dix diez dieci",
        )
    )
    for word in words.split()
}
# Articles that count only before a unit: "ein Stern", "une étoile".
SINGLE = {"a": 1, "ein": 1, "einen": 1, "une": 1, "una": 1}


def _any(*phrases: str) -> str:
    """Return a pattern for one of the phrases, the longest first."""
    ordered = sorted((phrase for line in phrases for phrase in line.split(",")), key=len, reverse=True)
    return "|".join(re.escape(phrase.strip()).replace(r"\ ", r"\s+") for phrase in ordered)


NUMBER = rf"\d{{1,2}}|{_any(','.join(NUMBERS))}"
PREFIX = _any(
    "score,my score,rating,my rating,answer,my answer,my score is,my rating is,my answer is,i give,i give you,i'd give,"
    "i'd say,i would say,i rate it",
    "note,bewertung,meine bewertung,meine note,punktzahl,antwort,meine antwort,ich gebe,ich gebe euch,ich gebe ihnen,"
    "ich würde sagen,von mir",
    "ma note,ma note est,réponse,ma réponse,je donne,je mets,je vous donne,je vous mets,je dirais",
    "nota,mi nota,mi nota es,puntuación,mi puntuación,respuesta,mi respuesta,doy,le doy,os doy,les doy,pongo,yo diría",
    "voto,il mio voto,il mio voto è,punteggio,valutazione,risposta,do,vi do,direi",
)
ARTICLE = _any("a,an", "eine,ein,einen,eine glatte,eine klare", "un,une", "una", "a solid,a full")
SCALE_WORD = _any("/", "out of,of,over", "von,aus", "sur", "de,sobre", "su")
UNIT = _any(
    "star,stars,point,points,pts",
    "stern,sterne,sternen,punkt,punkte,punkten,pkt",
    "étoile,étoiles,etoile,etoiles",
    "estrella,estrellas,punto,puntos",
    "stella,stelle,punti",
)
COURTESY = _any(
    "thanks,thank you,thanks a lot,many thanks,please",
    "danke,vielen dank,danke schön,bitte",
    "merci,merci beaucoup",
    "gracias,muchas gracias",
    "grazie,grazie mille",
)
SCORE = re.compile(
    rf"(?:(?:{PREFIX})\s*[:=]?\s*)?"
    rf"(?:(?:{ARTICLE})\s+(?=(?:{NUMBER})\b))?"
    rf"(?P<number>{NUMBER})"
    rf"(?:\s*(?:{SCALE_WORD})\s*(?P<of>{NUMBER}))?"
    rf"(?P<unit>\s*(?:{UNIT}))?"
    rf"(?:[\s.,;:!–—-]+(?:{COURTESY}))?"
)
SINGLE_UNIT = re.compile(rf"(?P<number>{_any(','.join(SINGLE))})\s+(?:{UNIT})")
FULL_STARS = frozenset("⭐★🌟")
EMPTY_STARS = frozenset("☆✩")
# Variation selectors, joiners and the frame of a keycap say how a sign looks, not what it says.
INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufe0e\ufe0f\u20e3\ufeff")
AROUND = " \t\r\n.,;:!¡…'\"“”„«»()[]*_~`"


def score(text: str, scale: Scale) -> int | None:
    """Return the score that a whole message is, else None."""
    if not text or len(text) > MAX_LENGTH:
        return None
    plain = _plain(text)
    full = sum(letter in FULL_STARS for letter in plain)
    empty = sum(letter in EMPTY_STARS for letter in plain)
    words = _bare("".join(letter for letter in plain if letter not in FULL_STARS | EMPTY_STARS))
    if not words:
        return _within(full, scale) if full and (not empty or full + empty == scale.highest) else None
    if empty:
        return None
    number = _number(words, scale)
    # "5 ⭐" names the unit, "⭐⭐⭐ 3" says it twice; anything else contradicts itself.
    return number if full in {0, 1, number} else None


def _plain(text: str) -> str:
    """Return digits of any script as ASCII, in one case, without invisible signs."""
    shown = "".join(letter for letter in text.replace("🔟", "10") if letter not in INVISIBLE)
    shown = unicodedata.normalize("NFKC", shown).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in shown)


def _is_emoji(letter: str) -> bool:
    return unicodedata.category(letter) in {"So", "Sk"} and letter >= "\u2190"


def _bare(text: str) -> str:
    """Cut punctuation and emoji off both ends."""
    while text and (text[0] in AROUND or _is_emoji(text[0])):
        text = text[1:]
    while text and (text[-1] in AROUND or _is_emoji(text[-1])):
        text = text[:-1]
    return text


def _number(words: str, scale: Scale) -> int | None:
    found = SCORE.fullmatch(words)
    if found is None:
        single = SINGLE_UNIT.fullmatch(words)
        return _within(SINGLE[single["number"]], scale) if single else None
    if found["of"] is not None and _value(found["of"]) != scale.highest:
        return None
    number = found["number"]
    if len(number) == 2 and number.startswith("0"):
        return None
    return _within(_value(number), scale)


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else NUMBERS[number]


def _within(number: int, scale: Scale) -> int | None:
    return number if scale.lowest <= number <= scale.highest else None
