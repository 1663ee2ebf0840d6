"""The people of Nordlicht Outdoor, their teams, their number and their prepared answers."""

import os
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from agents.models import Membership, Role, Team, User
from channels_whatsapp.models import WhatsAppNumber
from channels_whatsapp.numbers import connect_number
from tickets.actions.rules import RuleDraft, create_rule
from tickets.defaults import ALWAYS, install
from tickets.models import AgentSkill, BusinessHours, Inbox, Priority, QuickReply, Tag

# Without a language of their own they see pages in the one chosen on the log-in page, else the browser's.
PEOPLE: tuple[tuple[str, str, str, Role, str], ...] = (
    ("lena", "Lena", "Hoffmann", Role.AGENT, ""),
    ("mateus", "Mateus", "Ribeiro", Role.AGENT, ""),
    ("amira", "Amira", "Haddad", Role.AGENT, ""),
    ("jonas", "Jonas", "Weber", Role.MANAGER, "de"),
    ("admin", "Ada", "Lindqvist", Role.ADMIN, ""),
)
# team -> members; a star marks who leads it
TEAMS = {
    "Front desk": ("lena", "mateus", "amira*"),
    "Returns desk": ("lena", "mateus", "amira*"),
    "Finance": ("mateus", "amira*"),
}
QUICK_REPLIES: tuple[tuple[str | None, str, str, str], ...] = (
    (None, "hello", "en", "Hello {name}, this is {agent} from Nordlicht Outdoor. How can I help?"),
    (None, "hello", "de", "Hallo {name}, hier ist {agent} von Nordlicht Outdoor. Wie kann ich helfen?"),
    (None, "hello", "fr", "Bonjour {name}, ici {agent} de Nordlicht Outdoor. Comment puis-je vous aider ?"),
    (None, "order", "en", "Could you send me your order number? It begins with NL and is in your email."),
    (None, "order", "de", "Schicken Sie mir bitte Ihre Bestellnummer? Sie beginnt mit NL und steht in Ihrer E-Mail."),
    (None, "order", "fr", "Pouvez-vous m'envoyer votre numéro de commande ? Il commence par NL."),
    (None, "ship-times", "en", "Standard delivery takes 2 to 4 working days from Hamburg."),
    (None, "ship-times", "de", "Der Standardversand dauert 2 bis 4 Werktage ab Hamburg."),
    (None, "ship-express", "en", "I have upgraded your parcel to express at no cost."),
    ("Returns desk", "ship-spare-part", "en", "Good news: a spare part leaves our warehouse today, at no cost."),
    ("Returns desk", "return-label", "en", "Your return label is on its way to your email. Any parcel shop takes it."),
    ("Returns desk", "return-label", "de", "Das Rücksendeetikett ist unterwegs zu Ihrer E-Mail."),
    ("Returns desk", "return-label", "fr", "L'étiquette de retour arrive dans votre boîte e-mail."),
    ("Finance", "invoice", "en", "I have sent the invoice of ticket {ticket} to your email again."),
    ("Finance", "invoice", "de", "Die Rechnung zu Ticket {ticket} habe ich Ihnen noch einmal per E-Mail geschickt."),
)
# name, keywords, team, priority, tag; in this order, because the first that fits wins
RULES: tuple[tuple[str, str, str | None, Priority | None, str | None], ...] = (
    (
        "Safety and fraud",
        "Betrug, Verletzung, verletzt, fraud, injured, injury, recall, fraude, blessé, estafa, frode",
        "Front desk",
        Priority.URGENT,
        None,
    ),
    (
        "Money",
        "Abrechnung, Rechnung, Zahlung, Gutschrift, invoice, payment, billing, facture, paiement, factura, fattura",
        "Finance",
        None,
        "invoice",
    ),
    (
        "Returns and repairs",
        "Rücksendung, Umtausch, Garantie, kaputt, return, exchange, broken, warranty, retour, échange, cassé, garantia",
        "Returns desk",
        None,
        None,
    ),
    ("Urgent", "dringend, sofort, urgent, asap, urgente", None, Priority.HIGH, None),
)
PHONE_NUMBER_ID = "100200300400500"
TAGS = ("tent", "boots", "backpack", "refund", "exchange", "delivery", "invoice", "warranty", "VIP")
# skill -> who has it
SKILLS = {"invoice": ("mateus", "amira")}


