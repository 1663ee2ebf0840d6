"""A random history, told by the real actions: everything that may happen to a ticket, at any hour, also wrongly.

What no action does yet is written as an action would write it: putting a ticket on hold, a machine that resolves by
itself, a ticket that we begin, one contact who turns out to be another.
"""

import datetime as dt
import random
import zoneinfo
from collections import defaultdict
from collections.abc import Callable

from django.db.models import F

from agents.models import Membership, PresenceInterval, PresenceState, User
from helpdesk import clock
from surveys import invitations
from surveys.defaults import install as install_surveys
from surveys.models import InvitationState, Survey, SurveyInvitation, SurveyKind
from tests.analytics.history import answers, begins, hears, machine_says, puts, resolves, settles, someone
from tests.cast import House, newest_seq, writes
from tests.paper import paper
from tickets import delivery, intake
from tickets.actions import assignment, bots, decisions, lifecycle, merging, spam, triage
from tickets.actions.clocks import notice_next
from tickets.channels import DeliveryUnknown, SendError
from tickets.defaults import install, install_texts
from tickets.errors import Refused
from tickets.inbound import DeliveryReport, DeliveryStatus, Outcome
from tickets.models import (
    OPEN_STATUSES,
    AutomaticText,
    BusinessHours,
    BusinessInterval,
    Contact,
    ContentType,
    EventKind,
    FocusSegment,
    Inbox,
    Message,
    RoutingRule,
    Status,
    Tag,
    TeamHours,
    Ticket,
    TicketEvent,
)

# Office hours of both teams, local: weekdays, first and last minute of the day.
OFFICE = (range(5), 9 * 60, 17 * 60)
FINANCE_OFFICE = (range(6), 7 * 60 + 30, 13 * 60)
TAGS = ("damage", "refund", "size")
# Mostly the scores on either side of a line.
SCORES = {5: [1, 2, 3, 3, 4, 4, 5], 10: [1, 6, 7, 7, 8, 8, 9, 10]}
RECOMMENDATIONS = [0, 5, 6, 6, 7, 8, 9, 9, 10]
Standing = tuple[int, int, int | None]  # an open ticket with its team and its assignee


def furnish(cast: House, zone: str) -> Inbox:
    """Give the house office hours, confirmations, surveys, an agent of two teams; return a second inbox."""
    BusinessHours.objects.all().delete()
    install(time_zone=zone)
    install_texts()
    hours = BusinessHours.objects.create(name="Mornings", time_zone=zone)
    weekdays, begins_at, ends_at = FINANCE_OFFICE
    for weekday in weekdays:
        BusinessInterval.objects.create(hours=hours, weekday=weekday, begins=begins_at, ends=ends_at)
    TeamHours.objects.create(team=cast.finance, hours=hours)
    AutomaticText.objects.filter(kind="acknowledgement").update(is_active=True)
    install_surveys()
    Survey.objects.update(active_since=dt.datetime(2020, 1, 1, tzinfo=dt.UTC), cap_days=1)
    Membership.objects.create(user=cast.mateus, team=cast.finance)
    RoutingRule.objects.create(name="Parcels", position=1, keywords=["parcel"], team=cast.finance)
    for name in TAGS:
        Tag.objects.create(name=name)
    Inbox.objects.filter(pk=cast.inbox.pk).update(reopen_window=dt.timedelta(hours=24))
    cast.inbox.refresh_from_db()
    window = dt.timedelta(days=10)
    return Inbox.objects.create(name="Support UK", channel="post", team=cast.finance, reopen_window=window)


