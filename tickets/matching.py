"""Words in messages, and whether somebody asks for a person. Pure: no Django, no database.

A text is folded once and searched for words that were folded likewise. Words are compared as they stand, never as
patterns, and a text is cut before it is read, so that neither an odd word nor a long message makes matching slow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from tickets.folding import EDGE, GRAM, Folded, bound_word, fold, fold_word

# Of no more words than these each is looked for.
FEW = 8


class MatchMode(StrEnum):
    """How a word must stand in a message."""

    WORD = "word"
    CONTAINS = "contains"
    EXACT = "exact"


@dataclass(frozen=True)
class Hit:
    """Which word stands where: `index` among the rule's words, `begin` and `end` in the text as it is shown."""

    index: int
    begin: int
    end: int


def _find(folded: Folded, word: str, mode: MatchMode) -> tuple[int, int] | None:
    """Return where a word stands in the folded text."""
    plain = fold_word(word)
    if not plain:
        return None
    if mode == MatchMode.EXACT:
        begin, end = folded.bare
        if folded.text[begin:end] == plain:
            return begin, end
        # A word that is punctuation itself, such as "?", is compared with all of the text.
        return (0, len(folded.text)) if folded.text == plain else None
    if mode == MatchMode.CONTAINS:
        begin = folded.search.find(plain)
        return (begin, begin + len(plain)) if begin >= 0 else None
    bounded = bound_word(word)
    if not folded.words.issuperset(bounded.split(EDGE)):
        return None
    begin = folded.bounded_search.find(bounded)
    places = folded.bounded[1]
    return (places[begin], places[begin] + len(plain)) if begin >= 0 else None


@dataclass(frozen=True)
class _Filed:
    """Words by something that must stand in every text in which they do; `others` have nothing of the kind."""

    by_sign: dict[str, list[int]]
    others: list[int]


@lru_cache(maxsize=1024)
def _filed(words: tuple[str, ...], mode: MatchMode) -> _Filed:
    """File words under their longest part or, where parts of words count, under their first letters; once per list."""
    filed = _Filed({}, [])
    for index, word in enumerate(words):
        plain = fold_word(word)
        if mode == MatchMode.WORD and plain:
            filed.by_sign.setdefault(max(bound_word(word).split(EDGE), key=len), []).append(index)
        elif mode == MatchMode.CONTAINS and len(plain) >= GRAM:
            filed.by_sign.setdefault(plain[:GRAM], []).append(index)
        else:
            filed.others.append(index)
    return filed


def _worth_a_look(folded: Folded, words: tuple[str, ...], mode: MatchMode) -> Iterable[int]:
    """Return, in order, which words may stand in a text; the others certainly do not."""
    if mode == MatchMode.EXACT or len(words) < FEW:
        return range(len(words))
    filed = _filed(words, mode)
    signs = folded.words if mode == MatchMode.WORD else folded.grams
    found = (filed.by_sign[sign] for sign in signs.intersection(filed.by_sign))
    return sorted([*filed.others, *chain.from_iterable(found)])


def matches(folded: Folded, words: Sequence[str], *, mode: MatchMode, all_of_them: bool) -> list[Hit]:
    """Return which words stand in a text: the first of them, or all where all must; nothing when it does not match."""
    hits: list[Hit] = []
    for index in range(len(words)) if all_of_them else _worth_a_look(folded, tuple(words), mode):
        span = _find(folded, words[index], mode)
        if span is None:
            if all_of_them:
                return []
            continue
        begin, end = span
        hits.append(Hit(index=index, begin=folded.origins[begin], end=folded.origins[end - 1] + 1))
        if not all_of_them:
            return hits
    return hits


# -- Asking for a person -------------------------------------------------------------------------------

# Said in a few words, or with a word of asking, these mean a person of ours.
PEOPLE = """
agent agents human person operator representative rep advisor adviser staff employee someone somebody
agentin mensch menschen menschlich menschlicher menschlichen mitarbeiter mitarbeiterin mitarbeitern mitarbeitende
mitarbeitenden mitarbeiter:in berater beraterin kundenberater kundenberaterin kundendienst sachbearbeiter
sachbearbeiterin ansprechpartner ansprechpartnerin jemand jemandem jemanden
humain humaine humains agente conseiller conseillere operateur operatrice employe employee personne interlocuteur
humano humana persona asesor asesora operador operadora empleado empleada ejecutivo ejecutiva alguien
umano umana operatore operatrice consulente addetto addetta impiegato qualcuno
mens medewerker medewerkster persoon iemand
pessoa atendente assistente funcionario funcionaria alguem
temsilci temsilcisi temsilciye temsilciyle temsilcisiyle temsilcisine yetkili yetkiliye yetkiliyle insan insana
insanla biri biriyle
""".split()
# Vague ones: "somebody stole my parcel" asks for nobody, so these count with a word of asking only.
VAGUE = frozenset(
    fold_word(word)
    for word in """someone somebody person staff employee rep jemand jemandem jemanden personne persona alguien
    qualcuno iemand persoon pessoa alguem biri biriyle menschen menschlich insan agents""".split()
)
ASKING = """
speak speaking talk talking chat connect transfer want need put reach give contact please help call
sprechen reden verbinden verbinde verbindet möchte will brauche brauch bitte erreichen hilf helfen weiterleiten gib
anrufen rufen schreiben
parler parle discuter voudrais veux souhaite besoin contacter joindre svp passez transférez aide aider
hablar hable quiero quisiera necesito necesita comunicar comunicarme contactar pasar páseme favor ayuda
parlare parlo voglio vorrei bisogno contattare passatemi favore aiuto
spreken praten wil graag nodig verbind doorverbinden alstublieft alsjeblieft
falar quero queria preciso gostaria contatar transferir ajuda
görüşmek görüşebilir konuşmak konuşabilir istiyorum bağlan bağla bağlanmak lütfen aktar
""".split()
PHRASES = (
    "live agent",
    "human agent",
    "real person",
    "actual person",
    "real human",
    "customer service representative",
    "echter Mensch",
    "echten Menschen",
    "echte Person",
    "vraie personne",
    "personne réelle",
    "être humain",
    "persona real",
    "ser humano",
    "persona reale",
    "persona vera",
    "essere umano",
    "echt mens",
    "echt persoon",
    "pessoa real",
    "pessoa de verdade",
    "gerçek kişi",
    "gerçek bir kişi",
    "gerçek insan",
    "müşteri temsilcisi",
    "müşteri hizmetleri",
)
FEW_WORDS = 3
_PEOPLE = frozenset(fold_word(word) for word in PEOPLE)
_ASKING = frozenset(fold_word(word) for word in ASKING)


def wants_human(text: str) -> bool:
    """Say whether this asks for a person: "agent", "Ich möchte mit einem Mitarbeiter sprechen"; not "Agentur".

    Rather once too often than once too little: it only raises a flag, and whoever asks must reach a person.
    """
    folded = fold(text)
    words = "".join(char if char.isalnum() else " " for char in folded.text).split()
    named = _PEOPLE.intersection(words)
    if named and not _ASKING.isdisjoint(words):
        return True
    if len(words) <= FEW_WORDS and (named - VAGUE or (len(words) == 1 and named)):
        return True
    return bool(matches(folded, PHRASES, mode=MatchMode.WORD, all_of_them=False))