@dataclass(frozen=True)
class Staff:
    """Who and what the scenario speaks of, by name."""

    users: dict[str, User]
    teams: dict[str, Team]
    inbox: Inbox
    tags: dict[str, Tag]


def hire() -> Staff:
    """Create people, teams, the number, quick replies and tags. Meant for an empty database."""
    # One password, known to everybody, is hashed once: that is slow on purpose.
    password = make_password(settings.DEMO_SEED_AGENT_PASSWORD)
    users = {name: _person(name, first, last, role, language, password) for name, first, last, role, language in PEOPLE}
    teams = {name: Team.objects.create(name=name) for name in TEAMS}
    for name, members in TEAMS.items():
        for member in members:
            Membership.objects.create(user=users[member.rstrip("*")], team=teams[name], is_lead=member.endswith("*"))
    inbox = Inbox.objects.create(name="WhatsApp Support EU", channel="whatsapp", team=teams["Front desk"])
    _connect(inbox)
    QuickReply.objects.bulk_create(
        QuickReply(team=teams[team] if team else None, shortcut=shortcut, language=language, text=text)
        for team, shortcut, language, text in QUICK_REPLIES
    )
    # The demo is tried at any hour of the day, so its team never sleeps.
    BusinessHours.objects.all().delete()
    install(time_zone=settings.TIME_ZONE, week=ALWAYS)
    tags = {name: Tag.objects.create(name=name, is_skill=name in SKILLS) for name in TAGS}
    for skill, members in SKILLS.items():
        AgentSkill.objects.bulk_create(AgentSkill(user=users[member], tag=tags[skill]) for member in members)
    for name, keywords, team, priority, tag in RULES:
        create_rule(
            actor=users["admin"],
            draft=RuleDraft(
                name=name,
                keywords=tuple(keywords.split(",")),
                team_id=teams[team].pk if team else None,
                priority=priority,
                tag_ids=(tags[tag].pk,) if tag else (),
            ),
        )
    return Staff(users=users, teams=teams, inbox=inbox, tags=tags)


def known_staff() -> Staff:
    """Return the people, teams, number and tags that `hire` created in an earlier process."""
    number = WhatsAppNumber.objects.select_related("inbox").get(
        phone_number_id=os.environ.get("SIM_PHONE_NUMBER_ID", PHONE_NUMBER_ID)
    )
    return Staff(
        users={user.username: user for user in User.objects.filter(username__in=[one[0] for one in PEOPLE])},
        teams={team.name: team for team in Team.objects.filter(name__in=TEAMS)},
        inbox=number.inbox,
        tags={tag.name: tag for tag in Tag.objects.filter(name__in=TAGS)},
    )


def _person(name: str, first: str, last: str, role: Role, language: str, password: str) -> User:
    return User.objects.create(
        username=name,
        password=password,
        first_name=first,
        last_name=last,
        email=f"{name}@nordlicht.example",
        role=role,
        language=language,
        is_staff=role == Role.ADMIN,
        is_superuser=role == Role.ADMIN,
    )


def _connect(inbox: Inbox) -> WhatsAppNumber:
    return connect_number(
        inbox=inbox,
        phone_number_id=os.environ.get("SIM_PHONE_NUMBER_ID", PHONE_NUMBER_ID),
        waba_id=os.environ.get("SIM_WABA_ID", "200300400500600"),
        display_number="+" + os.environ.get("SIM_DISPLAY_NUMBER", "4940555000000"),
        access_token=os.environ.get("SIM_ACCESS_TOKEN", "demo"),
    )
