"""What a notification says: sentences made when somebody reads them, from its kind and its ids.

A kind that this version does not know says that something happened, and leads to the ticket all the same.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agents.models import Notification, User
from tickets.models import Metric, SlaClock, Ticket

PAGE_SIZE = 50
CLOCK = re.compile(r"clock-(\d{1,18})-")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One line of the page."""

    pk: int
    kind: str
    text: str
    subject: str
    ticket_id: int | None
    at: dt.datetime
    is_unread: bool
    icon: str
    tone: str
    page: str = ""  # the name of the page that it leads to, where it is not about a ticket


def _warning(name: str, metric: str) -> str:
    sentences = {
        Metric.FIRST_RESPONSE: _("The first reply to %(name)s is due soon"),
        Metric.NEXT_RESPONSE: _("The next reply to %(name)s is due soon"),
        Metric.RESOLUTION: _("The solution for %(name)s is due soon"),
    }
    return sentences.get(Metric(metric) if metric else Metric.NEXT_RESPONSE, "") % {"name": name}


def _breach(name: str, metric: str) -> str:
    sentences = {
        Metric.FIRST_RESPONSE: _("The first reply to %(name)s is overdue"),
        Metric.NEXT_RESPONSE: _("The next reply to %(name)s is overdue"),
        Metric.RESOLUTION: _("The solution for %(name)s is overdue"),
    }
    return sentences.get(Metric(metric) if metric else Metric.NEXT_RESPONSE, "") % {"name": name}


def _reminder(name: str, metric: str) -> str:
    sentences = {
        Metric.FIRST_RESPONSE: _("%(name)s is still waiting for the first reply"),
        Metric.NEXT_RESPONSE: _("%(name)s is still waiting for the next reply"),
        Metric.RESOLUTION: _("%(name)s is still waiting for a solution"),
    }
    return sentences.get(Metric(metric) if metric else Metric.NEXT_RESPONSE, "") % {"name": name}


def _plain(text: Callable[[], str]) -> Callable[[str, str], str]:
    return lambda name, metric: text() % {"name": name, "metric": metric}


# kind: icon, tone, sentence of the contact's name and the clock's metric
KINDS: dict[str, tuple[str, str, Callable[[str, str], str]]] = {
    "sla_warning": ("timer", "warn", _warning),
    "sla_breach": ("circle-alert", "bad", _breach),
    "sla_reminder": ("bell-ring", "bad", _reminder),
    "assigned": ("user-check", "", _plain(lambda: _("You were given the ticket of %(name)s"))),
    "urgent": ("chevrons-up", "bad", _plain(lambda: _("%(name)s has an urgent request"))),
    "human_wanted": ("user-round", "warn", _plain(lambda: _("%(name)s asked for a person"))),
    "bot_handover": ("bot-off", "warn", _plain(lambda: _("A bot could not help %(name)s, a person is wanted"))),
    "follow_up": ("flag", "warn", _plain(lambda: _("A follow-up with %(name)s waits for you"))),
    "low_score": ("frown", "warn", _plain(lambda: _("%(name)s gave a low score"))),
    "delivery_failed": ("message-circle-x", "bad", _plain(lambda: _("Your reply to %(name)s was not delivered"))),
    "delivery_unknown": (
        "circle-question-mark",
        "warn",
        _plain(lambda: _("Nobody knows whether your reply to %(name)s arrived")),
    ),
}
# Alerts that are not about a ticket: icon, sentence, and the name of the page that they lead to.
PAGES: dict[str, tuple[str, StrOrPromise, str]] = {
    "review": ("chart-column", gettext_lazy("A new review of the figures is ready"), "reports:reviews"),
}
UNKNOWN = ("bell", "", _plain(lambda: _("Something happened with %(name)s")))


def read(
    user: User, *, unread_only: bool = False, before: int | None = None, after: int = 0, size: int = PAGE_SIZE
) -> list[Alert]:
    """Return a person's own alerts, newest first; three queries: rows, the tickets they may still see, clocks.

    A breach is as old as its deadline, however late it was noticed; `before` is the last alert of the page before.
    """
    rows = Notification.objects.filter(user=user, pk__gt=after).order_by("-created_at", "-pk")
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if before is not None:
        at = Notification.objects.filter(user=user, pk=before).values("created_at")
        rows = rows.filter(Q(created_at__lt=Subquery(at)) | Q(created_at=Subquery(at), pk__lt=before))
    return _alerts(user, rows[:size])


def _alerts(user: User, rows: Iterable[Notification]) -> list[Alert]:
    found = list(rows)
    tickets = (
        Ticket.objects.visible_to(user)
        .filter(pk__in={row.ticket_id for row in found if row.ticket_id})
        .select_related("conversation__contact")
        .in_bulk()
    )
    of_clocks = {row.pk: int(match[1]) for row in found if (match := CLOCK.match(row.key))}
    metrics = dict(SlaClock.objects.filter(pk__in=of_clocks.values()).values_list("pk", "metric")) if of_clocks else {}
    alerts = []
    for row in found:
        if row.kind in PAGES:
            alerts.append(_of_page(row))
            continue
        ticket = tickets.get(row.ticket_id or 0)
        icon, tone, sentence = KINDS.get(row.kind, UNKNOWN)
        name = ticket.conversation.contact.display_name if ticket else ""
        alerts.append(
            Alert(
                pk=row.pk,
                kind=row.kind,
                text=sentence(name, metrics.get(of_clocks.get(row.pk, 0), ""))
                if ticket
                else _("This was about a ticket that is no longer yours to see"),
                subject=ticket.subject if ticket else "",
                ticket_id=ticket.pk if ticket else None,
                at=row.created_at,
                is_unread=row.read_at is None,
                icon=icon if ticket else "bell",
                tone=tone if ticket else "",
            )
        )
    return alerts


def _of_page(row: Notification) -> Alert:
    icon, text, page = PAGES[row.kind]
    return Alert(
        pk=row.pk,
        kind=row.kind,
        text=str(text),
        subject="",
        ticket_id=None,
        at=row.created_at,
        is_unread=row.read_at is None,
        icon=icon,
        tone="",
        page=page,
    )
