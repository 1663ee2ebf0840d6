"""What customers of Nordlicht Outdoor have written about for years, and what they were told."""

from dataclasses import dataclass

LANGUAGES = ("de", "en", "fr", "es", "pt")
SURVEY_LANGUAGES = frozenset({"de", "en", "fr", "es", "it"})


@dataclass(frozen=True)
class Topic:
    """One kind of request: how often it comes, who answers it, and how it is put in each language."""

    tag: str
    team: str
    weight: int
    opening: dict[str, tuple[str, ...]]


TOPICS = (
    Topic(
        "delivery",
        "Front desk",
        30,
        {
            "de": ("Wo bleibt mein Paket?", "Die Sendungsverfolgung steht seit drei Tagen still."),
            "en": ("Where is my parcel?", "The tracking has not moved for three days."),
            "fr": ("Où est mon colis ?", "Le suivi n’a pas bougé depuis trois jours."),
            "es": ("¿Dónde está mi paquete?", "El seguimiento lleva tres días parado."),
            "pt": ("Onde está a minha encomenda?", "O rastreio está parado há três dias."),
        },
    ),
    Topic(
        "exchange",
        "Returns desk",
        22,
        {
            "de": (
                "Die Stiefel sind zu klein, ich brauche eine Nummer größer.",
                "Umtausch bitte: ich habe die falsche Farbe bekommen.",
            ),
            "en": ("The boots are too small, can I exchange them for one size up?", "I received the wrong colour."),
            "fr": (
                "Les chaussures sont trop petites, je voudrais un échange.",
                "J’ai reçu la mauvaise couleur.",
            ),
            "es": ("Las botas me quedan pequeñas, necesito una talla más.", "He recibido el color equivocado."),
            "pt": ("As botas são pequenas, preciso de um número acima.", "Recebi a cor errada."),
        },
    ),
    Topic(
        "refund",
        "Finance",
        14,
        {
            "de": ("Wann kommt meine Rückerstattung?", "Ich habe vor zwei Wochen zurückgeschickt und noch kein Geld."),
            "en": ("When will I get my refund?", "I sent it back two weeks ago and have no money yet."),
            "fr": ("Quand serai-je remboursé ?", "J’ai renvoyé le colis il y a deux semaines, toujours rien."),
            "es": ("¿Cuándo recibiré el reembolso?", "Lo devolví hace dos semanas y no tengo el dinero."),
            "pt": ("Quando recebo o reembolso?", "Devolvi há duas semanas e ainda não recebi."),
        },
    ),
    Topic(
        "warranty",
        "Returns desk",
        16,
        {
            "de": (
                "Der Reißverschluss ist nach einem Monat kaputt.",
                "Die Naht am Rucksack geht auf, ist das Garantie?",
            ),
            "en": ("The zip is broken after one month.", "The seam of the backpack is coming apart."),
            "fr": (
                "La fermeture est cassée au bout d’un mois, c’est sous garantie ?",
                "La couture du sac à dos s’ouvre.",
            ),
            "es": ("La cremallera se rompió al mes.", "Se abre la costura de la mochila."),
            "pt": ("O fecho partiu ao fim de um mês.", "A costura da mochila está a abrir."),
        },
    ),
    Topic(
        "invoice",
        "Finance",
        10,
        {
            "de": ("Ich brauche eine Rechnung mit meiner Firmenadresse.", "Auf der Rechnung steht der falsche Betrag."),
            "en": ("I need an invoice with my company's address.", "The amount on the invoice is wrong."),
            "fr": ("Il me faut une facture avec l’adresse de ma société.", "Le montant de la facture est faux."),
            "es": ("Necesito una factura con la dirección de mi empresa.", "El importe de la factura está mal."),
            "pt": ("Preciso de uma fatura com a morada da empresa.", "O valor da fatura está errado."),
        },
    ),
    Topic(
        "tent",
        "Front desk",
        8,
        {
            "de": ("Passt das Fjell 2 für zwei Personen mit Hund?", "Welches Gestänge passt zum Fjell 3?"),
            "en": ("Does the Fjell 2 fit two people and a dog?", "Which poles fit the Fjell 3?"),
            "fr": ("La Fjell 2 convient-elle à deux personnes et un chien ?", "Quels arceaux pour la Fjell 3 ?"),
            "es": ("¿La Fjell 2 sirve para dos personas y un perro?", "¿Qué varillas van con la Fjell 3?"),
            "pt": ("A Fjell 2 serve para duas pessoas e um cão?", "Que varetas servem na Fjell 3?"),
        },
    ),
)

