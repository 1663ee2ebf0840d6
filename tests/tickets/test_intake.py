"""One inbound message becomes rows, exactly once."""

import datetime as dt
import uuid

import pytest
import time_machine

from helpdesk import clock
from tests.cast import House, newest_seq, photo, taken_in, ticket_of, writes
from tickets import intake
from tickets.actions import lifecycle, messaging
from tickets.inbound import Outcome
from tickets.models import (
    Attachment,
    Change,
    Contact,
    ContactIdentity,
    ContentType,
    EventKind,
    Message,
    Seen,
    Status,
    Ticket,
    TicketEvent,
)


def test_a_first_message_opens_a_ticket_with_everything_an_agent_needs(cast: House) -> None:
    sent = clock.now() - dt.timedelta(minutes=3)
    ticket = ticket_of(writes(cast.inbox, "The pole\nsnapped  today", at=sent))
    assert (ticket.status, ticket.subject, ticket.team, ticket.assignee) == (
        Status.NEW,
        "The pole snapped today",
        cast.returns,
        None,
    )
    assert ticket.conversation.contact.name == "Aoife Brennan"
    assert (ticket.waiting_since, ticket.unanswered_count) == (sent, 1)
    assert ticket.due_at == sent + dt.timedelta(minutes=10)
    assert ticket.last_message is not None
    assert ticket.last_message.text == "The pole\nsnapped  today"
    kinds = list(TicketEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == [EventKind.OPENED, EventKind.MESSAGE_RECEIVED]
    assert Change.objects.filter(ticket=ticket, transaction_id__gt=0).count() == 1


def test_the_second_message_joins_the_open_ticket(cast: House) -> None:
    first = intake.receive(writes(cast.inbox, "Hello"))
    second = intake.receive(writes(cast.inbox, "Are you there?"))
    assert second.outcome == Outcome.JOINED
    assert second.ticket_id == first.ticket_id
    assert Ticket.objects.get().unanswered_count == 2


def test_a_copy_has_no_effect(cast: House) -> None:
    inbound = writes(cast.inbox)
    intake.receive(inbound)
    before = (Message.objects.count(), TicketEvent.objects.count(), Ticket.objects.get().version)
    assert intake.receive(inbound).outcome == Outcome.DUPLICATE
    assert (Message.objects.count(), TicketEvent.objects.count(), Ticket.objects.get().version) == before


def test_a_copy_has_no_effect_even_after_the_digests_were_purged(cast: House) -> None:
    inbound = writes(cast.inbox)
    intake.receive(inbound)
    Seen.objects.all().delete()
    assert intake.receive(inbound).outcome == Outcome.DUPLICATE
    assert Message.objects.count() == 1


def test_provider_time_in_the_future_counts_as_now(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox, at=clock.now() + dt.timedelta(hours=2)))
    assert ticket.opened_at <= clock.now()


def test_a_message_within_the_reopen_window_reopens(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    receipt = intake.receive(writes(cast.inbox, "It broke again"))
    ticket.refresh_from_db()
    assert receipt.outcome == Outcome.REOPENED
    assert (ticket.status, ticket.resolved_at) == (Status.OPEN, None)
    assert ticket.unanswered_count == 1, "resolving answered what came before it"


@pytest.mark.parametrize("text", ["Thanks!", "Danke schön 🙏", "merci beaucoup", "👍", "شكرا"])
def test_a_courtesy_does_not_reopen(cast: House, text: str) -> None:
    ticket = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    intake.receive(writes(cast.inbox, text.replace("schön", "")))
    ticket.refresh_from_db()
    assert ticket.status == Status.RESOLVED
    assert Message.objects.filter(ticket=ticket).count() == 2


@pytest.mark.parametrize("text", ["Thanks, but it is still broken", "ok?", "no", "thanks but no"])
def test_a_request_that_begins_politely_reopens(cast: House, text: str) -> None:
    ticket = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    assert intake.receive(writes(cast.inbox, text)).outcome == Outcome.REOPENED


def test_a_message_after_the_reopen_window_opens_a_linked_ticket(cast: House) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False) as journey:
        old = ticket_of(writes(cast.inbox))
        lifecycle.resolve(actor=cast.lena, ticket_id=old.pk, seen_seq=newest_seq(old))
        journey.shift(dt.timedelta(hours=72))
        receipt = intake.receive(writes(cast.inbox, "A new question"))
    new = taken_in(receipt)
    assert receipt.outcome == Outcome.OPENED
    assert new.follow_up_of == old


