"""The command that connects a number."""

import io

import pytest
from django.core.management import CommandError, call_command

from channels_whatsapp.models import WhatsAppNumber
from tests.cast import House
from tickets.models import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "EAAx")


def connect(inbox: str, **options: str) -> str:
    out = io.StringIO()
    call_command("connect_number", inbox=inbox, phone_number_id="42", stdout=out, **options)
    return out.getvalue()


def test_an_existing_inbox_is_connected(cast: House) -> None:
    assert "Support EU speaks for +49 1" in connect("Support EU", display_number="+49 1")
    number = WhatsAppNumber.objects.get()
    assert (number.inbox, number.access_token.reveal()) == (cast.inbox, "EAAx")


def test_a_new_inbox_needs_a_team(cast: House) -> None:
    with pytest.raises(CommandError, match="--team"):
        connect("New")
    with pytest.raises(CommandError, match="Returns desk"):
        connect("New", team="Nobody")
    connect("New", team="Finance")
    assert Inbox.objects.get(name="New").team == cast.finance


def test_running_it_again_renews_the_token_and_ends_a_pause(cast: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from channels_whatsapp.numbers import pause

    connect("Support EU")
    pause(WhatsAppNumber.objects.get(), reason="190")
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "EAAy")
    connect("Support EU")
    number = WhatsAppNumber.objects.get()
    assert (number.access_token.reveal(), number.paused_at) == ("EAAy", None)


def test_a_number_belongs_to_one_inbox(cast: House) -> None:
    connect("Support EU")
    with pytest.raises(CommandError, match="Another inbox"):
        connect("New", team="Finance")
    assert not Inbox.objects.filter(name="New").exists()


def test_without_a_token_and_without_a_terminal_it_says_what_to_do(
    cast: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHATSAPP_ACCESS_TOKEN")
    monkeypatch.setattr("sys.stdin", io.StringIO("EAAx\n"))
    with pytest.raises(CommandError, match="WHATSAPP_ACCESS_TOKEN"):
        connect("Support EU")


def test_an_inbox_of_another_channel_is_left_alone(cast: House) -> None:
    Inbox.objects.create(name="Letters", channel="paper", team=cast.returns)
    with pytest.raises(CommandError, match="another channel"):
        connect("Letters")
