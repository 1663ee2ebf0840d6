"""What a new installation starts with: office hours, a promise for each priority, and what it says by itself."""

from collections.abc import Callable, Collection
from typing import Any

from django.apps import apps

from tickets.models import Metric, Priority

OFFICE = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(5))
ALWAYS = tuple((weekday, 0, 24 * 60) for weekday in range(7))
MINUTE, HOUR = 60, 3600
# priority -> seconds to the first reply, to each next reply, to the resolution
PROMISES: dict[Priority, tuple[str, int, int, int]] = {
    Priority.URGENT: ("Urgent", 5 * MINUTE, 5 * MINUTE, 2 * HOUR),
    Priority.HIGH: ("High", 10 * MINUTE, 10 * MINUTE, 4 * HOUR),
    Priority.NORMAL: ("Normal", 10 * MINUTE, 10 * MINUTE, 8 * HOUR),
    Priority.LOW: ("Low", HOUR, HOUR, 24 * HOUR),
}


_PROMISE = {
    "en": "Your ticket number: {{ticket_number}}\nExpected reply: {{eta}}",
    "de": "Ihre Ticketnummer: {{ticket_number}}\nVoraussichtliche Antwort: {{eta}}",
    "fr": "Votre numéro de ticket : {{ticket_number}}\nRéponse prévue : {{eta}}",
}
# kind, whether it is sent from the beginning -> language -> words
TEXTS: dict[tuple[str, bool], dict[str, str]] = {
    ("acknowledgement", True): {
        "en": "Hello {{name}}, thank you for your message. We are working on it and will reply soon.\n"
        + _PROMISE["en"],
        "de": "Guten Tag {{name}}, vielen Dank für Ihre Nachricht. Wir kümmern uns darum und antworten Ihnen bald.\n"
        + _PROMISE["de"],
        "fr": "Bonjour {{name}}, merci pour votre message. Nous travaillons sur votre demande et vous répondrons "
        "bientôt.\n" + _PROMISE["fr"],
    },
    ("out_of_hours", True): {
        "en": "Hello {{name}}, thank you for your message.\nWe are closed at the moment and back {{opening}}.\n"
        + _PROMISE["en"],
        "de": "Guten Tag {{name}}, vielen Dank für Ihre Nachricht.\n"
        "Wir haben gerade geschlossen und sind {{opening}} wieder für Sie da.\n" + _PROMISE["de"],
        "fr": "Bonjour {{name}}, merci pour votre message.\n"
        "Nous sommes fermés pour le moment et de retour {{opening}}.\n" + _PROMISE["fr"],
    },
    ("welcome", False): {
        "en": "Hello {{name}}, welcome, and thank you for writing to us. We will reply soon.\n" + _PROMISE["en"],
        "de": "Guten Tag {{name}}, willkommen und vielen Dank, dass Sie uns schreiben. Wir antworten Ihnen bald.\n"
        + _PROMISE["de"],
        "fr": "Bonjour {{name}}, bienvenue et merci de nous écrire. Nous vous répondrons bientôt.\n" + _PROMISE["fr"],
    },
    ("update", False): {
        "en": "Hello {{name}}, your request {{ticket_number}} is now with our team {{team}}.\nExpected reply: {{eta}}",
        "de": "Guten Tag {{name}}, Ihr Anliegen {{ticket_number}} liegt jetzt bei unserem Team {{team}}.\n"
        "Voraussichtliche Antwort: {{eta}}",
        "fr": "Bonjour {{name}}, votre demande {{ticket_number}} est maintenant entre les mains de notre équipe "
        "{{team}}.\nRéponse prévue : {{eta}}",
    },
    ("bot_hint", True): {
        "en": "Write “agent” to reach a person.",
        "de": "Schreiben Sie „Mitarbeiter“, um mit einem Menschen zu sprechen.",
        "fr": "Écrivez « humain » pour parler à une personne.",
    },
    ("feedback", True): {
        "en": "Hello {{name}}, you told us what we could do better. We have changed this: …\n"
        "Thank you, your feedback has helped.",
        "de": "Guten Tag {{name}}, Sie haben uns gesagt, was wir besser machen können. Das haben wir geändert: …\n"
        "Vielen Dank, Ihre Rückmeldung hat geholfen.",
        "fr": "Bonjour {{name}}, vous nous avez dit ce que nous pouvions améliorer. Voici ce que nous avons "
        "changé : …\nMerci, votre retour nous a aidés.",
    },
}


def install_texts(
    *, get_model: Callable[[str, str], Any] = apps.get_model, kinds: Collection[str] | None = None
) -> None:
    """Create the texts that do not exist; migrations pass their own `get_model` and the kinds that they know."""
    text = get_model("tickets", "AutomaticText")
    text.objects.bulk_create(
        [
            text(kind=kind, language=language, text=words, is_active=is_active)
            for (kind, is_active), languages in TEXTS.items()
            if kinds is None or kind in kinds
            for language, words in languages.items()
        ],
        ignore_conflicts=True,
    )


def install(
    *,
    time_zone: str,
    week: tuple[tuple[int, int, int], ...] = OFFICE,
    get_model: Callable[[str, str], Any] = apps.get_model,
) -> None:
    """Create default hours and policies where there are none; migrations pass their own `get_model`."""
    hours, created = get_model("tickets", "BusinessHours").objects.get_or_create(
        is_default=True, defaults={"name": "Office hours", "time_zone": time_zone}
    )
    if created:
        interval = get_model("tickets", "BusinessInterval")
        interval.objects.bulk_create(
            interval(hours=hours, weekday=weekday, begins=begins, ends=ends) for weekday, begins, ends in week
        )
    policies, target = get_model("tickets", "SlaPolicy").objects, get_model("tickets", "SlaTarget")
    if not policies.exists():
        for position, (priority, (name, first, following, resolution)) in enumerate(PROMISES.items(), start=1):
            policy = policies.create(name=name, position=position, priority=priority)
            target.objects.bulk_create(
                target(policy=policy, metric=metric, seconds=seconds)
                for metric, seconds in (
                    (Metric.FIRST_RESPONSE, first),
                    (Metric.NEXT_RESPONSE, following),
                    (Metric.RESOLUTION, resolution),
                )
            )
