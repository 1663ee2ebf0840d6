"""The words a survey speaks before anybody edits them, and the names of the scores, in five languages."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Words:
    """What one survey says in one language."""

    question: str
    thanks: str
    comment_prompt: str = ""


WORDS: dict[str, dict[str, Words]] = {
    "csat": {
        "en": Words(
            "How satisfied are you with the help you received? 1 is very dissatisfied, 5 is very satisfied.",
            "Thank you for your answer!",
            "If you like, tell us in one message what was good or what we could do better.",
        ),
        "de": Words(
            "Wie zufrieden sind Sie mit unserer Hilfe? 1 heißt sehr unzufrieden, 5 heißt sehr zufrieden.",
            "Vielen Dank für Ihre Antwort!",
            "Wenn Sie mögen, schreiben Sie uns in einer Nachricht, was gut war oder besser werden soll.",
        ),
        "fr": Words(
            "Êtes-vous satisfait de notre aide ? 1 signifie pas du tout satisfait, 5 très satisfait.",
            "Merci pour votre réponse !",
            "Si vous le souhaitez, dites-nous en un message ce qui était bien ou à améliorer.",
        ),
        "es": Words(
            "¿Está satisfecho con nuestra ayuda? 1 significa muy insatisfecho, 5 muy satisfecho.",
            "¡Gracias por su respuesta!",
            "Si lo desea, cuéntenos en un mensaje qué estuvo bien o qué podemos mejorar.",
        ),
        "it": Words(
            "È soddisfatto del nostro aiuto? 1 significa per niente soddisfatto, 5 molto soddisfatto.",
            "Grazie per la sua risposta!",
            "Se vuole, ci scriva in un messaggio che cosa è andato bene o che cosa possiamo migliorare.",
        ),
    },
    "nps": {
        "en": Words(
            "How likely are you to recommend us to a friend or colleague? Please type a number from 0 to 10.",
            "Thank you! You are helping us to get better.",
        ),
        "de": Words(
            "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen? Schreiben Sie bitte eine Zahl von 0 bis 10.",
            "Vielen Dank! Sie helfen uns, besser zu werden.",
        ),
        "fr": Words(
            "Quelle est la probabilité que vous nous recommandiez à un proche ? Écrivez un nombre de 0 à 10.",
            "Merci ! Vous nous aidez à progresser.",
        ),
        "es": Words(
            "¿Qué probabilidad hay de que nos recomiende a un conocido? Escriba un número del 0 al 10.",
            "¡Gracias! Nos ayuda a mejorar.",
        ),
        "it": Words(
            "Con quale probabilità ci consiglierebbe a un conoscente? Scriva un numero da 0 a 10.",
            "Grazie! Ci aiuta a migliorare.",
        ),
    },
}
# What STOP and START are answered with.
CONFIRMED: dict[str, dict[str, str]] = {
    "stop": {
        "en": "You will get no more surveys from us. Write START if you want them again. We still answer you here.",
        "de": "Sie erhalten keine Umfragen mehr. Mit START bekommen Sie sie wieder. Wir antworten Ihnen weiterhin.",
        "fr": "Vous ne recevrez plus d’enquêtes. Écrivez START pour les reprendre. Nous vous répondons toujours.",
        "es": "No recibirá más encuestas. Escriba START si las quiere de nuevo. Seguimos respondiéndole aquí.",
        "it": "Non riceverà più sondaggi. Scriva START se li vuole di nuovo. Continuiamo a risponderle qui.",
    },
    "start": {
        "en": "Welcome back: we may ask for your opinion again. Write STOP to end this.",
        "de": "Danke: Wir dürfen Sie wieder nach Ihrer Meinung fragen. Mit STOP beenden Sie das.",
        "fr": "Merci : nous pouvons à nouveau vous demander votre avis. Écrivez STOP pour arrêter.",
        "es": "Gracias: podemos volver a pedirle su opinión. Escriba STOP para terminar.",
        "it": "Grazie: possiamo chiederle di nuovo la sua opinione. Scriva STOP per terminare.",
    },
}
# What the list of answers is called (20 characters at most), and the scores from 1 to 5.
BUTTON = {"en": "Choose", "de": "Auswählen", "fr": "Choisir", "es": "Elegir", "it": "Scegli"}
NAMES: dict[str, tuple[str, str, str, str, str]] = {
    "en": ("Very dissatisfied", "Dissatisfied", "Neither nor", "Satisfied", "Very satisfied"),
    "de": ("Sehr unzufrieden", "Unzufrieden", "Teils, teils", "Zufrieden", "Sehr zufrieden"),
    "fr": ("Pas du tout satisfait", "Peu satisfait", "Ni l’un ni l’autre", "Satisfait", "Très satisfait"),
    "es": ("Muy insatisfecho", "Insatisfecho", "Ni lo uno ni lo otro", "Satisfecho", "Muy satisfecho"),
    "it": ("Per niente soddisfatto", "Poco soddisfatto", "Né l’uno né l’altro", "Soddisfatto", "Molto soddisfatto"),
}


def language_for(wanted: str, available: set[str]) -> str:
    """Return the language to speak: the contact's, else the installation's, else English."""
    for language in (wanted[:2].lower(), settings.LANGUAGE_CODE[:2], "en"):
        if language in available:
            return language
    return min(available)


def options(token: str, highest: int, language: str) -> dict[str, object]:
    """Return the answers to tap, the best one first, in the core's neutral form."""
    names = NAMES[language] if highest == 5 else ()
    choices: list[dict[str, str]] = []
    for score in range(highest, 0, -1):
        option = {"id": f"survey:{token}:{score}", "title": "⭐" * score if names else str(score)}
        if names:
            option["description"] = names[score - 1]
        choices.append(option)
    return {"choices": {"button": BUTTON[language], "options": choices}}


def score_of(choice: str) -> tuple[str, int] | None:
    """Return the token and the score that a tapped answer carries; None when it is none of ours."""
    kind, _, rest = choice.partition(":")
    token, _, score = rest.partition(":")
    if kind != "survey" or not (score.isascii() and score.isdigit() and len(score) <= 2):
        return None
    return token, int(score)
