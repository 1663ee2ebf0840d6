"""The addresses under `/control/`: JSON, for programs on the same machine."""

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from simulator import runtime
from simulator.auditlog import LOG_KINDS
from simulator.control import validation
from simulator.engine import Overloaded
from simulator.faults import FaultError, Faults
from simulator.http import BadRequest, json_object
from simulator.journal import JournalError
from simulator.media import MediaFull, inbound_block
from simulator.phones import writing
from simulator.phones.samples import sample

MAX_LOG = 10_000


async def health(request: HttpRequest) -> HttpResponseBase:
    """Say that the simulator runs and what it waits for."""
    simulator = runtime.current()
    return JsonResponse(
        {
            "status": "ok",
            "phones": len(simulator.world.phones),
            "pending_webhooks": simulator.reports.courier.pending,
            "webhook_url": simulator.config.webhook_url,
        }
    )


async def inbound(request: HttpRequest) -> HttpResponseBase:
    """Let a customer write."""
    simulator = runtime.current()
    body = json_object(request)
    if "tap" in body:
        return await tap(body)
    wa_id, name, block, at = validation.inbound(body)
    kind = block["type"]
    try:
        if kind in {"image", "audio"} and kind not in block:
            medium = await sample(simulator, "photo" if kind == "image" else "voice")
            caption = validation.text(body, "caption", 1024)
            more: dict[str, object] = {"voice": True} if kind == "audio" else {}
            block[kind] = inbound_block(medium, **more, **({"caption": caption} if caption else {}))
        language = validation.text(body, "language", 10)
        hide = body.get("hide_number")
        if hide is not None and not isinstance(hide, bool):
            raise BadRequest("hide_number must be true or false.")
        wamid = await simulator.receive(wa_id, name, block, at, language=language, hide_number=hide)
    except Overloaded as problem:
        raise BadRequest("Too many webhooks wait for confirmation.", 503) from problem
    except (JournalError, MediaFull, OSError) as problem:
        raise BadRequest(str(problem) or "There is no space for media left.", 503) from problem
    return JsonResponse({"wamid": wamid})


async def tap(body: dict[str, object]) -> HttpResponseBase:
    """Let a customer tap an answer of the newest message that offers it."""
    simulator = runtime.current()
    phone = simulator.world.phones.get(validation.number(body.get("from"), "from"))
    if phone is None:
        raise BadRequest("There is no such phone.", 404)
    try:
        await writing.tap_newest(simulator, phone, validation.text(body, "tap", 256))
    except writing.Refused as problem:
        raise BadRequest(str(problem), 409) from problem
    except (Overloaded, JournalError) as problem:
        raise BadRequest(str(problem) or "Too many webhooks wait for confirmation.", 503) from problem
    return JsonResponse({"status": "ok"})


async def history(request: HttpRequest) -> HttpResponseBase:
    """Import chats of the past without any webhook."""
    entries = validation.history(json_object(request))
    try:
        pictures = [entry["message"] for entry in entries if entry["message"]["type"] == "image"]
        if pictures:
            medium = await sample(runtime.current(), "photo")
            for message in pictures:
                message["media_id"] = medium.id
        await runtime.current().import_history(entries)
    except (JournalError, MediaFull, OSError) as problem:
        raise BadRequest(str(problem) or "There is no space for media left.", 503) from problem
    return JsonResponse({"messages": len(entries)})


async def faults(request: HttpRequest) -> HttpResponseBase:
    """Show what goes wrong at the moment."""
    return JsonResponse(runtime.current().faults.as_json())


async def set_faults(request: HttpRequest) -> HttpResponseBase:
    """Change what goes wrong from now on."""
    state = runtime.current().faults
    try:
        state.update(json_object(request))
    except FaultError as problem:
        raise BadRequest(str(problem)) from problem
    return JsonResponse(state.as_json())


async def clear_faults(request: HttpRequest) -> HttpResponseBase:
    """Behave well again."""
    state = runtime.current().faults
    state.become(Faults())
    return JsonResponse(state.as_json())


async def log(request: HttpRequest) -> HttpResponseBase:
    """Return what was accepted, reported or read, from the index `since` on."""
    kind = request.GET.get("kind", "")
    if kind not in LOG_KINDS:
        raise BadRequest(f"kind must be one of {', '.join(LOG_KINDS)}.")
    since = whole(request, "since", 0, 10**9)
    limit = whole(request, "limit", MAX_LOG, MAX_LOG)
    entries = await runtime.current().log.entries(kind, since, limit)
    return JsonResponse({"entries": entries, "next": since + len(entries)})


def whole(request: HttpRequest, name: str, default: int, high: int) -> int:
    """Return a whole number of the query. Raises BadRequest."""
    value = request.GET.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 11 and int(value) <= high):
        raise BadRequest(f"{name} must be a whole number from 0 to {high}.")
    return int(value)


async def reset(request: HttpRequest) -> HttpResponseBase:
    """Forget everything."""
    await runtime.current().reset()
    return JsonResponse({"status": "ok"})
