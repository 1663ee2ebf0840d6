"""Which tags are skills."""

from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.actions import skills as actions
from tickets.models import OPEN_STATUSES, Tag
from tickets.views.setup.base import AgentRequest, configurers_only, done


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the tags: skills first, with who has them, then the others."""
    waiting = Count("ticket_tags", filter=Q(ticket_tags__ticket__status__in=OPEN_STATUSES), distinct=True)
    people = Count("agent_skills", distinct=True)
    tags = Tag.objects.annotate(waiting=waiting, people=people).order_by("-is_skill", Lower("name"))
    return render(request, "setup/tags/index.html", {"tags": tags})


@configurers_only
@require_POST
def skill(request: AgentRequest, pk: int) -> HttpResponse:
    """Make a tag a skill, or one no longer."""
    get_object_or_404(Tag, pk=pk)
    if request.POST.get("on") not in {"0", "1"}:
        raise Http404
    tag = actions.mark(actor=request.user, tag_id=pk, on=request.POST["on"] == "1")
    text = _("“%(name)s” is a skill now") if tag.is_skill else _("“%(name)s” is no skill any more")
    return done(request, text % {"name": tag.name}, reverse("setup:tags"))
