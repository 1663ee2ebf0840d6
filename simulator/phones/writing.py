"""What a customer can send from the phone."""

import re
import time
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from simulator.engine import Simulator
from simulator.media import LIMITS, MEBIBYTE, inbound_block, plain
from simulator.phones.samples import sample
from simulator.state import Medium, Phone

MAX_TEXT = 4096
# What a survey looks like to a customer: at least five answers to choose from, or the numbers of a scale.
MANY_ANSWERS = 5
ZERO_TO_TEN = re.compile(r"\b0\b.*\b10\b")


class Refused(Exception):
    """The phone does not send this; the text tells the person why."""


async def send_text(simulator: Simulator, phone: Phone, text: str) -> None:
    """Send a text. Raises Refused."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(_("The message is empty."))
    if len(text) > MAX_TEXT:
        raise Refused(_("The message is too long."))
    await deliver(simulator, phone, {"type": "text", "text": {"body": text}})


async def send_sample(simulator: Simulator, phone: Phone, kind: str) -> None:
    """Send the photo or the voice note that comes with the simulator."""
    medium = await sample(simulator, kind)
    if kind == "photo":
        await deliver(simulator, phone, {"type": "image", "image": inbound_block(medium)})
    else:
        await deliver(simulator, phone, {"type": "audio", "audio": inbound_block(medium, voice=True)})


async def send_file(simulator: Simulator, phone: Phone, file: object, caption: str) -> None:
    """Send a picture, recording, film or document from this computer. Raises Refused."""
    if not isinstance(file, UploadedFile):
        raise Refused(_("The file cannot be read."))
    mime_type = plain(file.content_type or "")
    limit = LIMITS.get(mime_type)
    if limit is None:
        raise Refused(_("WhatsApp does not take this kind of file."))
    if (file.size or 0) > limit:
        size = limit // MEBIBYTE or 1
        raise Refused(_("The file is larger than %(size)s MB.") % {"size": size})
    name = (file.name or "file")[:240]
    medium = await simulator.store_medium(file.chunks(), mime_type, name)
    await deliver(simulator, phone, file_block(medium, caption.strip()[:1024]))


def file_block(medium: Medium, caption: str) -> dict[str, Any]:
    """Return the message block for a stored file."""
    family = medium.mime_type.split("/")[0]
    kind = family if family in {"image", "audio", "video"} else "document"
    more: dict[str, object] = {"caption": caption} if caption and kind != "audio" else {}
    if kind == "document":
        more["filename"] = medium.filename
    if kind == "audio":
        more["voice"] = False
    return {"type": kind, kind: inbound_block(medium, **more)}


async def tap(simulator: Simulator, phone: Phone, tapped: str) -> None:
    """Answer with a button or a row of a list, given as `<number of the message>:<id>`. Raises Refused."""
    number, _colon, choice = tapped.partition(":")
    target = next((m for m in phone.messages.values() if str(m.number) == number and not m.mine), None)
    if target is None:
        raise Refused(_("That message is no longer there."))
    context = {"from": simulator.config.display_number, "id": target.wamid}
    for identity, title in target.buttons:
        if identity == choice:
            block: dict[str, Any] = {"type": "button", "button": {"payload": identity, "text": title}}
            if target.type != "template":
                reply = {"type": "button_reply", "button_reply": {"id": identity, "title": title}}
                block = {"type": "interactive", "interactive": reply}
            return await deliver(simulator, phone, {"context": context, **block})
    for _section, identity, title, description in target.rows:
        if identity == choice:
            row = {"id": identity, "title": title} | ({"description": description} if description else {})
            block = {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": row}}
            return await deliver(simulator, phone, {"context": context, **block})
    raise Refused(_("That answer is no longer there."))


async def tap_newest(simulator: Simulator, phone: Phone, wanted: str) -> None:
    """Tap an answer, named by its id or title, of the newest message that offers it. Raises Refused."""
    for message in reversed(phone.messages.values()):
        offered = [*message.buttons, *((identity, title) for _section, identity, title, _more in message.rows)]
        found = next((identity for identity, title in offered if wanted in {identity, title}), None)
        if found is not None and not message.mine:
            return await tap(simulator, phone, f"{message.number}:{found}")
    raise Refused(_("That answer is no longer there."))


async def answer_survey(simulator: Simulator, phone: Phone) -> None:
    """Answer the question that waits: tap the first of its five answers or more, or type a nine. Raises Refused."""
    for message in reversed(phone.messages.values()):
        if message.mine and not message.hidden:
            break
        offered = [*message.buttons, *((identity, title) for _section, identity, title, _more in message.rows)]
        if len(offered) >= MANY_ANSWERS:
            return await tap(simulator, phone, f"{message.number}:{offered[0][0]}")
        if ZERO_TO_TEN.search(message.text):
            return await send_text(simulator, phone, "9")
    raise Refused(_("No survey waits for an answer."))


async def deliver(simulator: Simulator, phone: Phone, block: dict[str, Any]) -> None:
    """Hand a message to the network."""
    await simulator.receive(phone.wa_id, phone.name, block, time.time())
