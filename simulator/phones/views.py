"""The pages under `/phone/` and what their buttons do."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from simulator import runtime
from simulator.engine import Overloaded, Simulator
from simulator.faults import FailNext
from simulator.graph.errors import UNDELIVERABLE
from simulator.http import BadRequest
from simulator.journal import JournalError
from simulator.live import TooManyWatchers
from simulator.media import MediaFull
from simulator.phones import people, presentation, stream, writing
from simulator.phones.writing import Refused
from simulator.state import Phone

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
THEMES = ("light", "dark")


def language_of(request: HttpRequest) -> str:
    """Return the language asked for by `?lang=` or by the browser."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in LANGUAGES else translation.get_language_from_request(request)


def kept_query(request: HttpRequest) -> str:
    """Return the settings of the view, to be carried along by every link."""
    kept = {key: request.GET[key] for key in ("lang", "theme", "toolbar") if key in request.GET}
    return f"?{urlencode(kept)}" if kept else ""


def phone_or_404(wa_id: str) -> Phone:
    """Return a known phone. Raises BadRequest."""
    phone = runtime.current().world.phones.get(wa_id)
    if phone is None:
        raise BadRequest("There is no such phone.", 404)
    return phone


def page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """Render a whole page in the visitor's language."""
    language = language_of(request)
    theme = request.GET.get("theme", "")
    context |= {
        "language": language,
        "theme": theme if theme in THEMES else "",
        "toolbar": request.GET.get("toolbar") != "0",
        "query": kept_query(request),
        "business": runtime.current().config.business_name,
        "time_zone": settings.TIME_ZONE,
        "parents": " ".join(runtime.current().config.frame_ancestors),
        "new_languages": new_languages(language),
    }
    with translation.override(language):
        html = render_to_string(template, context)
    answer = HttpResponse(html, headers={"Cache-Control": "no-store", "Content-Language": language})
    answer.headers["Vary"] = "Accept-Language"
    return answer


def new_languages(language: str) -> list[tuple[str, str]]:
    """Return the languages a new customer may speak, in words."""
    with translation.override(language):
        names = {
            "en": _("English"),
            "de": _("German"),
            "fr": _("French"),
            "es": _("Spanish"),
            "pt": _("Portuguese"),
            "ar": _("Arabic"),
        }
    return list(names.items())


async def home(request: HttpRequest) -> HttpResponseBase:
    """Lead from the bare address to the phones."""
    return HttpResponseRedirect("/phone/")


async def customers(request: HttpRequest) -> HttpResponseBase:
    """Show whose phone can be picked up."""
    with translation.override(language_of(request)):
        listed = presentation.customers(runtime.current())
    return page(request, "simulator/customers_page.html", {"customers": listed})


async def create(request: HttpRequest) -> HttpResponseBase:
    """Hand a phone to a new customer and open it."""
    simulator = runtime.current()
    form = await asyncio.to_thread(lambda: request.POST)
    number, name, language = people.invent(str(form.get("language", "")), simulator.world.phones)
    name = " ".join(str(form.get("name", "")).split())[:80] or name
    try:
        await simulator.name_phone(number, name, language)
    except JournalError as problem:
        raise BadRequest(str(problem), 503) from problem
    return HttpResponseRedirect(f"/phone/{number}/{kept_query(request)}", status=303)


async def chat(request: HttpRequest, wa_id: str) -> HttpResponseBase:
    """Show one customer's phone."""
    simulator = runtime.current()
    phone = phone_or_404(wa_id)
    with translation.override(language_of(request)):
        shown = presentation.bubbles(simulator, phone)
    context: dict[str, object] = {
        "phone": phone,
        "bubbles": shown,
        "typing": presentation.typing(phone),
        "failing": simulator.faults.fail_next is not None,
        "position": stream.position(simulator.world.revision),
    }
    return page(request, "simulator/chat.html", context)


