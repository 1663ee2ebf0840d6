"""What the house says by itself, in which words, and whether at all."""

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.models import Team
from helpdesk import clock
from tickets import phrases, placeholders
from tickets.actions import texts as actions
from tickets.errors import Refused, StaleEdit
from tickets.models import AutomaticText, BusinessHours, Inbox, TextKind
from tickets.views.present import language_name
from tickets.views.setup.base import AgentRequest, SetupCard, configurers_only, done

INSERT = re.compile(rf"insert-({'|'.join(placeholders.ALLOWED)})")
SAMPLE_NUMBER = "#1042"
SAMPLE_NAME = "Aoife Brennan"


@dataclass(frozen=True)
class About:
    """What a person must know about a kind of text."""

    icon: str
    when: str | Promise
    is_optional: bool = True


KINDS: dict[str, About] = {
    TextKind.ACKNOWLEDGEMENT: About(
        "check-check", gettext_lazy("Once for each new ticket, as soon as the first message came in.")
    ),
    TextKind.OUT_OF_HOURS: About(
        "moon", gettext_lazy("Instead of the acknowledgement, while the team's business hours are closed.")
    ),
    TextKind.WELCOME: About("hand", gettext_lazy("Instead of the acknowledgement, to people who never wrote before.")),
    TextKind.UPDATE: About("arrow-right-left", gettext_lazy("When an open ticket is handed over to another team.")),
    TextKind.BOT_HINT: About(
        "bot", gettext_lazy("Below each answer of a bot, so that everybody can reach a person."), is_optional=False
    ),
    TextKind.FEEDBACK: About(
        "message-circle-heart",
        gettext_lazy("Never by itself: whoever follows up a low score completes it and sends it as a reply."),
        is_optional=False,
    ),
}
MEANINGS: dict[str, str | Promise] = {
    "ticket_number": gettext_lazy("Ticket number"),
    "name": gettext_lazy("Name of the contact"),
    "eta": gettext_lazy("Expected time of the reply"),
    "opening": gettext_lazy("Next opening"),
    "team": gettext_lazy("Team"),
}


def card() -> SetupCard:
    """Return the overview's card."""
    active = AutomaticText.objects.filter(is_active=True).values_list("kind", flat=True).distinct()
    names = [str(TextKind(kind).label) for kind, about in KINDS.items() if about.is_optional and kind in set(active)]
    return SetupCard(
        url=reverse("setup:texts"),
        icon="message-square-text",
        title=_("Texts"),
        text=_("What is said by itself when somebody writes, in the contact's language."),
        state=", ".join(names) or _("Nothing is said by itself"),
        tone="ok" if names else "warn",
    )


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the kinds with their languages, and the inboxes that send them."""
    return _index(request)


def _index(request: AgentRequest, *, status: int = 200, **refused: Any) -> HttpResponse:
    texts: dict[str, list[AutomaticText]] = {}
    for text in AutomaticText.objects.all():
        texts.setdefault(text.kind, []).append(text)
    sample = Sample.now()
    listed = [_kind(kind, texts[kind], sample) for kind in KINDS if kind in texts]
    context = {"listed": listed, "inboxes": Inbox.objects.select_related("team"), **refused}
    return render(request, "setup/texts/index.html", context, status=status)


def _kind(kind: str, texts: list[AutomaticText], sample: "Sample") -> dict[str, Any]:
    ours = (get_language() or "en").partition("-")[0]
    shown = next((text for text in texts if text.language == ours), texts[0])
    return {
        "kind": kind,
        "name": TextKind(kind).label,
        "about": KINDS[kind],
        "is_active": any(text.is_active for text in texts),
        "languages": [
            {"text": language_name(text.language), "url": reverse("setup:texts_edit", args=[text.pk])} for text in texts
        ],
        "edit_url": reverse("setup:texts_edit", args=[shown.pk]),
        "bubble": sample.bubble(shown.text, shown.language, f"sample-{kind}"),
    }


@configurers_only
@require_POST
def switches(request: AgentRequest) -> HttpResponse:
    """Switch a kind of text, or an inbox's texts, on or off."""
    on = request.POST.get("on") == "1"
    kind, inbox = request.POST.get("kind", ""), request.POST.get("inbox", "")
    if kind in KINDS and KINDS[kind].is_optional:
        actions.switch(actor=request.user, kind=TextKind(kind), on=on)
        name = str(TextKind(kind).label)
    elif inbox.isdecimal():
        name = get_object_or_404(Inbox, pk=inbox).name
        actions.switch_inbox(actor=request.user, inbox_id=int(inbox), on=on)
    else:
        raise Http404
    text = _("“%(name)s” is switched on") if on else _("“%(name)s” is switched off")
    return done(request, text % {"name": name}, reverse("setup:texts"))


