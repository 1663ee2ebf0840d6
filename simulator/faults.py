"""The ways in which this stand-in misbehaves on request, as the real thing does."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Statuses = Literal["normal", "none", "shuffled"]
Lost = Literal["answer", "request"]


class FaultError(Exception):
    """The description of a fault is not understood."""


@dataclass(slots=True)
class FailNext:
    """Refuse the next `count` sends, at once or (deferred) by a failed status after a 200."""

    code: int
    title: str
    count: int = 1
    http_status: int = 400
    deferred: bool = False


@dataclass(slots=True)
class Faults:
    """What goes wrong at the moment."""

    duplicate: int = 1  # parallel copies of every webhook
    reorder: bool = False  # shuffle webhooks that become due within REORDER_WINDOW
    delay_ms: int = 0  # hold every webhook back
    statuses: Statuses = "normal"
    status_before_answer: bool = False  # `sent` reaches the webhook before the caller has the answer
    lost: Lost = "answer"  # what hang_next and drop_connection_next lose: the answer of an accepted send, or the send
    hang_next: float = 0.0  # seconds
    drop_connection_next: bool = False
    fail_next: FailNext | None = field(default=None)

    def take_failure(self) -> FailNext | None:
        """Use up one refusal."""
        failure = self.fail_next
        if failure is not None:
            failure.count -= 1
            if failure.count < 1:
                self.fail_next = None
        return failure

    def take_hang(self) -> float:
        """Use up the hang and return its seconds."""
        seconds, self.hang_next = self.hang_next, 0.0
        return seconds

    def take_drop(self) -> bool:
        """Use up the dropped connection."""
        drop, self.drop_connection_next = self.drop_connection_next, False
        return drop

    def become(self, other: "Faults") -> None:
        """Take over the state of another."""
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))

    def as_json(self) -> dict[str, Any]:
        """Return the present state in the words of the control interface."""
        state = asdict(self)
        if state["fail_next"]:
            state["fail_next"]["async"] = state["fail_next"].pop("deferred")
        return state

    def update(self, wanted: dict[str, Any]) -> None:
        """Change the named faults and keep the others. Raises FaultError and then changes nothing."""
        changes: dict[str, Any] = {}
        for name, value in wanted.items():
            match name:
                case "duplicate":
                    changes[name] = whole(name, value, 0, 10) or 1
                case "delay_ms":
                    changes[name] = whole(name, value, 0, 60_000)
                case "reorder" | "drop_connection_next" | "status_before_answer":
                    if not isinstance(value, bool):
                        raise FaultError(f"{name} must be true or false.")
                    changes[name] = value
                case "hang_next":
                    changes[name] = number(name, value, 0, 120)
                case "statuses":
                    changes[name] = one_of(name, value, ("normal", "none", "shuffled"))
                case "lost":
                    changes[name] = one_of(name, value, ("answer", "request"))
                case "fail_next":
                    changes[name] = None if value is None else failure_from(value)
                case _:
                    raise FaultError(f"There is no fault called {name!r}.")
        for name, value in changes.items():
            setattr(self, name, value)


def failure_from(value: object) -> FailNext:
    """Read {code, title, count, http_status, async}. Raises FaultError."""
    if not isinstance(value, dict) or not isinstance(value.get("title", ""), str):
        raise FaultError("fail_next must be an object with code, title and count.")
    if unknown := set(value) - {"code", "title", "count", "http_status", "async"}:
        raise FaultError(f"fail_next does not know {', '.join(sorted(map(str, unknown)))}.")
    if not isinstance(value.get("async", False), bool):
        raise FaultError("async must be true or false.")
    return FailNext(
        code=whole("code", value.get("code", 131000), 0, 9_999_999),
        title=value.get("title", "")[:200] or "Something went wrong",
        count=whole("count", value.get("count", 1), 1, 100_000),
        http_status=whole("http_status", value.get("http_status", 400), 400, 599),
        deferred=value.get("async", False),
    )


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return a whole number within bounds. Raises FaultError."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise FaultError(f"{name} must be a whole number from {low} to {high}.")
    return value


def number(name: str, value: object, low: float, high: float) -> float:
    """Return a number within bounds. Raises FaultError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise FaultError(f"{name} must be a number from {low} to {high}.")
    return float(value)


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    """Return one of the allowed words. Raises FaultError."""
    if value not in allowed:
        raise FaultError(f"{name} must be one of {', '.join(allowed)}.")
    return str(value)