async def write(request: HttpRequest, wa_id: str) -> HttpResponseBase:
    """Send what the customer typed, attached or tapped."""
    simulator = runtime.current()
    phone = phone_or_404(wa_id)
    language = language_of(request)
    try:
        form, files = await asyncio.to_thread(lambda: (request.POST, request.FILES))
        with translation.override(language):
            await send(simulator, phone, form.dict(), files.get("file"))
    except MultiPartParserError as problem:
        raise BadRequest("The form cannot be read.") from problem
    except Refused as problem:
        raise BadRequest(str(problem)) from problem
    except (Overloaded, MediaFull, JournalError, OSError) as problem:
        with translation.override(language):
            raise BadRequest(_("The simulator cannot take this message now."), 503) from problem
    return done(request, wa_id)


async def send(simulator: Simulator, phone: Phone, form: Mapping[str, object], file: object) -> None:
    """Choose by the fields of the form what is sent. Raises Refused and what storing may raise."""
    if choice := form.get("choice"):
        await writing.tap(simulator, phone, str(choice))
    elif form.get("sample") in {"photo", "voice"}:
        await writing.send_sample(simulator, phone, str(form["sample"]))
    elif form.get("sample") == "arabic":
        await writing.send_text(simulator, phone, random.choice(people.ARABIC))
    elif form.get("sample") == "survey":
        await writing.answer_survey(simulator, phone)
    elif file is not None:
        await writing.send_file(simulator, phone, file, str(form.get("text", "")))
    else:
        await writing.send_text(simulator, phone, str(form.get("text", "")))


async def fail_next(request: HttpRequest, wa_id: str) -> HttpResponseBase:
    """Switch on or off that the business's next message fails after it was accepted."""
    simulator = runtime.current()
    form = await asyncio.to_thread(lambda: request.POST)
    wanted = form.get("on") == "1"
    simulator.faults.fail_next = FailNext(UNDELIVERABLE, "Message undeliverable", deferred=True) if wanted else None
    simulator.hub.wake(wa_id)
    return done(request, wa_id)


def done(request: HttpRequest, wa_id: str) -> HttpResponse:
    """Answer a script briefly and a plain form with the page."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"status": "ok"})
    return HttpResponseRedirect(f"/phone/{wa_id}/{kept_query(request)}", status=303)


async def chat_events(request: HttpRequest, wa_id: str) -> HttpResponseBase:
    """Keep one phone up to date."""
    phone = phone_or_404(wa_id)
    seen = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    after = stream.revision_of(seen)
    return await streaming(stream.chat(runtime.current(), phone, after, language_of(request)))


async def list_events(request: HttpRequest) -> HttpResponseBase:
    """Keep the list of customers up to date."""
    return await streaming(stream.customers(runtime.current(), language_of(request)))


async def streaming(events: AsyncIterator[bytes]) -> HttpResponseBase:
    """Start a stream; 503 when too many pages are open."""
    try:
        first = await anext(events)
    except TooManyWatchers as problem:
        raise BadRequest("Too many phones are open.", 503) from problem

    async def all_events() -> AsyncIterator[bytes]:
        yield first
        async for one in events:
            yield one

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(all_events(), content_type="text/event-stream", headers=headers)


async def file(request: HttpRequest, media_id: str) -> HttpResponseBase:
    """Show a picture or recording on the phone; anything else is a download."""
    simulator = runtime.current()
    medium = simulator.media.get(media_id)
    if medium is None:
        raise BadRequest("There is no such file.", 404)
    try:
        data = await asyncio.to_thread(simulator.media.path(medium).read_bytes)
    except OSError as problem:
        raise BadRequest("There is no such file.", 404) from problem
    shown = medium.mime_type.split("/")[0] in {"image", "audio", "video"}
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": "inline" if shown else "attachment",
    }
    return HttpResponse(data, content_type=medium.mime_type, headers=headers)