def test_a_resolved_ticket_closes_at_the_end_of_its_window_stamped_with_that_moment(cast: House) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
        journey.shift(dt.timedelta(hours=71, minutes=59))
        assert not lifecycle.close_next()
        journey.shift(dt.timedelta(hours=5))
        assert lifecycle.close_next()
        assert not lifecycle.close_next()
    event = TicketEvent.objects.get(kind=EventKind.CLOSED)
    assert event.occurred_at == dt.datetime(2026, 3, 5, 9, tzinfo=dt.UTC)
    assert event.recorded_at == dt.datetime(2026, 3, 5, 13, 59, tzinfo=dt.UTC)


def test_what_concerns_nobody_stands_in_the_conversation_and_opens_nothing(cast: House) -> None:
    receipt = intake.receive(writes(cast.inbox, "👍", opens_ticket=False, opens_window=False))
    assert receipt.outcome == Outcome.RECORDED
    assert not Ticket.objects.exists()
    assert Message.objects.get().ticket is None
    assert ContactIdentity.objects.get().last_inbound_at is None


def test_a_photo_is_to_be_fetched(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox, "", content_type=ContentType.IMAGE, attachments=photo()))
    attachment = Attachment.objects.get()
    assert (attachment.message.ticket, attachment.state) == (ticket, Attachment.State.PENDING)
    assert ticket.subject == "Photo"


def test_the_business_scoped_id_decides_and_a_recycled_number_joins_nobody(cast: House) -> None:
    intake.receive(writes(cast.inbox, "I am Aoife", phone="353874120968", bsuid="IE.1"))
    aoife = Contact.objects.get()
    intake.receive(writes(cast.inbox, "I bought this number", phone="353874120968", bsuid="IE.2", name="Brian"))
    brian = Contact.objects.exclude(pk=aoife.pk).get()
    owner = {row.value: row.contact_id for row in ContactIdentity.objects.all()}
    assert owner == {"IE.1": aoife.pk, "IE.2": brian.pk, "353874120968": brian.pk}
    assert Ticket.objects.count() == 2
    assert aoife.conversations.get().messages.count() == 1


def test_somebody_known_by_number_only_is_the_same_person_once_an_id_comes_along(cast: House) -> None:
    intake.receive(writes(cast.inbox, "Hello"))
    intake.receive(writes(cast.inbox, "Hello again", bsuid="IE.1"))
    intake.receive(writes(cast.inbox, "No number now", phone="", bsuid="IE.1"))
    assert Contact.objects.count() == 1
    assert Ticket.objects.count() == 1


def test_the_reply_window_never_moves_back(cast: House) -> None:
    late = clock.now() - dt.timedelta(minutes=1)
    intake.receive(writes(cast.inbox, at=late))
    intake.receive(writes(cast.inbox, at=late - dt.timedelta(hours=5)))
    assert ContactIdentity.objects.get().last_inbound_at == late


def test_a_message_wakes_a_pending_ticket(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.PENDING)
    intake.receive(writes(cast.inbox, "Here is the photo"))
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_an_answered_wait_begins_anew_with_the_next_message(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    messaging.reply(
        actor=cast.lena,
        ticket_id=ticket.pk,
        text="On its way",
        client_id=uuid.uuid4(),
        seen_seq=newest_seq(ticket),
    )
    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.due_at, ticket.unanswered_count) == (None, None, 0)
    at = clock.now()
    intake.receive(writes(cast.inbox, "When?", at=at))
    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.unanswered_count) == (at, 1)
