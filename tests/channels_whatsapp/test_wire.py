"""Meta's JSON becomes what an agent reads; a table of kinds, and every oddity that implementers reported."""

import base64
import datetime as dt
from typing import Any

import pytest

from channels_whatsapp import wire
from tests.channels_whatsapp.payloads import AOIFE, card, text
from tickets.inbound import InboundMessage
from tickets.models import ContentType, IdentityKind

RECEIVED = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def parse(message: dict[str, Any], contact: dict[str, Any] | None = None) -> InboundMessage:
    payload = {"message": message, "contact": card() if contact is None else contact}
    return wire.parse_message(payload, inbox_id=1, received_at=RECEIVED)


def names(inbound: InboundMessage) -> list[tuple[str, str]]:
    return [(identity.kind, identity.value) for identity in inbound.identities]


@pytest.mark.parametrize(
    ("kind", "block", "content_type", "shown"),
    [
        ("text", {"text": {"body": "hello"}}, ContentType.TEXT, "hello"),
        ("text", {"text": None}, ContentType.TEXT, ""),
        ("image", {"image": {"id": "1", "caption": "the pole"}}, ContentType.IMAGE, "the pole"),
        ("video", {"video": {"id": "1"}}, ContentType.VIDEO, ""),
        ("audio", {"audio": {"id": "1", "voice": True}}, ContentType.AUDIO, ""),
        ("document", {"document": {"id": "1", "filename": "a.pdf"}}, ContentType.DOCUMENT, ""),
        ("sticker", {"sticker": {"id": "1"}}, ContentType.STICKER, ""),
        ("location", {"location": {"latitude": 1.5, "longitude": -2}}, ContentType.LOCATION, "1.5, -2"),
        ("location", {"location": {"name": "Pier", "address": "Quay 1"}}, ContentType.LOCATION, "Pier, Quay 1"),
        (
            "contacts",
            {"contacts": [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+351 1"}]}, {}, 7]},
            ContentType.CONTACTS,
            "Ana, +351 1",
        ),
        ("button", {"button": {"text": "Yes", "payload": "y"}}, ContentType.CHOICE, "Yes"),
        ("button", {"button": {"text": "Yes"}}, ContentType.CHOICE, "Yes"),
        (
            "interactive",
            {"interactive": {"type": "button_reply", "button_reply": {"id": "a", "title": "Great"}}},
            ContentType.CHOICE,
            "Great",
        ),
        (
            "interactive",
            {"interactive": {"type": "nfm_reply", "nfm_reply": {"body": "Sent"}}},
            ContentType.CHOICE,
            "Sent",
        ),
        ("interactive", {}, ContentType.UNSUPPORTED, ""),
        ("order", {"order": {"text": "two please"}}, ContentType.UNSUPPORTED, "two please"),
        ("unsupported", {"errors": [{"code": 131051}], "unsupported": {"type": "poll"}}, ContentType.UNSUPPORTED, ""),
        ("hologram", {}, ContentType.UNSUPPORTED, ""),
    ],
)
def test_every_kind_has_a_content_type_and_words(
    kind: str, block: dict[str, Any], content_type: ContentType, shown: str
) -> None:
    inbound = parse(text(**{"type": kind, "text": None, **block}))
    assert (inbound.content_type, inbound.text) == (content_type, shown)
    assert inbound.opens_ticket


def test_the_kind_of_an_unsupported_message_is_kept() -> None:
    inbound = parse(text(type="unsupported", errors=[{"code": 131051}], unsupported={"type": "poll"}))
    assert inbound.content == {"provider_type": "poll", "error_code": "131051"}


def test_a_photo_brings_its_file() -> None:
    digest = bytes(range(32))
    image = {"id": "77", "mime_type": "Image/JPEG; q=1", "sha256": base64.b64encode(digest).decode(), "url": "x"}
    (file,) = parse(text(type="image", image=image)).attachments
    assert (file.provider_id, file.media_type, file.sha256) == ("77", "image/jpeg", digest.hex())


@pytest.mark.parametrize("block", [{}, {"id": ""}, {"id": None}, {"id": "9" * 300}, None, "x"])
def test_a_photo_without_a_usable_id_keeps_its_message_and_the_reason(block: Any) -> None:
    inbound = parse(text(type="image", image=block, errors=[{"code": 131052}]))
    assert inbound.content_type == ContentType.IMAGE
    assert inbound.attachments == ()
    assert inbound.content == {"error_code": "131052"}


# -- Identity ----------------------------------------------------------------------------------------


def test_the_user_id_stands_before_the_number() -> None:
    inbound = parse(text(from_user_id="IE.1"))
    assert names(inbound) == [(IdentityKind.BSUID, "IE.1"), (IdentityKind.PHONE, AOIFE)]


def test_somebody_without_a_number_is_known_by_user_id_alone() -> None:
    sender: dict[str, Any] = {"from": None}
    inbound = parse(text(**sender), card(wa_id=None, user_id="IE.1"))
    assert names(inbound) == [(IdentityKind.BSUID, "IE.1")]
    assert inbound.contact_phone == ""


def test_the_number_of_the_message_counts_when_the_card_has_another_form_of_it() -> None:
    inbound = parse(text(**{"from": "5511987654321"}), card(wa_id="551187654321"))
    assert names(inbound) == [(IdentityKind.PHONE, "5511987654321")]


@pytest.mark.parametrize(
    ("cards", "name"),
    [
        ([card("Other", wa_id="1234567"), card("Aoife")], "Aoife"),
        ([card("Other", wa_id="1234567"), card("Aoife", wa_id=None, user_id="IE.1")], "Aoife"),
        ([card("Only one", wa_id="1234567")], "Only one"),
        ([card("Other", wa_id="1234567"), card("Another", wa_id="7654321")], None),
        ([], None),
    ],
)
def test_the_card_is_matched_by_number_then_by_user_id_then_by_being_the_only_one(
    cards: list[dict[str, Any]], name: str | None
) -> None:
    found = wire.match_contact(text(from_user_id="IE.1"), cards)
    assert (found["profile"]["name"] if found else None) == name


@pytest.mark.parametrize("sender", [None, "", "abc", "12", {}, [], "1" * 21])
def test_without_a_sender_a_message_is_unusable(sender: Any) -> None:
    with pytest.raises(wire.Unusable):
        parse(text(**{"from": sender}), {})


@pytest.mark.parametrize("external_id", [None, "", "x" * 256, {}, []])
def test_without_an_id_a_message_is_unusable(external_id: Any) -> None:
    with pytest.raises(wire.Unusable):
        parse(text(id=external_id))


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("353874120968", "+353 87 412 0968"), ("4940123456", "+49 40 123456"), ("99999", "+99999"), ("", "")],
)
def test_numbers_are_written_for_people(digits: str, shown: str) -> None:
    assert wire.format_phone(digits) == shown


