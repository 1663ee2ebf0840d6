"""What customers of an outdoor shop write: openings, and what follows once somebody has answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """One request: the lines it begins with, an optional photo, and the lines after each answer."""

    opening: tuple[str, ...]
    photo: str = ""  # its caption; empty: no photo
    then: tuple[str, ...] = ()


SCRIPTS: dict[str, tuple[Script, ...]] = {
    "en": (
        Script(
            ("Hi, my order 48213 says delivered but nothing arrived.",),
            then=("It was left with a neighbour", "Thanks!"),
        ),
        Script(("Do the Fjell boots run small?", "I'm between 42 and 43"), then=("Great, I'll take the 43 then",)),
        Script(
            ("Hello! One buckle of the backpack broke on day two.",), "The buckle", ("A replacement would be great",)
        ),
        Script(
            ("Can I still change the delivery address of an order?",),
            then=("12 Harbour Road, Leith", "Perfect, cheers"),
        ),
        Script(("Is the blue rain jacket coming back in M?",), then=("OK, please let me know",)),
    ),
    "de": (
        Script(("Guten Tag, wann kommt meine Bestellung 48977?",), then=("Danke, das reicht mir", "Schönen Tag noch!")),
        Script(
            ("Hallo, ich möchte die Jacke zurückgeben.", "Sie ist mir zu groß"), then=("Lieber Umtausch in S bitte",)
        ),
        Script(("Der Reißverschluss vom Zelt klemmt.",), "So sieht er aus", ("Einschicken geht, wohin?",)),
        Script(
            ("Brauche eine Rechnung mit Firmenadresse, geht das?",),
            then=("Nordwind GmbH, Kaistraße 4, Kiel", "Super, danke"),
        ),
        Script(("Gibt es die Isomatte auch in lang?",), then=("Dann bestelle ich die. Danke!",)),
    ),
    "fr": (
        Script(("Bonjour, je n'ai pas reçu mon code de retour.",), then=("Merci beaucoup !",)),
        Script(
            ("Bonsoir, la tente prend l'eau à la couture", "Elle a trois mois"),
            "La couture",
            ("D'accord, je vous l'envoie",),
        ),
        Script(("Puis-je retirer ma commande en magasin ?",), then=("Celui de Lyon", "Parfait, à samedi")),
    ),
    "es": (
        Script(("¿Me podéis mandar la factura del pedido 48105?",), then=("Gracias, ya la tengo",)),
        Script(("Hola, me ha llegado una talla equivocada", "Pedí la 38"), then=("Prefiero el cambio, gracias",)),
        Script(("¿Enviáis a Canarias?",), then=("¿Y cuánto tarda?", "Vale, gracias")),
    ),
    "pt": (
        Script(
            ("Oi! Minha mochila rasgou na costura na segunda viagem.",),
            "Foto da costura",
            ("Mochila nova", "Obrigado!"),
        ),
        Script(("Boa tarde, o rastreio não atualiza há 4 dias",), then=("Pedido 48330", "Obrigada pela ajuda")),
    ),
    "ar": (
        Script(("مرحبًا، وصلتني الحقيبة لكن السحّاب لا يُغلق.",), "صورة السحّاب", ("أفضّل الاستبدال، شكرًا",)),
        Script(("مساء الخير، متى يصل طلبي رقم 48213؟",), then=("شكرًا جزيلًا",)),
    ),
}
