"""The named cast of the tests: a small support team and the people who write to it."""

import datetime as dt
import itertools
from dataclasses import dataclass

from agents.models import Assignment, Membership, Role, Team, User
from helpdesk import clock
from tickets import intake
from tickets.defaults import ALWAYS, install
from tickets.inbound import Identity, InboundAttachment, InboundMessage
from tickets.models import AutomaticText, BusinessHours, ContentType, IdentityKind, Inbox, Message, Ticket

_numbers = itertools.count(1)


@dataclass(frozen=True)
class House:
    """Two teams, five people, one inbox of paper."""

    returns: Team
    finance: Team
    inbox: Inbox
    lena: User
    mateus: User
    amira: User
    jonas: User
    ada: User


def person(name: str, role: Role = Role.AGENT, **fields: object) -> User:
    """Return somebody who can log in with the password "secret-enough"."""
    user = User(username=name, first_name=name.capitalize(), role=role, **fields)
    user.set_unusable_password()
    user.save()
    return user


def house(channel: str = "paper") -> House:
    """Furnish the house: Lena and Mateus answer returns, Amira leads them, Jonas manages, Ada administers.

    They take their tickets by hand; tests of automatic assignment say so.
    """
    BusinessHours.objects.all().delete()
    install(time_zone="Europe/Berlin", week=ALWAYS)
    # Tests are about what people say; those about what the house says by itself switch it on.
    AutomaticText.objects.update(is_active=False)
    returns = Team.objects.create(name="Returns desk", send_delay_seconds=0, assignment=Assignment.MANUAL)
    finance = Team.objects.create(name="Finance", send_delay_seconds=0, assignment=Assignment.MANUAL)
    cast = House(
        returns=returns,
        finance=finance,
        inbox=Inbox.objects.create(name="Support EU", channel=channel, team=returns),
        lena=person("lena"),
        mateus=person("mateus"),
        amira=person("amira"),
        jonas=person("jonas", Role.MANAGER),
        ada=person("ada", Role.ADMIN, is_staff=True),
    )
    for user in (cast.lena, cast.mateus):
        Membership.objects.create(user=user, team=returns)
    Membership.objects.create(user=cast.amira, team=returns, is_lead=True)
    return cast


def writes(
    inbox: Inbox,
    text: str = "My tent pole snapped",
    *,
    phone: str = "353874120968",
    bsuid: str = "",
    name: str = "Aoife Brennan",
    at: dt.datetime | None = None,
    external_id: str = "",
    **fields: object,
) -> InboundMessage:
    """Return what Aoife (or somebody else) writes; take it in with `tickets.intake.receive`."""
    identities = []
    if bsuid:
        identities.append(Identity(kind=IdentityKind.BSUID, value=bsuid))
    if phone:
        identities.append(Identity(kind=IdentityKind.PHONE, value=phone))
    values: dict[str, object] = {
        "inbox_id": inbox.pk,
        "external_id": external_id or f"ext-{next(_numbers)}",
        "identities": tuple(identities),
        "occurred_at": at or clock.now(),
        "content_type": ContentType.TEXT,
        "text": text,
        "contact_name": name,
        "contact_phone": f"+{phone}" if phone else "",
    }
    return InboundMessage(**{**values, **fields})  # type: ignore[arg-type]


def photo(provider_id: str = "media-1") -> tuple[InboundAttachment, ...]:
    """Return the picture of a broken pole."""
    return (InboundAttachment(provider_id=provider_id, media_type="image/jpeg"),)


def ticket_of(inbound: InboundMessage) -> Ticket:
    """Take a message in and return its ticket."""
    return taken_in(intake.receive(inbound))


def taken_in(receipt: intake.Receipt) -> Ticket:
    """Return the ticket that a message went to."""
    assert receipt.ticket_id is not None
    return Ticket.objects.get(pk=receipt.ticket_id)


def newest_seq(ticket: Ticket) -> int:
    """Return what somebody has seen who has just looked at the ticket; nothing, where all that was said is moved."""
    said = Message.objects.filter(conversation_id=ticket.conversation_id).order_by("-seq")
    return said.values_list("seq", flat=True).first() or 0
