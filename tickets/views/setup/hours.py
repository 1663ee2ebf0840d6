"""When teams work."""

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.models import Team
from helpdesk import clock
from tickets import public_holidays
from tickets.actions import hours as actions
from tickets.calendars import calendar
from tickets.errors import Refused, StaleEdit
from tickets.models import BusinessHours, TeamHours
from tickets.views.setup import calendar_view, rows
from tickets.views.setup.base import AgentRequest, SetupCard, configurers_only, done
from tickets.views.setup.hours_form import HoursEditor, data_of

STEP = re.compile(r"(add|remove|copy|suggest|look)(?:-(week|holiday))?(?:-(\d{1,3}))?")
MAX_EXAMPLE_MINUTES = 100_000


def card() -> SetupCard:
    """Return the overview's card."""
    default = BusinessHours.objects.filter(is_default=True).first()
    if default is None:
        state, tone = _("No hours: clocks run day and night"), "warn"
    else:
        standing = calendar_view.standing(calendar(default), clock.now())
        state = _("Open now") if standing["is_open"] else _("Closed now, opens %(at)s") % {"at": standing["opens"]}
        tone = "ok" if standing["is_open"] else ""
    return SetupCard(
        url=reverse("setup:hours"),
        icon="clock",
        title=_("Business hours"),
        text=_("When teams work, and on which days they do not. Promised times count these hours only."),
        state=state,
        tone=tone,
    )


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the hours there are, the default ones first."""
    at = clock.now()
    found = BusinessHours.objects.prefetch_related("teams__team").order_by("-is_default", "name")
    listed = [
        {
            "hours": hours,
            "teams": [kept.team.name for kept in hours.teams.all()],
            **calendar_view.standing(calendar(hours), at),
        }
        for hours in found
    ]
    return render(request, "setup/hours/index.html", {"listed": listed})


@configurers_only
def new(request: AgentRequest) -> HttpResponse:
    """Write new hours."""
    return _edit(request, None)


@configurers_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change hours."""
    return _edit(request, get_object_or_404(BusinessHours.objects.select_related("changed_by"), pk=pk))


@configurers_only
@require_POST
def removal(request: AgentRequest, pk: int) -> HttpResponse:
    """Delete hours that nobody keeps."""
    hours = get_object_or_404(BusinessHours, pk=pk)
    version = request.POST.get("version", "")
    try:
        name = actions.remove(actor=request.user, hours_id=pk, version=int(version) if version.isdecimal() else -1)
    except Refused as refusal:
        return _page(request, hours, _stored(hours), status=409, refusal=refusal)
    return done(request, _("“%(name)s” is deleted") % {"name": name}, reverse("setup:hours"))


def _stored(hours: BusinessHours | None) -> QueryDict:
    return data_of(hours, time_zone=settings.TIME_ZONE)


def _edit(request: AgentRequest, hours: BusinessHours | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, hours, _stored(hours))
    data = request.POST.copy()
    step = STEP.fullmatch(data.get("do", ""))
    if step:
        return _page(request, hours, data, focus=_take(step, data))
    editor = HoursEditor(data, shows_errors=True)
    plan = editor.plan()
    if plan is None:
        return _page(request, hours, data, status=422, editor=editor)
    try:
        if hours is None:
            hours = actions.create(actor=request.user, plan=plan)
        else:
            version = editor.form.cleaned_data["version"]
            actions.change(actor=request.user, hours_id=hours.pk, version=version, plan=plan)
    except Refused as refusal:
        return _page(request, hours, data, status=409, editor=editor, refusal=refusal)
    return done(request, _("Hours saved"), reverse("setup:hours_edit", args=[hours.pk]))


def _take(step: re.Match[str], data: QueryDict) -> str:
    """Do one step of editing to the posted data; return the field that the person goes on with."""
    verb, part, raw = step.groups()
    number = int(raw) if raw else 0
    if (verb, part) == ("add", "week"):
        return f"week-{rows.add(data, 'week', {'weekday': str(min(number, 6)), 'begins': '', 'ends': ''})}"
    if (verb, part) == ("add", "holiday"):
        return f"holiday-{rows.add(data, 'holiday', {'date': '', 'name': ''})}"
    if verb == "remove" and part:
        rows.remove(data, part, number)
    elif (verb, part) == ("copy", "week"):
        _copy_monday(data)
    elif verb == "suggest":
        _suggest(data)
    return ""