# What nobody asked for; no customer, no answer.
JUNK = Topic(
    "",
    "Front desk",
    0,
    {
        "de": (
            "Verdienen Sie von zu Hause 500 Euro am Tag, antworten Sie einfach mit JA!",
            "Wir bringen Ihre Webseite bei Google auf Platz 1, garantiert in nur dreißig Tagen.",
        ),
        "en": (
            "Earn 500 dollars a day from home, just reply YES to start!",
            "We bring your website to the first place on Google, guaranteed in only thirty days.",
        ),
        "fr": (
            "Gagnez 500 euros par jour depuis chez vous, répondez simplement OUI !",
            "Nous plaçons votre site en première position sur Google, garanti en trente jours.",
        ),
        "es": (
            "Gane 500 euros al día desde su casa, ¡solo responda SÍ!",
            "Ponemos su página web en el primer puesto de Google, garantizado en treinta días.",
        ),
        "pt": (
            "Ganhe 500 euros por dia sem sair de casa, basta responder SIM!",
            "Colocamos o seu site em primeiro lugar no Google, garantido em trinta dias.",
        ),
    },
)

ANSWERS = {
    "de": (
        "Danke für Ihre Nachricht, ich sehe gleich nach.",
        "Ich habe es gerade geprüft und veranlasst.",
        "Erledigt, die Bestätigung kommt per E-Mail.",
    ),
    "en": (
        "Thank you for writing, I will have a look.",
        "I have just checked and arranged it.",
        "Done, the confirmation comes by email.",
    ),
    "fr": (
        "Merci pour votre message, je regarde.",
        "Je viens de vérifier et de m’en occuper.",
        "C’est fait, la confirmation arrive par e-mail.",
    ),
    "es": (
        "Gracias por escribir, lo miro ahora.",
        "Acabo de comprobarlo y está en marcha.",
        "Hecho, la confirmación llega por correo.",
    ),
    "pt": (
        "Obrigado pela mensagem, vou verificar.",
        "Acabei de verificar e tratei disso.",
        "Feito, a confirmação segue por e-mail.",
    ),
}
QUESTIONS = {
    "de": ("Die Bestellnummer ist NL-{order}.", "Wie lange dauert das?", "Gut, und was muss ich tun?"),
    "en": ("The order number is NL-{order}.", "How long will that take?", "Fine, and what do I have to do?"),
    "fr": ("Le numéro de commande est NL-{order}.", "Combien de temps faut-il ?", "D’accord, et que dois-je faire ?"),
    "es": ("El número de pedido es NL-{order}.", "¿Cuánto tarda?", "Bien, ¿y qué tengo que hacer?"),
    "pt": ("O número da encomenda é NL-{order}.", "Quanto tempo demora?", "Certo, e o que tenho de fazer?"),
}
# What somebody in a hurry begins with.
PRESSING = {"de": "Dringend: ", "en": "Urgent: ", "fr": "Urgent : ", "es": "Urgente: ", "pt": "Urgente: "}
# What somebody writes who has waited for a day.
NUDGES = {
    "de": "Guten Morgen, gibt es schon etwas Neues?",
    "en": "Hello again, is there any news?",
    "fr": "Bonjour, avez-vous du nouveau ?",
    "es": "Hola, ¿hay alguna novedad?",
    "pt": "Olá, já há novidades?",
}
STILL = {
    "de": "Leider stimmt es noch nicht ganz.",
    "en": "Sorry, it is still not right.",
    "fr": "Désolé, ce n’est toujours pas bon.",
    "es": "Perdón, todavía no está bien.",
    "pt": "Desculpe, ainda não está certo.",
}
# What somebody writes who was told days ago that it is done.
AGAIN = {
    "de": "Ich hatte Ihnen letzte Woche geschrieben, und es ist noch immer nichts gekommen.",
    "en": "I wrote to you last week, and nothing has arrived yet.",
    "fr": "Je vous ai écrit la semaine dernière, et rien n’est encore arrivé.",
    "es": "Les escribí la semana pasada y todavía no ha llegado nada.",
    "pt": "Escrevi na semana passada e ainda não chegou nada.",
}
# Names and country codes by language; believable, and no real person's number: the digits after them are ours.
NAMES = {
    "de": (
        ("Katrin", "Jörg", "Sabine", "Malte", "Petra", "Uwe", "Anke", "Lars"),
        ("Böhm", "Krüger", "Schäfer", "Vogel", "Lindner", "Franke"),
        "49151",
    ),
    "en": (
        ("Aoife", "Tom", "Priya", "Callum", "Grace", "Owen", "Niamh", "Jack"),
        ("Byrne", "Shaw", "Patel", "Walsh", "Hughes", "Reid"),
        "447400",
    ),
    "fr": (
        ("Étienne", "Camille", "Luc", "Manon", "Hugo", "Inès", "Paul", "Léa"),
        ("Girard", "Moreau", "Petit", "Lefèvre", "Roux", "Faure"),
        "33612",
    ),
    "es": (
        ("Lucía", "Javier", "Carmen", "Álvaro", "Marta", "Diego", "Elena", "Pablo"),
        ("Fernández", "Ruiz", "Ortega", "Vidal", "Serrano", "Navarro"),
        "34612",
    ),
    "pt": (
        ("Rafael", "Beatriz", "João", "Inês", "Tiago", "Sofia", "Rui", "Catarina"),
        ("Monteiro", "Almeida", "Costa", "Ferreira", "Lopes", "Nunes"),
        "35191",
    ),
}
