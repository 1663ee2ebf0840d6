"""The demo begins with a past in which everything has arrived."""

import pytest
from pytest_django.fixtures import Settings

from helpdesk.seed import people, play, scenario
from surveys.defaults import install as install_surveys
from tickets.defaults import install_texts
from tickets.models import AuthorKind, Message, MessageKind, MessageState


@pytest.mark.django_db
def test_nothing_of_the_past_is_left_to_be_sent_today(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_ACCESS_TOKEN", "of no number")
    settings.SIMULATOR_URL = ""
    install_texts()
    install_surveys()
    play.play(people.hire())
    sent = Message.objects.filter(kind=MessageKind.OUTBOUND)
    assert set(sent.values_list("state", flat=True)) == {MessageState.SENT}
    acknowledged = sent.filter(author_kind=AuthorKind.BOT).values("ticket")
    assert acknowledged.distinct().count() == len(scenario.CHATS)