def _copy_monday(data: QueryDict) -> None:
    lines = [rows.line(data, "week", n) for n in range(rows.count(data, "week"))]
    monday = [one for one in lines if one.get("weekday") == "0"]
    for _line in lines:
        rows.remove(data, "week", 0)
    for weekday in WEEKDAYS:
        for one in monday if weekday < 5 else [one for one in lines if one.get("weekday") == str(weekday)]:
            rows.add(data, "week", {**one, "weekday": str(weekday)})


def _suggest(data: QueryDict) -> None:
    """Add the public holidays of this year and the next that are not in the list."""
    today = clock.now().date()
    known = {rows.line(data, "holiday", n).get("date") for n in range(rows.count(data, "holiday"))}
    found = public_holidays.suggest(
        data.get("country", ""),
        data.get("region", ""),
        today,
        dt.date(today.year + 1, 12, 31),
        _language(),
    )
    for date, name in found:
        if date.isoformat() not in known:
            rows.add(data, "holiday", {"date": date.isoformat(), "name": name})


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _page(
    request: AgentRequest,
    hours: BusinessHours | None,
    data: QueryDict,
    *,
    status: int = 200,
    editor: HoursEditor | None = None,
    refusal: Refused | None = None,
    focus: str = "",
) -> HttpResponse:
    editor = editor or HoursEditor(data)
    context = {
        "hours": hours,
        "editor": editor,
        "is_checked": status != 200,
        "refusal": refusal,
        "is_stale": isinstance(refusal, StaleEdit),
        "focus": focus,
        "teams": _teams(hours, editor),
        "preview": _preview(editor),
        **_holiday_choices(data),
    }
    template = "setup/hours/_editor.html" if request.htmx else "setup/hours/edit.html"
    return render(request, template, context, status=status)


def _teams(hours: BusinessHours | None, editor: HoursEditor) -> list[dict[str, Any]]:
    """Return every team to tick, with whose hours it keeps now when they are others."""
    others = dict(TeamHours.objects.exclude(hours=hours).values_list("team_id", "hours__name"))
    return [
        {"pk": team.pk, "name": team.name, "other": others.get(team.pk, ""), "ticked": str(team.pk) in editor.team_ids}
        for team in Team.objects.all()
    ]


def _holiday_choices(data: QueryDict) -> dict[str, Any]:
    country = data.get("country", "")
    found = public_holidays.regions(country) if country else []
    return {
        "countries": [{"value": "", "text": _("Choose a country")}]
        + [{"value": code, "text": name} for code, name in public_holidays.countries(_language())],
        "regions": [{"value": "", "text": _("Whole country")}]
        + [{"value": code, "text": name} for code, name in found],
        "country": country,
        "region": data.get("region", ""),
    }


def _preview(editor: HoursEditor) -> dict[str, Any] | None:
    """Return what the hours in the form would mean; None while they do not make sense."""
    plan = editor.plan()
    if plan is None:
        return None
    found, at = calendar_view.calendar_of(plan), clock.now()
    raw = editor.data.get("example_at", "") or calendar_view.next_friday_evening(at, found.zone)
    minutes = editor.data.get("example_minutes", "30")
    length = int(minutes) if minutes.isdecimal() and 0 < int(minutes[:7]) <= MAX_EXAMPLE_MINUTES else 30
    try:
        asked = dt.datetime.fromisoformat(raw).replace(tzinfo=found.zone)
        due = found.after(asked, length * 60)
    except (ValueError, OverflowError):
        raw, asked, due = "", None, None
    return {
        **calendar_view.standing(found, at),
        "example_at": raw,
        "example_minutes": length,
        "asked": calendar_view.moment(asked, found.zone) if asked else "",
        "due": calendar_view.moment(due, found.zone) if due else "",
        "sentence": ngettext(
            "A request at %(asked)s, promised within %(count)d minute, is due %(due)s.",
            "A request at %(asked)s, promised within %(count)d minutes, is due %(due)s.",
            length,
        )
        % {
            "asked": calendar_view.moment(asked, found.zone),
            "count": length,
            "due": calendar_view.moment(due, found.zone),
        }
        if asked and due
        else "",
    }