class Story:
    """Goes on as long as one likes."""

    def __init__(self, cast: House, seed: int, *, zone: str = "Europe/Berlin", first: dt.datetime) -> None:
        self.cast = cast
        self.dice = random.Random(seed)
        random.seed(seed)
        self.zone = zoneinfo.ZoneInfo(zone)
        self.inboxes = [cast.inbox, cast.inbox, furnish(cast, zone)]
        self.at = self.last_look = first
        self.regulars = [someone() for _ in range(3)]
        self.phones = [someone() for _ in range(10)]
        self.loyal = someone()
        self.open_at_end: dict[dt.date, list[Standing]] = {}
        self.scale: int | None = None  # of the question how satisfied somebody is, when it changes no more
        self.busy_until = {cast.lena.pk: first - dt.timedelta(hours=1), cast.mateus.pk: first - dt.timedelta(hours=1)}
        self.steps: list[Callable[[Ticket], object]] = [
            *[self.replies] * 6, *[self.resolves] * 5, self.fails, self.undoes, self.reopens, *[self.hands_over] * 2,
            *[self.claims] * 2, self.tags, *[self.waits] * 4, self.settles, self.machine_replies, self.bounces,
            self.loses, self.retries, self.arrives_after_all, *[self.is_rated] * 5, self.is_somebody_else,
            self.is_spam, self.is_no_spam, *[self.merges] * 3, self.unmerges, *[self.bot_answers] * 3,
        ]  # fmt: skip

    def go_on(self, number: int) -> None:
        """Let so many things happen."""
        for _ in range(number):
            self.pass_time()
            tickets = list(Ticket.objects.order_by("-last_activity_at", "-pk")[:7])
            if not tickets or self.dice.random() < 0.36:
                self.is_written_to()
                self.at += dt.timedelta(seconds=self.dice.choice([2, 9, 40]))
                self.deliver()
                continue
            try:
                self.dice.choice(self.steps)(self.dice.choice(tickets))
            except Refused:
                paper.plan.clear()
            self.deliver()

    def pass_time(self) -> None:
        """Let minutes or hours pass, with what machines do meanwhile; look at the tickets at each midnight."""
        minutes = self.dice.choice([1, 2, 5, 8, 30, 90, 300, 1400])
        then = self.at + dt.timedelta(minutes=minutes, seconds=self.dice.randrange(60))
        day = self.day(self.at)
        if day < self.day(then) and self.dice.random() < 0.5:
            tomorrow = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), self.zone)
            then = tomorrow.astimezone(dt.UTC)  # not a moment after midnight
        self.reach(then)

    def reach(self, then: dt.datetime) -> None:
        """Let the time until a moment pass."""
        day = self.day(self.at)
        while day < self.day(then):
            self.look(day)
            self.spend(day)
            day += dt.timedelta(days=1)
        self.at = then
        self.let_machines_work()

    def sleep(self, days: int) -> None:
        """Let nothing happen for a season."""
        for _ in range(days):
            self.look(self.day(self.at))
            self.at += dt.timedelta(days=1)
        self.let_machines_work()

    def let_machines_work(self) -> None:
        """Let clocks run out, windows close, surveys and messages leave."""
        with clock.at(self.at):
            while notice_next() or lifecycle.close_next() or delivery.settle_next():
                pass
            self.ask()
        self.deliver()

    def look(self, day: dt.date) -> None:
        """Write down what is open."""
        self.open_at_end[day] = list(
            Ticket.objects.filter(status__in=OPEN_STATUSES).values_list("pk", "team_id", "assignee_id")
        )

    def day(self, at: dt.datetime) -> dt.date:
        """Return the local day."""
        return at.astimezone(self.zone).date()

    def deliver(self) -> None:
        """Let everything leave that is due, and most of it arrive."""
        with clock.at(self.at):
            while delivery.deliver_next():
                pass
            if self.dice.random() < 0.6:
                for message in Message.objects.filter(purpose="survey", state="sent", delivered_at=None):
                    self.report(message, DeliveryStatus.DELIVERED)

    def report(self, message: Message, status: DeliveryStatus, *, late: int = 0) -> None:
        """Let the provider say what became of a message; `late` are minutes that its word was on its way."""
        attempt = message.attempts.latest("number")
        with clock.at(self.at):
            delivery.report(
                DeliveryReport(
                    inbox_id=message.inbox_id,
                    external_id=message.external_id or f"late-{attempt.token}",
                    status=status,
                    occurred_at=self.at - dt.timedelta(minutes=late),
                    token=str(attempt.token),
                )
            )

    # -- What contacts do ------------------------------------------------------------------------------

    def is_written_to(self) -> None:
        """Somebody writes, and the word of it may be late; or we write to somebody."""
        inbox = self.dice.choice(self.inboxes)
        if self.dice.random() < 0.07:
            phone = someone()
            begins(self.cast.lena if inbox == self.cast.inbox else self.cast.mateus, inbox, phone, self.at)
            self.phones.append(phone)
            return
        late = dt.timedelta(minutes=self.dice.choice([0, 0, 0, 7, 300, 2880]))
        known = [self.dice.choice(self.phones), self.phones[-1], *[self.dice.choice(self.regulars)] * 3]
        phone = self.dice.choice([someone(), *known])
        text = self.dice.choice(["Hi", "Where is my parcel?", "Thanks", "It broke again", "I want a human agent"])
        with clock.at(self.at):
            receipt = intake.receive(writes(inbox, text, phone=phone, at=self.at - late))
        # What comments on a survey belongs to no ticket.
        if receipt.ticket_id is None:
            return
        if receipt.outcome == Outcome.OPENED and self.dice.random() < 0.4:
            for name in self.dice.sample(TAGS, self.dice.choice([1, 2])):
                self.tag(receipt.ticket_id, name)
        if self.dice.random() < 0.04:
            contact = Ticket.objects.get(pk=receipt.ticket_id).conversation.contact
            contact.is_test = True
            self.change(contact)

    def is_rated(self, ticket: Ticket) -> None:
        """A contact gives a score, again or for the first time, soon or late."""
        sent = list(SurveyInvitation.objects.filter(state=InvitationState.SENT).select_related("survey", "ticket"))
        if not sent:
            return
        sent.sort(key=lambda one: one.pk)
        invitation = self.dice.choice([*sent, *sent[-3:]])
        self.rates(invitation)
        if invitation.survey.kind == SurveyKind.CSAT and self.dice.random() < 0.9:
            self.at += dt.timedelta(minutes=1)
            with clock.at(self.at):
                self.ask()
            self.deliver()
            asked = SurveyInvitation.objects.filter(ticket=invitation.ticket, survey__kind=SurveyKind.NPS)
            for following in asked.filter(state=InvitationState.SENT).order_by("-pk")[:1]:
                self.rates(following)

    def rates(self, invitation: SurveyInvitation, score: int | None = None) -> None:
        """A contact taps or types a score, any one if none is given; the word of it may be late."""
        conversation = invitation.ticket.conversation
        identity = conversation.contact.identities.filter(inbox=conversation.inbox).first()
        if identity is None:
            return
        is_csat = invitation.survey.kind == SurveyKind.CSAT
        options = SCORES[invitation.survey.scale.highest] if is_csat else RECOMMENDATIONS
        score = self.dice.choice(options) if score is None else score
        late = dt.timedelta(minutes=self.dice.choice([0, 0, 30]))
        tapped = {"choice": {"id": f"survey:{invitation.token}:{score}"}}
        choice = {"content_type": ContentType.CHOICE, "content": tapped}
        words = choice if is_csat else {"text": str(score)}
        with clock.at(self.at):
            intake.receive(
                writes(conversation.inbox, phone=identity.value, at=self.at - late, **{"text": "", **words})  # type: ignore[arg-type]
            )

    def ask(self) -> None:
        """Invite to rate what was resolved, and send what is due; now and then the scale changes."""
        highest = self.scale or (10 if Ticket.objects.count() // 5 % 2 else 5)
        Survey.objects.filter(kind=SurveyKind.CSAT).exclude(highest=highest).update(highest=highest)
        survey = invitations.first_survey()
        assert survey is not None
        news = TicketEvent.objects.filter(kind=EventKind.RESOLVED, survey_invitations=None)
        for resolution in news.select_related("ticket__conversation__contact"):
            due_at = resolution.occurred_at + survey.delay
            invitations.invite(survey, resolution.ticket, resolution, due_at=due_at, at=clock.now())
        while invitations.process_next():
            pass

    def is_somebody_else(self, ticket: Ticket) -> None:
        """A contact turns out to be another one."""
        contact, other = ticket.conversation.contact, Ticket.objects.earliest("pk").conversation.contact
        apart = {contact.pk, contact.merged_into_id} & {other.pk, other.merged_into_id} <= {None}
        if apart and other.merged_into is None and not contact.merged_contacts.exists() and self.dice.random() < 0.3:
            contact.merged_into, contact.is_test = other, other.is_test
            self.change(contact)

    def change(self, contact: Contact) -> None:
        """Save what is new about a contact, and let the figures of all their tickets know."""
        contact.save()
        Ticket.objects.filter(conversation__contact=contact).update(version=F("version") + 1)

    # -- What agents do --------------------------------------------------------------------------------

    def somebody(self, ticket: Ticket) -> User:
        """Choose who works on a ticket: mostly the same person."""
        both = [self.cast.lena, self.cast.mateus]
        if ticket.team_id == self.cast.finance.pk:
            return self.cast.mateus
        place = Ticket.objects.filter(pk__lt=ticket.pk).count()
        return both[place % 2] if self.dice.random() < 0.85 else self.dice.choice(both)

    def looks(self, who: User, ticket: Ticket) -> None:
        """Somebody has the ticket before their eyes around this moment, sometimes for long; browsers may crash."""
        begin = max(self.busy_until[who.pk], self.at - dt.timedelta(seconds=self.dice.randrange(900)))
        end = begin + dt.timedelta(seconds=self.dice.choice([5, 90, 400, 1500, 9000]))
        self.busy_until[who.pk] = end
        FocusSegment.objects.create(
            user=who,
            ticket=ticket,
            composing=self.dice.random() < 0.3,
            started_at=begin,
            last_seen_at=end,
            ended_at=end,
        )

    def spend(self, day: dt.date) -> None:
        """Let both agents have been here on a day: with a break, past midnight, or until a crash."""
        for who in (self.cast.lena, self.cast.mateus):
            at = dt.datetime.combine(day, dt.time(self.dice.choice([0, 7, 8])), self.zone).astimezone(dt.UTC)
            PresenceInterval.objects.filter(user=who, ended_at=None).update(ended_at=at)
            last = PresenceInterval.objects.filter(user=who).order_by("-started_at").first()
            at = max(at, last.ended_at) if last and last.ended_at else at
            for state in self.dice.sample(["online", "away", "online", "online"], 3):
                end = at + dt.timedelta(seconds=self.dice.randrange(900, 25_000))
                PresenceInterval.objects.create(
                    user=who, state=PresenceState(state), started_at=at, last_seen_at=end, ended_at=end
                )
                at = end

    def end(self) -> None:
        """Let the rare happen for certain, look at the tickets once more; leave everybody's last presence open."""
        self.writes_twice_and_is_plagued()
        self.is_loyal(3)
        self.reach(self.at + dt.timedelta(days=2))
        self.is_loyal(8)
        self.is_helped_in_vain_taken_over_and_just_not_satisfied()
        self.look(self.day(self.at))
        for model in (PresenceInterval, FocusSegment):
            for who in (self.cast.lena, self.cast.mateus):
                last = model.objects.filter(user=who).order_by("-started_at").first()
                if last is not None:
                    model.objects.filter(pk=last.pk).update(ended_at=None)

    def replies(self, ticket: Ticket) -> None:
        """Somebody replies; the provider accepts it at once or two minutes later."""
        who = self.somebody(ticket)
        late = dt.timedelta(minutes=self.dice.choice([0, 2]))
        answers(who, ticket, self.at, accepted_at=self.at + late)
        self.at += late
        if self.dice.random() < 0.7:
            self.looks(who, ticket)

    def is_loyal(self, recommends: int) -> None:
        """One contact who comes back again and again is helped, satisfied, and says whether they would recommend us."""
        ticket = hears(self.cast, self.at, phone=self.loyal)
        try:
            answers(self.cast.lena, ticket, self.at)
            resolves(self.cast.lena, ticket, self.at)
        except Refused:
            return  # of the one before, something else became
        for kind, score in ((SurveyKind.CSAT, 5), (SurveyKind.NPS, recommends)):
            self.reach(self.at + Survey.objects.get(kind=kind).delay + dt.timedelta(minutes=1))
            asked = SurveyInvitation.objects.filter(ticket=ticket, survey__kind=kind, state=InvitationState.SENT)
            for invitation in asked.order_by("-pk")[:1]:
                self.rates(invitation, score)

    def writes_twice_and_is_plagued(self) -> None:
        """One contact writes to both addresses, and it is one request; another one only advertises."""
        pause = dt.timedelta(minutes=4)
        first, second, junk = (hears(self.cast, self.at, inbox=self.inboxes[place]) for place in (0, -1, 0))
        self.reach(self.at + pause)
        contact, other = first.conversation.contact, second.conversation.contact
        contact.merged_into = other
        self.change(contact)
        with clock.at(self.at):
            spam.mark_spam(actor=self.cast.ada, ticket_id=junk.pk, seen_seq=newest_seq(junk))
            merging.merge(actor=self.cast.ada, ticket_id=first.pk, into_id=second.pk, seen_seq=newest_seq(first))
        self.reach(self.at + pause)
        answers(self.cast.mateus, second, self.at)

    def is_helped_in_vain_taken_over_and_just_not_satisfied(self) -> None:
        """One more contact is not helped by a bot, answered by one agent, helped by another, and gives 7 of 10."""
        self.scale, minutes = 10, dt.timedelta(minutes=4)
        ticket = hears(self.cast, self.at)
        with clock.at(self.at):
            bots.answer(actor=self.cast.ada, ticket_id=ticket.pk, text="Look into the box.")
            bots.resolve(actor=self.cast.ada, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
        self.reach(self.at + minutes)
        self.goes_on(ticket, "It broke again")
        self.reach(self.at + minutes)
        answers(self.cast.lena, ticket, self.at)
        self.reach(self.at + minutes)
        with clock.at(self.at):
            assignment.assign(actor=self.cast.ada, ticket_id=ticket.pk, assignee_id=self.cast.mateus.pk)
        resolves(self.cast.mateus, ticket, self.at)
        self.reach(self.at + Survey.objects.get(kind=SurveyKind.CSAT).delay + minutes)
        self.rates(SurveyInvitation.objects.get(ticket=ticket, state=InvitationState.SENT), 7)

    def fails(self, ticket: Ticket) -> None:
        """Somebody replies and resolves, and the provider refuses the reply."""
        paper.plan.append(SendError("No", permanent=True))
        answers(self.somebody(ticket), ticket, self.at)

    def loses(self, ticket: Ticket) -> None:
        """Somebody replies, and nobody knows whether it arrived."""
        paper.plan.append(DeliveryUnknown("The line broke."))
        answers(self.somebody(ticket), ticket, self.at)

    def bounces(self, ticket: Ticket) -> None:
        """The provider took a message, and says later that it failed."""
        sent = ticket.messages.filter(state="sent", purpose__in=["reply", "acknowledgement"], delivered_at=None)
        for message in sent.order_by("-seq")[:1]:
            self.report(message, DeliveryStatus.FAILED)

    def arrives_after_all(self, ticket: Ticket) -> None:
        """The provider says, late, that something arrived that was lost or had failed."""
        lost = Message.objects.filter(
            state__in=["unknown", "failed"], purpose="reply", attempts__isnull=False
        ).distinct()
        for message in lost.order_by("-pk")[:1]:
            self.report(message, DeliveryStatus.DELIVERED, late=self.dice.choice([0, 1]))

    def retries(self, ticket: Ticket) -> None:
        """Somebody sends again what failed."""
        for message in Message.objects.filter(state="failed", purpose="reply", author_kind="agent").order_by("-pk")[:1]:
            with clock.at(self.at):
                decisions.retry_reply(actor=self.cast.ada, message_id=message.pk)

    def resolves(self, ticket: Ticket) -> None:
        """Somebody resolves."""
        who = self.somebody(ticket)
        resolves(who, ticket, self.at)
        if self.dice.random() < 0.3:
            self.looks(who, ticket)

    def settles(self, ticket: Ticket) -> None:
        """A machine resolves."""
        settles(ticket, self.at)

    def undoes(self, ticket: Ticket) -> None:
        """Somebody resolves, and takes it back."""
        self.resolves(ticket)
        self.at += dt.timedelta(minutes=1)
        with clock.at(self.at):
            lifecycle.undo_resolve(actor=self.cast.ada, ticket_id=ticket.pk)

    def reopens(self, ticket: Ticket) -> None:
        """Somebody reopens."""
        with clock.at(self.at):
            lifecycle.reopen(actor=self.cast.ada, ticket_id=ticket.pk)

    def waits(self, ticket: Ticket) -> None:
        """Somebody puts it on hold, or makes it wait for the contact, or goes on."""
        status = self.dice.choice([Status.PENDING, Status.ON_HOLD, Status.ON_HOLD, Status.OPEN])
        puts(self.cast.ada, ticket, status, self.at)

    def hands_over(self, ticket: Ticket) -> None:
        """The administrator hands it to another team."""
        with clock.at(self.at):
            team = self.dice.choice([self.cast.returns, self.cast.finance])
            assignment.transfer(actor=self.cast.ada, ticket_id=ticket.pk, team_id=team.pk)

    def is_spam(self, ticket: Ticket) -> None:
        """The administrator takes it for spam."""
        with clock.at(self.at):
            spam.mark_spam(actor=self.cast.ada, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))

    def is_no_spam(self, ticket: Ticket) -> None:
        """Some spam was none."""
        for one in Ticket.objects.filter(spam_at__isnull=False).order_by("-pk")[:3]:
            with clock.at(self.at):
                spam.unmark_spam(actor=self.cast.ada, ticket_id=one.pk)

    def merges(self, ticket: Ticket) -> None:
        """Two tickets of one contact, in one conversation or in two, become one."""
        of_person: dict[int, list[Ticket]] = defaultdict(list)
        for one in Ticket.objects.standing().select_related("conversation__contact").order_by("pk"):
            contact = one.conversation.contact
            of_person[contact.merged_into_id or contact.pk].append(one)
        several = [tickets for tickets in of_person.values() if len(tickets) > 1]
        if not several:
            self.is_somebody_else(ticket)
            return
        source, target = self.dice.sample(self.dice.choice(several)[-3:], 2)
        with clock.at(self.at):
            merging.merge(actor=self.cast.ada, ticket_id=source.pk, into_id=target.pk, seen_seq=newest_seq(source))

    def unmerges(self, ticket: Ticket) -> None:
        """Two tickets were not one after all."""
        for one in Ticket.objects.filter(merged_into__isnull=False).order_by("-pk")[:2]:
            with clock.at(self.at):
                merging.unmerge(actor=self.cast.ada, ticket_id=one.pk)

    def claims(self, ticket: Ticket) -> None:
        """Somebody takes it."""
        with clock.at(self.at):
            assignment.claim(actor=self.somebody(ticket), ticket_id=ticket.pk)

    def tags(self, ticket: Ticket) -> None:
        """A tag is put on it."""
        self.tag(ticket.pk, self.dice.choice(TAGS))

    def tag(self, ticket_id: int, name: str) -> None:
        """The administrator puts a tag on it."""
        with clock.at(self.at):
            triage.add_tag(actor=self.cast.ada, ticket_id=ticket_id, name=name)

    def machine_replies(self, ticket: Ticket) -> None:
        """A machine answers, which answers nothing."""
        machine_says(ticket, self.at)

    def bot_answers(self, ticket: Ticket) -> None:
        """A bot answers what nobody has; then somebody takes it, is asked for, or the bot resolves in vain."""
        free = Ticket.objects.filter(status__in=OPEN_STATUSES, assignee=None, needs_human=False)
        ticket = free.order_by("-last_activity_at", "-pk").first() or ticket
        with clock.at(self.at):
            bots.answer(actor=self.cast.ada, ticket_id=ticket.pk, text="Look into the box.")
        self.deliver()
        self.pass_time()
        match self.dice.randrange(4):
            case 0:
                self.claims(ticket)
            case 1:
                self.goes_on(ticket, "I want a human agent")
            case 2:
                with clock.at(self.at):
                    bots.resolve(actor=self.cast.ada, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
                self.pass_time()
                self.goes_on(ticket, "It broke again")
        self.pass_time()
        ticket.refresh_from_db()
        if self.dice.random() < 0.8:
            self.replies(ticket)

    def goes_on(self, ticket: Ticket, text: str) -> None:
        """The contact of a ticket writes once more."""
        conversation = ticket.conversation
        identity = conversation.contact.identities.filter(inbox=conversation.inbox).first()
        if identity is not None:
            with clock.at(self.at):
                intake.receive(writes(conversation.inbox, text, phone=identity.value, at=self.at))
