"""Weekly and monthly reviews: the figures of a period as they stood, and what was decided."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from analytics import reviews
from analytics.actions import reviews as actions
from analytics.models import Review, ReviewKind
from analytics.views import words
from analytics.views.asked import span
from analytics.views.base import ReportRequest, decision, frame
from tickets.errors import Refused, StaleEdit

PAGE_SIZE = 26


@decision
@require_GET
def index(request: ReportRequest) -> HttpResponse:
    """List the reviews, newest first, and say when the next ones come."""
    kind = request.GET.get("kind", ReviewKind.WEEKLY)
    kind = kind if kind in ReviewKind.values else ReviewKind.WEEKLY
    written = Review.objects.filter(kind=kind, written_at__isnull=False).select_related("remarked_by")
    found = Paginator(written.order_by("-starts_on"), PAGE_SIZE).get_page(request.GET.get("page"))
    following = Review.objects.filter(kind=kind, written_at__isnull=True).order_by("starts_on").first()
    return frame(
        request,
        "reviews",
        kinds=[
            {"text": label, "url": f"?kind={value}", "checked": value == kind} for value, label in ReviewKind.choices
        ],
        kind=kind,
        rows=[_row(review) for review in found.object_list],
        found=found,
        due_at=following.due_at if following else None,
    )


def _row(review: Review) -> dict[str, Any]:
    figures = [result for result, headline in reviews.results(review) if headline]
    judged = [result for result in figures if result.status != "none" and not result.too_few]
    return {
        "review": review,
        "period": span(reviews.period_of(review)),
        "met": sum(result.status == "met" for result in judged),
        "judged": len(judged),
    }


@decision
@require_http_methods(["GET", "POST"])
def review(request: ReportRequest, pk: int) -> HttpResponse:
    """Show one review; write down what was decided."""
    found = get_object_or_404(Review.objects.select_related("remarked_by"), pk=pk, written_at__isnull=False)
    if request.method != "POST":
        return _page(request, found)
    raw = request.POST.get("version", "")
    try:
        actions.remark(
            actor=request.user,
            review_id=found.pk,
            version=int(raw) if raw.isdecimal() and len(raw) < 9 else -1,
            text=request.POST.get("remark", ""),
        )
    except Refused as refusal:
        return _page(request, found, trouble=refusal.text, status=409 if isinstance(refusal, StaleEdit) else 422)
    messages.success(request, _("Remark saved"))
    return HttpResponseRedirect(reverse("reports:review", args=[found.pk]))


def _page(request: ReportRequest, found: Review, *, trouble: str = "", status: int = 200) -> HttpResponse:
    period = reviews.period_of(found)
    figures = reviews.results(found)
    beside = Review.objects.filter(kind=found.kind, written_at__isnull=False)
    return frame(
        request,
        "review",
        status=status,
        review=found,
        period_text=span(period),
        before_text=span(period.previous),
        tiles=[words.tile(result, []) for result, headline in figures if headline],
        others=[words.tile(result, []) for result, headline in figures if not headline],
        query=f"from={period.first}&to={period.last}",
        earlier=beside.filter(starts_on__lt=found.starts_on).order_by("-starts_on").first(),
        later=beside.filter(starts_on__gt=found.starts_on).order_by("starts_on").first(),
        remark=request.POST.get("remark", found.remark),
        version=request.POST.get("version", found.version),
        most=actions.LONGEST_REMARK,
        trouble=trouble,
    )
