"""What people write is shown as text, whatever it looks like."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tickets.actions import messaging, triage
from tickets.models import Draft, QuickReply, Tag
from tickets.views.bubbles import linkify

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "<hx-partial hx-target='#thread'>owned</hx-partial>",
    "{{ 7|add:7 }}{% csrf_token %}",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "</title><script>alert(1)</script>",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe <b>bold</b>",
]
MARKS = [
    "<script>alert",
    "<img src=x",
    "<svg/onload",
    "</textarea><script",
    "href='javascript",
    "<hx-partial hx-target='#thread'>owned",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_people_write_becomes_markup(cast: House, lena: Client, payload: str) -> None:
    ticket = ticket_of(writes(cast.inbox, payload, name=payload))
    tag = Tag.objects.create(name=payload[:40])
    ticket.tags.add(tag)
    QuickReply.objects.create(shortcut="evil", text=payload)
    Draft.objects.create(ticket=ticket, user=cast.lena, text=payload, updated_at=clock.now())
    cast.lena.first_name = payload[:150]
    cast.lena.save()
    messaging.add_note(actor=cast.lena, ticket_id=ticket.pk, text=payload, client_id=uuid.uuid4())
    triage.set_subject(actor=cast.lena, ticket_id=ticket.pk, subject=payload)
    htmx = {"HX-Request": "true"}
    answers = [
        lena.get(reverse("inbox:list", args=["all"])),
        lena.get(reverse("inbox:list", args=["all"]), headers=htmx),
        lena.get(reverse("inbox:ticket", args=["all", ticket.pk])),
        lena.get(reverse("inbox:ticket", args=["all", ticket.pk]), headers=htmx),
        lena.get(reverse("inbox:thread", args=[ticket.pk]), headers=htmx),
        lena.get(reverse("inbox:quick_replies", args=[ticket.pk]), headers=htmx),
        lena.get(reverse("inbox:transfer", args=[ticket.pk]), headers=htmx),
    ]
    for answer in answers:
        html = str(answer.content, "utf-8")
        assert answer.status_code == 200
        assert not [mark for mark in MARKS if mark in html]


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("see https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&amp;c=2"),
        ("(http://example.org)", "http://example.org"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://example.org", None),
        ("xhttps://", None),
    ],
)
def test_only_web_addresses_become_links(text: str, href: str | None) -> None:
    html = linkify(text)
    assert ("<a " in html) == (href is not None)
    if href:
        assert f'href="{href}"' in html
        assert 'rel="noopener noreferrer nofollow"' in html
