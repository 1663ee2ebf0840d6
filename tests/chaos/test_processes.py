"""Each process of the stack can be killed and brought back by its name."""

import http

import pytest
import requests

from tests.stack import RunningStack


def test_the_real_processes_answer_die_and_come_back(stack: RunningStack) -> None:
    live = f"{stack.url}/healthz/live"
    assert requests.get(live, timeout=5).status_code == http.HTTPStatus.OK
    ready = requests.get(f"{stack.url}/healthz/ready", timeout=5)
    assert ready.json() == {"database": True, "live_layer": True}
    assert requests.get(f"{stack.url}/inbox/", timeout=5).url.startswith(f"{stack.url}/login/")

    before = stack.pid("web")
    stack.kill9("web")
    with pytest.raises(requests.ConnectionError):
        requests.get(live, timeout=5)
    stack.restart("web")
    assert stack.pid("web") != before
    assert requests.get(live, timeout=5).status_code == http.HTTPStatus.OK

    stack.kill9("worker")
    stack.restart("worker")
    stack.freeze("beat")
    stack.thaw("beat")
    assert stack.stack.supervisor.find("beat").process.poll() is None
