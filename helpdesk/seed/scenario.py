"""What was said before the demo begins: a morning at Nordlicht Outdoor.

Each line is (minutes ago, who, text). "contact" writes; a name of the staff replies; a name with "!" writes a note.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Chat:
    """One conversation and what became of its ticket."""

    phone: str
    name: str
    language: str
    team: str
    lines: tuple[tuple[float, str, str], ...]
    tags: tuple[str, ...] = ()
    priority: int = 3
    assignee: str = ""
    resolved_by: str = ""
    resolved: float = 0


CHATS: tuple[Chat, ...] = (
    Chat(
        phone="971501234567",
        name="يوسف المنصوري",
        language="ar",
        team="Returns desk",
        priority=1,
        tags=("exchange", "boots"),
        assignee="amira",
        lines=(
            (15, "contact", "السلام عليكم، طلبت حذاء المشي مقاس ٤٢ ووصلني مقاس ٤٤."),
            (14.5, "contact", "رقم الطلب NL-48230"),
            (9, "contact", "وصلني مقاس خاطئ من الحذاء، كيف أستبدله؟"),
        ),
    ),
    Chat(
        phone="353874120968",
        name="Aoife Brennan",
        language="en",
        team="Returns desk",
        priority=2,
        tags=("tent", "VIP"),
        assignee="lena",
        lines=(
            (44, "contact", "Hi, the tent pole snapped the first time I pitched it 😞 Order NL-48213"),
            (41, "lena", "So sorry, Aoife, not the first night out we wanted for you. Did it break at the joint?"),
            (12, "contact", "Yes, right at the joint."),
            (8, "mateus!", "@Lena batch F2 has a known joint fault. 14 spare pole sets in Hamburg, no return needed."),
            (4, "contact", "I leave for Kerry on Friday, will it get here in time?"),
        ),
    ),
    Chat(
        phone="33612345678",
        name="Baptiste Moreau",
        language="fr",
        team="Front desk",
        tags=("delivery",),
        lines=((6, "contact", "Bonjour, mon colis NL-48190 est marqué livré mais je n'ai rien reçu."),),
    ),
    Chat(
        phone="34612345678",
        name="Lucía Fernández",
        language="es",
        team="Front desk",
        tags=("invoice",),
        lines=((5, "contact", "¿Me podéis mandar la factura de nuevo? Pedido NL-47712"),),
    ),
    Chat(
        phone="4917655501843",
        name="Katharina Vogel",
        language="de",
        team="Returns desk",
        tags=("boots", "refund"),
        assignee="lena",
        lines=(
            (1990, "contact", "Die Stiefel sind leider zu eng. Kann ich sie zurückgeben?"),
            (1985, "lena", "Klar, Katharina! Das Etikett ist in Ihrer Mail. Danach erstatten wir 189 €."),
            (1980, "contact", "Alles klar, ich schicke sie heute los. Wann kommt das Geld?"),
            (1972, "lena", "Zwei bis drei Tage, nachdem sie hier in Hamburg angekommen sind."),
        ),
    ),
    Chat(
        phone="351912345678",
        name="Rafael Monteiro",
        language="pt",
        team="Returns desk",
        tags=("backpack", "warranty"),
        assignee="mateus",
        lines=(
            (58, "contact", "Oi! Minha mochila rasgou na costura na segunda viagem. Ainda está na garantia?"),
            (52, "mateus", "Olá Rafael, que pena! Sim, a garantia vale 3 anos. Prefere conserto ou uma mochila nova?"),
            (3, "contact", "Prefiro uma mochila nova, por favor."),
        ),
    ),
    Chat(
        phone="4741234567",
        name="Ingrid Solberg",
        language="en",
        team="Returns desk",
        assignee="lena",
        tags=("exchange",),
        lines=(
            (75, "contact", "Could I swap the blue jacket for the green one, size M?"),
            (70, "lena", "Of course, Ingrid. The label is on its way to your email."),
        ),
    ),
    Chat(
        phone="4915112345678",
        name="Daniel Krüger",
        language="de",
        team="Front desk",
        priority=4,
        assignee="mateus",
        tags=("warranty",),
        lines=(
            (95, "contact", "Wie lange dauert eine Reparatur am Reißverschluss?"),
            (88, "mateus", "Hallo Daniel, etwa zehn Tage ab Eingang bei uns in Hamburg."),
            (31, "contact", "Und was kostet das ungefähr?"),
        ),
    ),
    Chat(
        phone="390612345678",
        name="Giulia Conti",
        language="it",
        team="Front desk",
        lines=((2, "contact", "Ciao, il fornello va bene anche con cartucce di altre marche?"),),
    ),
    Chat(
        phone="4369912345678",
        name="Sebastian Huber",
        language="de",
        team="Finance",
        priority=4,
        tags=("invoice",),
        assignee="mateus",
        lines=(
            (130, "contact", "Auf der Rechnung NL-47990 fehlt unsere USt-IdNr. Können Sie sie ergänzen?"),
            (118, "mateus", "Guten Morgen Herr Huber, schicken Sie mir die Nummer, dann kommt die Rechnung neu."),
            (17, "contact", "ATU12345678, danke."),
        ),
    ),
    Chat(
        phone="447700900123",
        name="Priya Shah",
        language="en",
        team="Front desk",
        tags=("delivery",),
        resolved_by="lena",
        resolved=140,
        lines=(
            (170, "contact", "Where is my order NL-48001?"),
            (166, "lena", "Hi Priya, it left Hamburg yesterday and reaches you tomorrow by noon."),
            (150, "contact", "Brilliant, thanks!"),
        ),
    ),
    Chat(
        phone="31612345678",
        name="Sanne de Vries",
        language="nl",
        team="Returns desk",
        tags=("tent",),
        resolved_by="mateus",
        resolved=200,
        lines=(
            (240, "contact", "Hoe krijg ik een nieuwe haring voor de tent?"),
            (236, "mateus", "Hi Sanne, I have put a set of six in the post for you, free of charge."),
            (210, "contact", "Dank je wel!"),
        ),
    ),
    Chat(
        phone="33698765432",
        name="Camille Laurent",
        language="fr",
        team="Finance",
        tags=("refund",),
        resolved_by="amira",
        resolved=1500,
        lines=(
            (1620, "contact", "Je n'ai pas encore reçu mon remboursement de 89 €."),
            (1610, "amira", "Bonjour Camille, il est parti ce matin et arrive sous trois jours ouvrés."),
            (1560, "contact", "Merci beaucoup"),
        ),
    ),
)
