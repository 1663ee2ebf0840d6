"""What the page of a ticket asks in SQL says the same as the querysets, and what changes is seen at once."""

import datetime as dt
import uuid

from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from agents import presence
from agents.models import PresenceState, User
from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tickets import dossier, timeline, workload
from tickets.actions import assignment, lifecycle, messaging, triage
from tickets.models import Attachment, Message, Ticket, visible_in_sql
from tickets.opened import opened


def end(cast: House, ticket: Ticket) -> None:
    """Close a ticket, so that the next message opens another."""
    lifecycle.resolve(actor=cast.ada, ticket_id=ticket.pk, seen_seq=10**6)
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", closes_at=None)


def test_sql_shows_everybody_the_tickets_that_the_queryset_shows_them(cast: House) -> None:
    ticket_of(writes(cast.inbox, phone="301"))
    money = ticket_of(writes(cast.inbox, phone="302"))
    assignment.transfer(actor=cast.ada, ticket_id=money.pk, team_id=cast.finance.pk)
    gone = User.objects.create(username="gone", is_active=False, role="admin")
    stranger = User.objects.create(username="olga")
    for reader in (cast.lena, cast.amira, cast.jonas, cast.ada, gone, stranger):
        with connection.cursor() as cursor:
            condition = visible_in_sql(reader)
            cursor.execute(f"SELECT t.id FROM tickets_ticket t WHERE {condition}", {"user": reader.pk})  # noqa: S608
            shown = {pk for (pk,) in cursor.fetchall()}
        assert shown == set(Ticket.objects.visible_to(reader).values_list("pk", flat=True)), reader
    assert Ticket.objects.visible_to(cast.lena).count() == 1


def test_a_ticket_is_opened_by_those_who_may_read_it_with_all_that_the_querysets_say_of_it(cast: House) -> None:
    ticket_of(writes(cast.inbox, phone="301", name="Emma"))
    money = ticket_of(writes(cast.inbox, phone="302"))
    assignment.transfer(actor=cast.ada, ticket_id=money.pk, team_id=cast.finance.pk)
    User.objects.filter(pk=cast.mateus.pk).update(last_name="Ribeiro")
    for ticket in Ticket.objects.filter(team=cast.returns):
        assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=cast.mateus.pk)
    gone = User.objects.create(username="gone", is_active=False, role="admin")
    for reader in (cast.lena, cast.amira, cast.jonas, cast.ada, gone, User.objects.create(username="olga")):
        readable = Ticket.objects.visible_to(reader).select_related("conversation__contact", "conversation__inbox")
        expected = {ticket.pk: ticket for ticket in readable}
        for pk in (*Ticket.objects.values_list("pk", flat=True), 0, 2**63, 10**30):
            found, other = opened(reader, pk), expected.get(pk)
            if found is None or other is None:
                assert found is other is None, (reader, pk)
                continue
            for one, two in (
                (found, other),
                (found.conversation, other.conversation),
                (found.conversation.contact, other.conversation.contact),
                (found.conversation.inbox, other.conversation.inbox),
            ):
                assert model_to_dict(one) == model_to_dict(two)
            assert (found.team.name, found.team.capacity) == (other.team.name, other.team.capacity)
            names = [one.assignee and (one.assignee.name, one.assignee.username) for one in (found, other)]
            assert names[0] == names[1]
    assert Ticket.objects.exclude(assignee=None).exists()


def test_of_another_teams_ticket_in_the_conversation_only_subject_and_status_are_read(cast: House) -> None:
    secret = ticket_of(writes(cast.inbox, "My bank account", phone="301"))
    messaging.add_note(actor=cast.lena, ticket_id=secret.pk, text="Ask for the IBAN", client_id=uuid.uuid4())
    assignment.transfer(actor=cast.ada, ticket_id=secret.pk, team_id=cast.finance.pk)
    end(cast, secret)
    ticket = ticket_of(writes(cast.inbox, "My tent", phone="301"))
    assert ticket != secret
    read = timeline.read(cast.lena, ticket.conversation).entries
    assert [line.message.text for line in read if line.message] == ["My tent"]
    (earlier,) = dossier.of(ticket, cast.lena).earlier
    assert earlier.shown() == {"pk": None, "subject": "My bank account", "status": "Closed", "settled": True}
    (earlier,) = dossier.of(ticket, cast.jonas).earlier
    assert earlier.shown()["pk"] == secret.pk


def test_colleagues_are_placed_in_sql_as_the_assignment_counts_them(cast: House) -> None:
    now = clock.now()
    presence.set_state(cast.mateus.pk, PresenceState.BREAK, now)
    for n, person in enumerate((cast.lena, cast.lena, cast.mateus)):
        ticket = ticket_of(writes(cast.inbox, phone=f"31{n}"))
        assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=person.pk)
    Ticket.objects.filter(assignee=cast.mateus).update(snoozed_until=now + dt.timedelta(days=1))
    told = User.objects.filter(memberships__team=cast.returns, is_active=True).order_by("first_name")
    counted = told.annotate(here=workload.state(now), tickets=workload.load(now, of="pk"))
    expected = [(one.pk, one.here, one.tickets) for one in counted]
    assert [(one.person.pk, one.state, one.load) for one in workload.of_team(cast.returns.pk, now)] == expected
    assert {load for _pk, _state, load in expected} == {0, 2}


def test_whatever_changes_on_a_ticket_stands_on_its_page_at_once(cast: House, lena: Client, ticket: Ticket) -> None:
    url = reverse("inbox:ticket", args=["all", ticket.pk])

    def page() -> str:
        return lena.get(url).content.decode()

    assert "Emma" not in page()
    ticket.conversation.contact.name = "Emma"
    ticket.conversation.contact.save()
    assert page().count("Emma") > 3
    triage.set_subject(actor=cast.lena, ticket_id=ticket.pk, subject="A broken pole")
    triage.add_tag(actor=cast.lena, ticket_id=ticket.pk, name="warranty")
    assert "A broken pole" in page()
    assert "warranty" in page()
    message = Message.objects.get(ticket=ticket)
    file = Attachment.objects.create(message=message, state="failed", error_text="Too large")
    Message.objects.filter(pk=message.pk).update(content_type="image")
    assert "Too large" in page()
    Attachment.objects.filter(pk=file.pk).update(state="stored", error_text="")
    assert reverse("inbox:media", args=[file.token]) in page()
    User.objects.filter(pk=cast.mateus.pk).update(first_name="Matthias")
    assert "Matthias" in page()
