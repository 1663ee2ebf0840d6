"""The look, shown piece by piece to staff, with literal data: no query belongs to a component."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk import clock, specimens

THEMES = ("light", "dark")
DIRECTIONS = ("ltr", "rtl")
TOKENS = (
    ("bg", "surface", "sub", "hover", "border", "border-strong", "text", "text-2", "text-3"),
    ("accent", "accent-soft", "accent-text", "ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft"),
    ("note", "note-line", "bubble-out", "tick-read", "whatsapp", "c0", "c1", "c2", "c3", "c4", "c5"),
)


@login_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component in each of its states; `theme` and `dir` choose how, `page=inbox` shows them composed."""
    if not request.user.is_staff:
        raise PermissionDenied
    theme = request.GET.get("theme", "")
    direction = request.GET.get("dir", "")
    now = clock.now().replace(second=48, microsecond=0)
    context: dict[str, Any] = {
        "now": now,
        "shown_theme": theme if theme in THEMES else "",
        "direction": direction if direction in DIRECTIONS else "ltr",
        "themes": THEMES,
        "directions": DIRECTIONS,
        "tokens": TOKENS,
        "names": specimens.NAMES,
        "clocks": specimens.clocks(now),
        "windows": specimens.windows(now),
        "rows": specimens.rows(now),
        "states": specimens.states(now),
        "kinds": specimens.kinds(now),
        "note": specimens.note(now),
        "stale": {"text": "Amira replied 4 s ago. Your text was not sent.", "url": "#composer"},
        "events": specimens.events(now),
        "conversation": specimens.conversation(now),
        "quick_replies": specimens.QUICK_REPLIES,
        "template_composer": specimens.TEMPLATE_COMPOSER,
        "queue_tabs": specimens.QUEUE_TABS,
        "panel_tabs": specimens.PANEL_TABS,
        "range_options": specimens.RANGE_OPTIONS,
        "priority_options": specimens.PRIORITY_OPTIONS,
        "columns": specimens.COLUMNS,
        "cells": specimens.CELLS,
        "groups": [
            {"group": "overdue", "text": "Overdue", "count": 1, "rows": specimens.rows(now)[:1]},
            {"group": "soon", "text": "Reply due within 15 min", "count": 3, "rows": specimens.rows(now)[1:4]},
            {"group": "later", "text": "Later", "count": 34, "rows": specimens.rows(now)[4:]},
        ],
    }
    if request.GET.get("page") == "inbox":
        context |= {"pane": request.GET.get("pane", "thread"), "composer_mode": request.GET.get("mode", "reply")}
        return render(request, "styleguide/inbox.html", context)
    return render(request, "styleguide/index.html", context)