@configurers_only
@require_POST
def bots(request: AgentRequest, pk: int) -> HttpResponse:
    """Say how many answers of a bot in a row an inbox allows."""
    get_object_or_404(Inbox, pk=pk)
    most = request.POST.get("most", "").strip()
    try:
        inbox = actions.limit_bots(actor=request.user, inbox_id=pk, most=int(most) if most.isdecimal() else 0)
    except Refused as refusal:
        return _index(request, status=422, refusal=refusal, refused_inbox=pk)
    text = ngettext(
        "“%(name)s”: people take over after %(count)d answer of a bot",
        "“%(name)s”: people take over after %(count)d answers of a bot",
        inbox.bot_replies_at_most,
    )
    return done(request, text % {"name": inbox.name, "count": inbox.bot_replies_at_most}, reverse("setup:texts"))


@configurers_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change the words of a kind in one language."""
    row = get_object_or_404(AutomaticText.objects.select_related("changed_by"), pk=pk)
    if request.method != "POST":
        return _page(request, row, row.text)
    words, do = request.POST.get("text", "").replace("\r\n", "\n"), request.POST.get("do", "")
    if insert := INSERT.fullmatch(do):
        return _page(request, row, f"{words.rstrip()} {{{{{insert[1]}}}}}".lstrip())
    if do == "look":
        return _page(request, row, words)
    if actions.complaints(row.kind, words):
        return _page(request, row, words, status=422)
    version = request.POST.get("version", "")
    try:
        actions.change(
            actor=request.user, text_id=row.pk, version=int(version) if version.isdecimal() else -1, text=words
        )
    except Refused as refusal:
        return _page(request, row, words, status=409, refusal=refusal)
    return done(request, _("Text saved"), reverse("setup:texts_edit", args=[row.pk]))


def _page(
    request: AgentRequest, row: AutomaticText, words: str, *, status: int = 200, refusal: Refused | None = None
) -> HttpResponse:
    sample = Sample.now()
    siblings = AutomaticText.objects.filter(kind=row.kind)
    context = {
        "row": row,
        "about": KINDS[row.kind],
        "words": words,
        "version": row.version if request.method != "POST" else request.POST.get("version", ""),
        "complaints": actions.complaints(row.kind, words),
        "is_checked": status == 422,
        "refusal": refusal,
        "is_stale": isinstance(refusal, StaleEdit),
        "length": len(words.strip()),
        "limit": AutomaticText.MAX_LENGTH,
        "languages": [
            {
                "text": language_name(one.language),
                "url": reverse("setup:texts_edit", args=[one.pk]),
                "current": one.pk == row.pk,
            }
            for one in siblings
        ],
        "inserts": [
            {
                "name": name,
                "written": f"{{{{{name}}}}}",
                "meaning": MEANINGS[name],
                "required": name in placeholders.REQUIRED[row.kind],
            }
            for name in placeholders.ALLOWED
        ],
        "bubble": sample.bubble(words, row.language, "sample"),
        "bare_bubble": sample.bare().bubble(words, row.language, "sample-bare"),
    }
    template = "setup/texts/_editor.html" if request.htmx else "setup/texts/edit.html"
    return render(request, template, context, status=status)


@dataclass(frozen=True)
class Sample:
    """A made-up moment in which a text is shown as a contact would read it."""

    at: dt.datetime
    zone: zoneinfo.ZoneInfo
    name: str
    team: str
    due: dt.datetime | None
    opening: dt.datetime

    @classmethod
    def now(cls) -> "Sample":
        """Promise a reply within the hour, and an opening tomorrow at nine."""
        hours = BusinessHours.objects.filter(is_default=True).first()
        zone = zoneinfo.ZoneInfo(hours.time_zone if hours else settings.TIME_ZONE)
        at = clock.now()
        tomorrow = (at.astimezone(zone) + dt.timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
        team = Team.objects.order_by("name").values_list("name", flat=True).first() or _("Front desk")
        return cls(at=at, zone=zone, name=SAMPLE_NAME, team=team, due=at + dt.timedelta(minutes=30), opening=tomorrow)

    def bare(self) -> "Sample":
        """Return the same moment for somebody without a name, when nothing is promised."""
        return Sample(at=self.at, zone=self.zone, name="", team=self.team, due=None, opening=self.opening)

    def bubble(self, text: str, language: str, element: str) -> dict[str, Any]:
        """Return the parameters of components/message.html."""
        values = {
            "ticket_number": SAMPLE_NUMBER,
            "name": self.name,
            "eta": phrases.until(self.due, self.at, self.zone, language) if self.due else "",
            "opening": phrases.at(self.opening, self.at, self.zone, language),
            "team": self.team,
        }
        return {
            "id": element,
            "seq": 0,
            "direction": "out",
            "text": placeholders.fill_in(text, values),
            "language": language,
            "author": _("Automatic message"),
            "automatic": True,
            "at": self.at,
            "state": "read",
        }
