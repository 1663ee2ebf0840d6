"""The embedded Valkey really starts here; nothing is imitated."""

from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from helpdesk.services.errors import StartError
from helpdesk.services.valkey import Valkey
from tests.services.conftest import Launcher, eventually

pytestmark = pytest.mark.stack
Launch = Callable[[], Launcher]


def test_it_refuses_to_forget_and_listens_on_no_port(launch: Launch) -> None:
    client = redis.Redis.from_url(launch().redis, decode_responses=True)
    assert client.config_get("port") == {"port": "0"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    client.close()


def test_a_queue_survives_a_killed_launcher(launch: Launch) -> None:
    first = launch()
    client = redis.Redis.from_url(first.redis)
    client.rpush("queue", *range(100))
    client.close()
    first.process.kill()
    first.process.wait()
    again = redis.Redis.from_url(launch().redis)
    assert eventually(lambda: again.llen("queue") == 100)
    again.close()


def test_a_second_instance_on_the_same_folder_is_refused(launch: Launch) -> None:
    launcher = launch()
    home = launcher.redis.removeprefix("unix://").partition("/run/")[0]
    with pytest.raises(StartError, match="is in use"):
        Valkey(Path(home)).prepare()