@pytest.mark.parametrize("profile", [None, {}, {"name": None}, {"name": 7}, "x"])
def test_a_missing_profile_is_no_reason_to_stumble(profile: Any) -> None:
    assert isinstance(parse(text(), card(profile=profile)).contact_name, str)


# -- Time and quotes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "timestamp", [None, "", "soon", "0", "-5", "1e9", "99999999999", 1.5, True, {}, "１７６３７２００００"]
)
def test_a_nonsensical_time_is_the_time_of_receipt(timestamp: Any) -> None:
    assert parse(text(timestamp=timestamp)).occurred_at == RECEIVED


def test_a_time_in_the_future_is_the_time_of_receipt() -> None:
    assert parse(text(timestamp=str(int(RECEIVED.timestamp()) + 90))).occurred_at == RECEIVED


@pytest.mark.parametrize("form", [str, int])
def test_a_time_may_be_text_or_number(form: type) -> None:
    seconds = int(RECEIVED.timestamp()) - 90
    assert parse(text(timestamp=form(seconds))).occurred_at == RECEIVED - dt.timedelta(seconds=90)


def test_the_quoted_message_is_named() -> None:
    assert parse(text(context={"from": "1", "id": "wamid.Q"})).quoted_external_id == "wamid.Q"
    assert parse(text(context={"forwarded": True})).quoted_external_id == ""
    assert parse(text(context="x")).quoted_external_id == ""


def test_a_reaction_points_at_its_message_and_concerns_nobody() -> None:
    inbound = parse(text(type="reaction", reaction={"message_id": "wamid.Q", "emoji": "👍"}))
    assert (inbound.text, inbound.quoted_external_id) == ("👍", "wamid.Q")
    assert not inbound.opens_ticket
    assert not inbound.opens_window
    assert parse(text(type="reaction", reaction={"message_id": "wamid.Q"})).text == ""


def test_a_changed_number_is_not_written_into_the_conversation() -> None:
    system = {"type": "user_changed_number", "body": "User changed from 16505551234 to 12195555358", "wa_id": "1"}
    inbound = parse(text(type="system", text=None, system=system))
    assert (inbound.text, inbound.content) == ("", {"provider_type": "user_changed_number"})


def test_an_enormous_text_is_cut() -> None:
    assert len(parse(text("x" * 1_000_000)).text) == wire.MAX_TEXT
