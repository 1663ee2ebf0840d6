"""Turns journal records into the messages of a chat, when they happen and again at every start."""

from typing import Any

from simulator.state import Message, Phone, World

Json = dict[str, Any]
MEDIA = ("image", "document", "audio", "video", "sticker")


def apply(world: World, record: Json) -> None:
    """Bring the world up to date with one record; kinds without a visible effect are passed over."""
    match record["k"]:
        case "phone":
            phone = world.phone(record["wa_id"], record["name"])
            phone.language = record.get("language") or phone.language
            phone.last_activity_at = max(phone.last_activity_at, record["at"])
        case "inbound":
            inbound(world, record)
        case "accepted_send":
            sent(world, record)
        case "history":
            history(world, record)
        case "status":
            world.set_status(record["wamid"], record["status"], record.get("error", ""))
        case "read":
            world.read_up_to(record["wamid"])
        case "handheld":
            world.phone(record["wa_id"]).handheld = True


def inbound(world: World, record: Json) -> None:
    """Add what a customer wrote; the same message id changes nothing the second time."""
    phone = world.phone(record["wa_id"], record.get("name", ""))
    phone.hide_number = record.get("hide_number", phone.hide_number)
    phone.language = record.get("language") or phone.language
    block: Json = record["message"]
    if block["id"] in world.messages:
        return
    message = Message(block["id"], phone.wa_id, True, block["type"], record["at"], 0, status="sent")
    context = block.get("context")
    message.quotes = str(context.get("id", "")) if isinstance(context, dict) else ""
    inner = block.get(block["type"])
    if isinstance(inner, dict):
        fill(message, inner)
    if message.type == "reaction":
        react(world, phone, message)
        return
    if message.chosen and message.quotes in world.messages:
        world.messages[message.quotes].chosen = message.chosen
        world.touch(world.messages[message.quotes])
    world.add(message)


def fill(message: Message, inner: Json) -> None:
    """Take over what the block of a customer's message says."""

    def text(key: str, source: Json = inner) -> str:
        value = source.get(key)
        return value if isinstance(value, str) else ""

    match message.type:
        case "text":
            message.text = text("body")
        case "image" | "document" | "audio" | "video" | "sticker":
            message.text, message.filename, message.media_id = text("caption"), text("filename"), text("id")
        case "button":
            message.text, message.chosen = text("text"), text("payload")
        case "interactive":
            for kind in ("button_reply", "list_reply"):
                reply = inner.get(kind)
                if isinstance(reply, dict):
                    message.text, message.chosen = text("title", reply), text("id", reply)
        case "reaction":
            message.quotes, message.reaction = text("message_id"), text("emoji")


def react(world: World, phone: Phone, message: Message) -> None:
    """Show a reaction on the message it means."""
    target = phone.messages.get(message.quotes)
    if target is not None:
        target.reaction = message.reaction
        world.touch(target)


def sent(world: World, record: Json) -> None:
    """Add what the business sent."""
    phone = world.phone(record["to"])
    shown: Json = dict(record["shown"])
    shown["buttons"] = tuple((identity, title) for identity, title in shown.get("buttons", ()))
    shown["rows"] = tuple((section, identity, title, more) for section, identity, title, more in shown.get("rows", ()))
    message = Message(record["wamid"], phone.wa_id, False, record["type"], record["at"], 0, **shown)
    message.data = record.get("biz_opaque_callback_data") or ""
    message.by_user_id = record.get("by_user_id", False)
    message.silent = record.get("silent", False)
    phone.typing_until = 0.0
    if message.type == "reaction":
        react(world, phone, message)
        message.hidden = True
    world.add(message)


def history(world: World, record: Json) -> None:
    """Add an imported message without any effect outside."""
    given: Json = record["message"]
    if given["wamid"] in world.messages:
        return
    world.phone(record["wa_id"], record.get("name", ""))
    mine = given["direction"] == "in"
    message = Message(given["wamid"], record["wa_id"], mine, given["type"], given["timestamp"], 0)
    message.text, message.status = given["text"], given["status"]
    message.media_id, message.quotes = given.get("media_id", ""), given.get("quotes", "")
    message.silent = True
    world.add(message)
