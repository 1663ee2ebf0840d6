"""What every set-up page shares: who may open it, how a change ends, and its card on the overview.

A page reads like this: the form is validated, one action of `tickets.actions` does the change in one transaction, and
the browser is led on with a toast. Every form carries the `version` it was made from; when somebody else saved
meanwhile, the action raises StaleEdit and the page answers 409, keeping what was typed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django_htmx.http import HttpResponseClientRedirect

from agents.permissions import may_configure
from tickets.views.base import AgentRequest, agents_only

__all__ = ["AgentRequest", "SetupCard", "configurers_only", "done"]

VIEW = Callable[..., HttpResponse]


@dataclass(frozen=True)
class SetupCard:
    """A page on the overview: what it is for in one sentence, and how things stand.

    `tone` is a chip's: "ok", "warn", "bad", or empty.
    """

    url: str
    icon: str
    title: str | Promise
    text: str | Promise
    state: str
    tone: str = ""


def configurers_only(view: VIEW) -> VIEW:
    """Send strangers to the log-in page and answer 403 to those who may not configure the workspace."""

    @wraps(view)
    def guarded(request: AgentRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_configure(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agents_only(guarded)


def done(request: AgentRequest, text: str, to: str) -> HttpResponse:
    """End a change: lead on, and say there what was done."""
    messages.success(request, text)
    return HttpResponseClientRedirect(to) if request.htmx else HttpResponseRedirect(to)
