"""Files of attachments, for those who may read the ticket."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from agents.models import User
from tickets.files import INLINE_TYPES, UNKNOWN_TYPE, path_of, safe_name
from tickets.models import Attachment, Ticket, readable


@login_required
@require_safe
def media(request: HttpRequest, token: str) -> FileResponse:
    """Send one file. To those who may not read its ticket it does not exist.

    A file without a ticket, such as one of a survey's answer, is shown to those who may read a ticket of the same
    conversation. The browser shows raster images; everything else it saves, whatever the file claims to be.
    """
    visible = Ticket.objects.visible_to(cast("User", request.user))
    attachment = (
        Attachment.objects.filter(token=token, state=Attachment.State.STORED)
        .filter(readable(visible, of="message__"))
        .first()
    )
    if attachment is None:
        raise Http404
    try:
        file = path_of(attachment).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    inline = attachment.media_type in INLINE_TYPES
    response = FileResponse(
        file,
        as_attachment=not inline,
        filename=safe_name(attachment),
        content_type=attachment.media_type or UNKNOWN_TYPE,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response
