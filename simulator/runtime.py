"""The one simulator of this process."""

from simulator.engine import Simulator

_running: list[Simulator] = []


def use(simulator: Simulator | None) -> None:
    """Make this simulator the one that the views serve."""
    _running.clear()
    if simulator is not None:
        _running.append(simulator)


def current() -> Simulator:
    """Return the running simulator."""
    return _running[0]
