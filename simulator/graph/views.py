"""The addresses under `/vNN.N/` and the short-lived media addresses."""

import asyncio
import hmac
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError

from simulator import runtime
from simulator.engine import Simulator
from simulator.graph import catalogue
from simulator.graph.errors import (
    BAD_PARAMETER,
    NOT_AUTHORISED,
    OVERLOADED,
    GraphError,
    invalid,
    malformed,
    missing,
)
from simulator.http import View
from simulator.journal import JournalError
from simulator.media import LIMITS, MediaFull, plain


def graph(**views: View) -> View:
    """Return a view that checks the token and answers every failure as the Graph API does."""

    async def dispatch(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            authorise(request)
            view = views.get(request.method or "")
            if view is None:
                raise GraphError(BAD_PARAMETER, "Unsupported request method.", title="Unsupported request")
            return await view(request, **kwargs)
        except GraphError as error:
            return JsonResponse(error.body(), status=error.status)

    return dispatch


def authorise(request: HttpRequest) -> None:
    """Check the Bearer token. Raises GraphError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = runtime.current().config.access_token
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), expected.encode()):
        raise GraphError(NOT_AUTHORISED, "The access token is missing or not valid.")


def must_be(found: str, expected: str) -> None:
    """Refuse an id that this account does not own. Raises GraphError."""
    if found != expected:
        raise not_there(found)


def not_there(identity: str) -> GraphError:
    """Return the error for an id that does not exist or belongs to somebody else."""
    why = f"Object with ID '{identity}' does not exist or cannot be loaded due to missing permissions."
    return GraphError(BAD_PARAMETER, why, title="Unsupported request")


async def send(request: HttpRequest, number: str) -> HttpResponseBase:
    """Accept a message, or mark one of the customer's as read."""
    simulator = runtime.current()
    must_be(number, simulator.config.phone_number_id)
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise malformed("body", "must be JSON") from error
    if not isinstance(payload, dict):
        raise malformed("body", "must be a JSON object")
    if payload.get("status") is not None:
        return await read(simulator, payload)
    faults = simulator.faults
    hang, drop = 0.0, False
    if faults.lost == "request":
        hang, drop = faults.take_hang(), faults.take_drop()
        await asyncio.sleep(hang)
        if drop:
            return dropped()
    accepted = await simulator.accept_send(payload)
    hang, drop = faults.take_hang(), faults.take_drop()
    if hang:
        await asyncio.sleep(hang)
    return dropped() if drop else JsonResponse(accepted)


def dropped() -> HttpResponse:
    """Return an answer that is never sent: the connection is cut instead."""
    return HttpResponse(headers={"X-Simulator-Drop": "1"})


async def read(simulator: Simulator, payload: dict[str, Any]) -> HttpResponseBase:
    """Mark as read, and show the typing indicator if it is wanted."""
    if payload.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if payload["status"] != "read":
        raise malformed("status", "must be read")
    wamid = payload.get("message_id")
    if not isinstance(wamid, str) or not wamid:
        raise missing("message_id")
    typing = payload.get("typing_indicator")
    if typing is not None and (not isinstance(typing, dict) or typing.get("type") != "text"):
        raise invalid("typing_indicator.type", "must be text")
    await simulator.mark_read(wamid, typing=typing is not None)
    return JsonResponse({"success": True})


async def upload(request: HttpRequest, number: str) -> HttpResponseBase:
    """Store a file of the business."""
    simulator = runtime.current()
    must_be(number, simulator.config.phone_number_id)
    try:
        file = (await asyncio.to_thread(lambda: request.FILES)).get("file")
    except MultiPartParserError as error:
        raise malformed("body", "must be multipart/form-data") from error
    if request.POST.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if file is None:
        raise missing("file")
    mime_type = file.content_type or str(request.POST.get("type", ""))
    limit = LIMITS.get(plain(mime_type))
    if limit is None:
        raise GraphError(131053, f"{mime_type or 'This type'} is not supported.", title="Media upload error")
    if (file.size or 0) > limit:
        raise GraphError(131053, f"The file is larger than {limit} bytes.", title="Media upload error")
    try:
        medium = await simulator.store_medium(file.chunks(), mime_type, (file.name or "")[:240])
    except (MediaFull, OSError, JournalError) as error:
        raise GraphError(OVERLOADED, "There is no space for media left.") from error
    return JsonResponse({"id": medium.id})


async def node(request: HttpRequest, identity: str) -> HttpResponseBase:
    """Describe the business number or a stored file."""
    simulator = runtime.current()
    if identity == simulator.config.phone_number_id:
        wanted = request.GET.get("fields", "")
        described = number_fields(simulator)
        keys = (
            {"id", *wanted.split(",")} if wanted else {"id", "verified_name", "display_phone_number", "quality_rating"}
        )
        return JsonResponse({key: value for key, value in described.items() if key in keys})
    medium = simulator.media.get(identity)
    owner = request.GET.get("phone_number_id", simulator.config.phone_number_id)
    if medium is None or owner != simulator.config.phone_number_id:
        raise not_there(identity)
    return JsonResponse(
        {
            "messaging_product": "whatsapp",
            "url": f"{request.scheme}://{request.get_host()}/media/{simulator.media.new_url(medium)}",
            "mime_type": medium.mime_type,
            "sha256": medium.sha256,
            "file_size": medium.size,
            "id": medium.id,
        }
    )


async def remove(request: HttpRequest, identity: str) -> HttpResponseBase:
    """Delete a stored file."""
    if not runtime.current().delete_medium(identity):
        raise not_there(identity)
    return JsonResponse({"success": True})


async def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """Return the bytes of a file; the address is valid for five minutes."""
    simulator = runtime.current()
    medium = simulator.media.by_token(token)
    if medium is None:
        raise GraphError(BAD_PARAMETER, "The address of this file is no longer valid.", title="Not found", status=404)
    return streamed(simulator, medium.id)


def streamed(simulator: Simulator, media_id: str) -> HttpResponseBase:
    """Return a stored file as an answer; an unknown one is a 404."""
    medium = simulator.media.get(media_id)
    if medium is None:
        return HttpResponse("There is no such file.", status=404, content_type="text/plain")
    try:
        data = simulator.media.path(medium).read_bytes()
    except OSError:
        return HttpResponse("There is no such file.", status=404, content_type="text/plain")
    return HttpResponse(data, content_type=medium.mime_type)


def number_fields(simulator: Simulator) -> dict[str, Any]:
    """Return what the account knows of its number."""
    digits = simulator.config.display_number
    return {
        "id": simulator.config.phone_number_id,
        "verified_name": simulator.config.business_name,
        "display_phone_number": f"+{digits[:2]} {digits[2:4]} {digits[4:]}",
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "webhook_configuration": {"application": simulator.config.webhook_url},
    }


async def templates(request: HttpRequest, account: str) -> HttpResponseBase:
    """List the templates, page by page."""
    must_be(account, runtime.current().config.waba_id)
    rows = catalogue.templates()
    for key in ("name", "language", "status", "category"):
        if wanted := request.GET.get(key):
            rows = [row for row in rows if row[key].lower() == wanted.lower()]
    limit, after = request.GET.get("limit", "25"), request.GET.get("after", "0")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= 250):
        raise malformed("limit", "must be a number from 1 to 250")
    if not (after.isascii() and after.isdigit() and len(after) < 6):
        raise GraphError(131059, "The cursor is not valid.", title="Invalid cursor")
    start, end = int(after), int(after) + int(limit)
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(min(end, len(rows)))}}
    if end < len(rows):
        query = request.GET.copy()
        query["after"] = str(end)
        paging["next"] = f"{request.scheme}://{request.get_host()}{request.path}?{query.urlencode()}"
    return JsonResponse({"data": rows[start:end], "paging": paging})


async def numbers(request: HttpRequest, account: str) -> HttpResponseBase:
    """List the one number of the account."""
    simulator = runtime.current()
    must_be(account, simulator.config.waba_id)
    return JsonResponse({"data": [number_fields(simulator)]})


async def unknown(request: HttpRequest, path: str) -> HttpResponseBase:
    """Refuse any other address of the Graph API."""
    raise GraphError(BAD_PARAMETER, f"Unknown path components: /{path[:200]}", title="Unsupported request")
