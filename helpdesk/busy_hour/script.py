"""What happens when in the busy hour: who writes, in which language, and what comes of it. Pure and seeded."""

import random
from dataclasses import dataclass

from helpdesk.seed.comments import comments_for
from helpdesk.seed.stories import ANSWERS, LANGUAGES, NAMES, QUESTIONS, TOPICS

HOUR = 3600.0
LANGUAGE_WEIGHTS = (34, 28, 18, 12, 8)
# From this minute on for so long the shop is down, and this share of all customers write about it.
OUTAGE_BEGINS, OUTAGE_LASTS, OUTAGE_SHARE = 25.0, 6.0, 0.3
OUTAGE = {
    "de": "Ihr Shop ist nicht erreichbar, ich kann nicht bezahlen!",
    "en": "Your shop is down, I cannot check out!",
    "fr": "Votre boutique ne répond plus, impossible de payer !",
    "es": "La tienda no funciona, ¡no puedo pagar!",
    "pt": "A loja não funciona, não consigo pagar!",
}
BACK_AGAIN = {
    "de": "Danke für den Hinweis, der Shop läuft seit eben wieder.",
    "en": "Thank you for telling us, the shop is back since a minute ago.",
    "fr": "Merci de nous avoir prévenus, la boutique fonctionne à nouveau.",
    "es": "Gracias por avisar, la tienda vuelve a funcionar.",
    "pt": "Obrigado pelo aviso, a loja já voltou a funcionar.",
}
THANKS = {"de": "Danke!", "en": "Thanks!", "fr": "Merci !", "es": "¡Gracias!", "pt": "Obrigado!"}


@dataclass
class Customer:
    """One customer and how far the talk has come."""

    phone: str
    name: str
    language: str
    writes_at: float  # seconds of the hour
    opening: str
    answers: list[str]  # what agents say, the last one before resolving
    then: list[str]  # what the customer writes after each answer but the last
    score: int | None
    recommends: int | None
    comment: str
    thanks: bool


def customers(count: int, seed: int, prefix: str) -> list[Customer]:
    """Return so many customers in the order in which they write; `prefix` keeps the numbers of two runs apart."""
    chance = random.Random(seed)  # noqa: S311 - a script, no secret
    found = []
    for number in range(count):
        language = chance.choices(LANGUAGES, weights=LANGUAGE_WEIGHTS)[0]
        first, last, _prefix = NAMES[language]
        outage = chance.random() < OUTAGE_SHARE
        minute = OUTAGE_BEGINS + chance.random() * OUTAGE_LASTS if outage else chance.random() * 52
        topic = chance.choices(TOPICS, weights=[topic.weight for topic in TOPICS])[0]
        turns = 0 if outage else chance.choices((0, 1, 2), weights=(4, 4, 2))[0]
        order = chance.randrange(40000, 49999)
        asked = [question.format(order=order) for question in QUESTIONS[language]]
        score = chance.choices((1, 2, 3, 4, 5, None), weights=(3, 3, 5, 15, 34, 40))[0]
        said = [ANSWERS[language][0], *[ANSWERS[language][1]] * turns, ANSWERS[language][2]]
        found.append(
            Customer(
                phone=f"{prefix}{number:04d}",
                name=f"{chance.choice(first)} {chance.choice(last)}",
                language=language,
                writes_at=minute * 60,
                opening=OUTAGE[language] if outage else chance.choice(topic.opening[language]),
                answers=[BACK_AGAIN[language]] if outage else said,
                then=chance.sample(asked, turns + 1) if not outage else [],
                score=score,
                recommends=min(10, score * 2 + chance.randrange(2)) if score and chance.random() < 0.6 else None,
                comment=chance.choice(comments_for(language, score)) if score and chance.random() < 0.3 else "",
                thanks=chance.random() < 0.4,
            )
        )
    return sorted(found, key=lambda one: one.writes_at)
