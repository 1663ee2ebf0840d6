"""Nobody waits for the broker."""

import threading
import time

import pytest

from tickets import wake
from tickets.tasks import Crew


class Broker:
    """Stands where kombu begins: counts, and hangs or fails on request."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.hang = threading.Event()
        self.hang.set()
        self.broken = False

    def send_task(self, task: str, **options: object) -> None:
        """Take a wake-up."""
        self.hang.wait(timeout=10)
        if self.broken:
            raise ConnectionError("gone")
        self.taken.append(task)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    """Return a broker that the tests can break, and a waker of its own."""
    broker = Broker()
    monkeypatch.setattr(wake, "current_app", broker)
    monkeypatch.setattr(wake, "waker", wake.Waker())
    return broker


def soon(condition: object, seconds: float = 3.0) -> bool:
    """Wait for something that another thread does."""
    assert callable(condition)
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_a_wake_up_is_published(broker: Broker) -> None:
    wake.publish("a")
    assert soon(lambda: broker.taken == ["a"])


def test_a_broker_that_hangs_delays_nobody_and_a_burst_becomes_one_wake_up(broker: Broker) -> None:
    broker.hang.clear()
    begin = time.monotonic()
    for _ in range(1000):
        wake.publish("a")
    assert time.monotonic() - begin < 1
    broker.hang.set()
    assert soon(lambda: len(broker.taken) >= 1)
    time.sleep(0.2)
    assert len(broker.taken) <= 2


def test_after_an_error_the_waker_rests_and_then_goes_on(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "REST", 0.3)
    broker.broken = True
    wake.publish("a")
    assert soon(lambda: wake.waker._resting_until > 0)
    broker.broken = False
    wake.publish("b")
    time.sleep(0.1)
    assert broker.taken == []
    time.sleep(0.3)
    wake.publish("c")
    assert soon(lambda: broker.taken == ["c"])


def test_nothing_is_published_before_the_commit(
    broker: Broker, django_capture_on_commit_callbacks: object, db: None
) -> None:
    assert callable(django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        wake.wake("a")
        time.sleep(0.1)
        assert broker.taken == []
    assert soon(lambda: broker.taken == ["a"])


def test_a_crew_that_is_complete_sends_more_threads_away_and_looks_once_more_for_them() -> None:
    crew, begun, go_on, looks = Crew(1), threading.Event(), threading.Event(), []

    def drain() -> None:
        looks.append(1)
        begun.set()
        assert go_on.wait(3)

    first = threading.Thread(target=crew.work, args=(drain,))
    first.start()
    assert begun.wait(3)
    assert not crew.work(drain), "there is no second place"
    go_on.set()
    first.join(3)
    assert len(looks) == 2, "word was left while it drained"
    assert crew.work(drain), "and the place is free again"


def test_a_crew_loses_no_place_when_draining_breaks() -> None:
    crew = Crew(1)

    def broken() -> None:
        raise ValueError("broken")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            crew.work(broken)
