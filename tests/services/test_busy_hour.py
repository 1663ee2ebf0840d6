"""The scripted hour: who writes what."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from helpdesk.busy_hour.script import HOUR, OUTAGE, customers


def test_the_script_has_five_languages_a_burst_and_an_answer_for_each_question() -> None:
    script = customers(200, 1, "4916")
    assert script == customers(200, 1, "4916")
    assert {one.language for one in script} == {"de", "en", "fr", "es", "pt"}
    assert all(0 <= one.writes_at < HOUR for one in script)
    burst = [one for one in script if one.opening in OUTAGE.values()]
    assert 30 < len(burst) < 100
    assert max(one.writes_at for one in burst) - min(one.writes_at for one in burst) < 400
    assert all(len(one.then) == len(one.answers) - 1 for one in script)


@pytest.mark.parametrize(("option", "value"), [("minutes", 200.0), ("customers", 0)])
def test_an_hour_is_bounded_and_happens_in_the_demo_only(settings: Settings, option: str, value: float) -> None:
    with pytest.raises(CommandError, match="in the demo only"):
        call_command("busy_hour")
    settings.DEMO, settings.SIMULATOR_URL = True, "http://127.0.0.1:1"
    with pytest.raises(CommandError, match="must be from"):
        call_command("busy_hour", **{option: value})
