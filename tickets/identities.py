"""Who wrote: from the names a channel gives us to one contact."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q

from tickets import languages
from tickets.inbound import Identity, InboundMessage
from tickets.models import Contact, ContactIdentity, IdentityKind


def _find(inbox_id: int, names: list[Identity]) -> dict[str, ContactIdentity]:
    """Return the names that are known, with their contacts, which are locked in the order of their ids."""
    found = (
        ContactIdentity.objects.filter(
            inbox_id=inbox_id, kind__in=[name.kind for name in names], value__in=[name.value for name in names]
        )
        .select_related("contact")
        .select_for_update(of=("contact",), no_key=True)
        .order_by("contact_id")
    )
    wanted = {(name.kind, name.value) for name in names}
    return {row.kind: row for row in found if (row.kind, row.value) in wanted}


def _belongs_to_another_account(contact_id: int, bsuid: str, inbox_id: int) -> bool:
    """Whether a contact is known in this inbox by a business-scoped id other than this one."""
    return (
        ContactIdentity.objects.filter(inbox_id=inbox_id, kind=IdentityKind.BSUID, contact_id=contact_id)
        .exclude(value=bsuid)
        .exists()
    )


def _decide(
    inbound: InboundMessage, names: list[Identity], found: dict[str, ContactIdentity], at: dt.datetime
) -> tuple[int, list[Identity]]:
    """Return the contact and the names that have no row yet; moves a recycled number to its new owner.

    The business-scoped id decides. A number that we know under another business-scoped id has changed hands: it is
    detached from the old contact and never joins the two.
    """
    missing = [name for name in names if name.kind not in found]
    bsuid, phone = found.get(IdentityKind.BSUID), found.get(IdentityKind.PHONE)
    if bsuid is not None:
        if phone is not None and phone.contact_id != bsuid.contact_id:
            ContactIdentity.objects.filter(pk=phone.pk).update(contact_id=bsuid.contact_id)
        return bsuid.contact_id, missing
    if phone is not None:
        new_bsuid = next((name.value for name in missing if name.kind == IdentityKind.BSUID), None)
        if new_bsuid is None or not _belongs_to_another_account(phone.contact_id, new_bsuid, inbound.inbox_id):
            return phone.contact_id, missing
    contact = Contact.objects.create(name=inbound.contact_name[:200], phone=inbound.contact_phone[:32], created_at=at)
    if phone is not None:
        ContactIdentity.objects.filter(pk=phone.pk).update(contact_id=contact.pk)
    return contact.pk, missing


def resolve_contact(inbound: InboundMessage, language: str, at: dt.datetime) -> tuple[Contact, bool]:
    """Return the sender's contact, locked, and whether they are new; creates them and their identities then.

    Two first messages in parallel both find nothing; the unique constraint lets one insert, the other starts over
    and finds it. Names are sorted, so that two of them never wait for each other crosswise.
    """
    names = sorted(inbound.identities, key=lambda name: (name.kind, name.value))
    if not names:
        raise ValueError("an inbound message names its sender")
    while True:
        try:
            found = _find(inbound.inbox_id, names)
            if not found:
                return _create(inbound, names, language, at), True
            contact = _decide_and_write(inbound, names, found, at)
        except IntegrityError:
            continue
        while contact.merged_into_id is not None:
            contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.merged_into_id)
        return contact, False


def _create(inbound: InboundMessage, names: list[Identity], language: str, at: dt.datetime) -> Contact:
    """Write down somebody who writes for the first time, with all that `remember` would add."""
    last_inbound_at = inbound.occurred_at if inbound.opens_window else None
    with transaction.atomic():
        contact = Contact.objects.create(
            name=inbound.contact_name[:200],
            phone=inbound.contact_phone[:32],
            language=language or _likely_language(inbound),
            created_at=at,
        )
        ContactIdentity.objects.bulk_create(
            ContactIdentity(
                inbox_id=inbound.inbox_id,
                kind=name.kind,
                value=name.value,
                contact=contact,
                last_inbound_at=last_inbound_at,
            )
            for name in names
        )
    return contact


def _decide_and_write(
    inbound: InboundMessage, names: list[Identity], found: dict[str, ContactIdentity], at: dt.datetime
) -> Contact:
    owners = {row.contact_id for row in found.values()}
    if len(found) == len(names) and len(owners) == 1:
        # Nearly every message: somebody we know, by all the names they use.
        return next(row.contact for row in found.values())
    with transaction.atomic():
        contact_id, missing = _decide(inbound, names, found, at)
        ContactIdentity.objects.bulk_create(
            ContactIdentity(inbox_id=inbound.inbox_id, kind=name.kind, value=name.value, contact_id=contact_id)
            for name in missing
        )
    return Contact.objects.select_for_update(no_key=True).get(pk=contact_id)


def _likely_language(inbound: InboundMessage) -> str:
    """Return what people with such a number, or an account of such a country, mostly speak."""
    of_phone = languages.of_phone(inbound.contact_phone) if inbound.contact_phone else ""
    account = next((name.value for name in inbound.identities if name.kind == IdentityKind.BSUID), "")
    return of_phone or languages.of_region(account[:2])


def remember(contact: Contact, inbound: InboundMessage, language: str) -> None:
    """Keep what the channel says about the sender, the language they write, and when the reply window began."""
    changed = []
    language = language or contact.language or _likely_language(inbound)
    if language != contact.language:
        contact.language = language
        changed.append("language")
    if inbound.contact_name and not contact.name:
        contact.name = inbound.contact_name[:200]
        changed.append("name")
    if inbound.contact_phone and contact.phone != inbound.contact_phone[:32]:
        contact.phone = inbound.contact_phone[:32]
        changed.append("phone")
    if changed:
        contact.save(update_fields=changed)
    if not inbound.opens_window:
        return
    ours = Q()
    for name in inbound.identities:
        ours |= Q(kind=name.kind, value=name.value)
    # Late webhooks arrive out of order; the window never moves back. The contact's lock keeps the rows ours.
    ContactIdentity.objects.filter(ours, inbox_id=inbound.inbox_id).exclude(
        last_inbound_at__gte=inbound.occurred_at
    ).update(last_inbound_at=inbound.occurred_at)
