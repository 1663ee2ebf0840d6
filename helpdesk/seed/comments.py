"""What customers add to their score, and what the lead wrote down after asking about a low one."""

# language -> for 1 and 2, for 3, for 4 and 5
COMMENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "de": (
        (
            "Ich habe drei Tage auf eine Antwort gewartet.",
            "Zweimal nachgefragt und am Ende musste ich selbst beim Paketdienst anrufen.",
            "Das Problem besteht immer noch.",
            "Jeder hat mir etwas anderes gesagt.",
            "Für den Preis erwarte ich mehr als eine Standardantwort.",
        ),
        ("Am Ende hat es geklappt, aber es hat gedauert.", "Freundlich, nur leider langsam.", "Geht so."),
        (
            "Sehr nett und schnell, gerne wieder.",
            "Die Beratung zum Zelt war genau richtig.",
            "Ersatzteil war nach zwei Tagen da, super Service.",
            "Frau Hoffmann hat sich wirklich gekümmert.",
            "Endlich ein Laden, bei dem man nicht in der Warteschleife hängt.",
        ),
    ),
    "en": (
        (
            "I waited two days for an answer that did not help.",
            "Still no parcel and nobody told me why.",
            "I had to explain everything three times to different people.",
            "The replacement has the same broken zip.",
            "You closed my request before it was solved.",
        ),
        ("Got there in the end but it took a while.", "Friendly, just slow this week.", "It was all right."),
        (
            "Quick and friendly, sorted within the hour.",
            "Lena knew exactly which pole fits my tent.",
            "Best customer service I have had from an outdoor shop.",
            "Loved that I did not have to send the boots back first.",
            "Clear answers, no fuss.",
        ),
    ),
    "fr": (
        (
            "Trois jours sans nouvelles, c’est trop long.",
            "Mon remboursement n’est toujours pas arrivé.",
            "On m’a demandé deux fois les mêmes informations.",
            "La réponse ne correspondait pas à ma demande.",
        ),
        ("Correct, mais un peu lent.", "Réponse utile après plusieurs messages."),
        (
            "Très aimable et efficace.",
            "La couture a été réparée gratuitement, je suis ravi.",
            "Réponse claire en quelques minutes.",
            "Excellent suivi du début à la fin.",
        ),
    ),
    "es": (
        (
            "Tardaron demasiado y el problema sigue igual.",
            "Tuve que escribir tres veces.",
            "Nadie me explicó por qué se retrasó el paquete.",
        ),
        ("Bien, aunque un poco lento.", "Al final lo resolvieron."),
        (
            "Muy amables y rápidos.",
            "Me cambiaron las botas sin ningún problema.",
            "Todo claro desde el primer mensaje.",
        ),
    ),
    "pt": (
        ("Demorou muito e ainda não está resolvido.", "Tive de repetir tudo várias vezes."),
        ("Correu bem, mas podia ser mais rápido.",),
        (
            "Atendimento excelente, muito simpático.",
            "Resolveram tudo no mesmo dia.",
            "A mochila nova chegou em três dias, adorei.",
        ),
    ),
}
HOW_LIKELY = {1: 0.75, 2: 0.7, 3: 0.45, 4: 0.25, 5: 0.3}
NOTES = (
    "Called back and apologised. The parcel had gone to the wrong depot; sent again by express.",
    "Refund was stuck at the bank, paid out today. Customer is content.",
    "Explained the delay of the strike and sent a voucher of 10 €.",
    "Replacement had the same fault. Informed purchasing, refunded in full.",
    "Two of us had answered differently. Talked about it in the team meeting.",
    "No answer on the telephone, wrote an email. Nothing more to do.",
)


def comments_for(language: str, score: int) -> tuple[str, ...]:
    """Return what somebody who gave this score might write."""
    low, middling, high = COMMENTS[language]
    return low if score <= 2 else middling if score == 3 else high
