"""Write down what was decided when a review was read."""

from django.utils.translation import gettext as _

from agents.models import User
from analytics.actions.targets import require_decider
from analytics.models import Review
from tickets.actions.base import action, now
from tickets.errors import Refused, StaleEdit

LONGEST_REMARK = 4000


@action
def remark(*, actor: User, review_id: int, version: int, text: str) -> Review:
    """Replace the remark on a written review. Raises NotAllowed, StaleEdit, and Refused for one that is too long."""
    require_decider(actor)
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(text) > LONGEST_REMARK:
        raise Refused(_("The remark is too long; %(most)d characters are possible.") % {"most": LONGEST_REMARK})
    rows = Review.objects.select_for_update(of=("self",), no_key=True).select_related("remarked_by")
    review = rows.get(pk=review_id, written_at__isnull=False)
    if review.version != version:
        raise StaleEdit(review.remarked_by.name if review.remarked_by else "")
    review.remark = text
    review.remarked_by, review.remarked_at = actor, now()
    review.version += 1
    review.save(update_fields=["remark", "remarked_by", "remarked_at", "version"])
    return review
