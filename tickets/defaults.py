"""What a new installation starts with: office hours and a promise for each priority."""

from collections.abc import Callable
from typing import Any

from django.apps import apps

from tickets.models import Metric, Priority

OFFICE = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(5))
ALWAYS = tuple((weekday, 0, 24 * 60) for weekday in range(7))
MINUTE, HOUR = 60, 3600
# priority -> seconds to the first reply, to each next reply, to the resolution
PROMISES: dict[Priority, tuple[str, int, int, int]] = {
    Priority.URGENT: ("Urgent", 5 * MINUTE, 5 * MINUTE, 2 * HOUR),
    Priority.HIGH: ("High", 10 * MINUTE, 10 * MINUTE, 4 * HOUR),
    Priority.NORMAL: ("Normal", 10 * MINUTE, 10 * MINUTE, 8 * HOUR),
    Priority.LOW: ("Low", HOUR, HOUR, 24 * HOUR),
}


def install(
    *,
    time_zone: str,
    week: tuple[tuple[int, int, int], ...] = OFFICE,
    get_model: Callable[[str, str], Any] = apps.get_model,
) -> None:
    """Create default hours and policies where there are none; migrations pass their own `get_model`."""
    hours, created = get_model("tickets", "BusinessHours").objects.get_or_create(
        is_default=True, defaults={"name": "Office hours", "time_zone": time_zone}
    )
    if created:
        interval = get_model("tickets", "BusinessInterval")
        interval.objects.bulk_create(
            interval(hours=hours, weekday=weekday, begins=begins, ends=ends) for weekday, begins, ends in week
        )
    policies, target = get_model("tickets", "SlaPolicy").objects, get_model("tickets", "SlaTarget")
    if not policies.exists():
        for position, (priority, (name, first, following, resolution)) in enumerate(PROMISES.items(), start=1):
            policy = policies.create(name=name, position=position, priority=priority)
            target.objects.bulk_create(
                target(policy=policy, metric=metric, seconds=seconds)
                for metric, seconds in (
                    (Metric.FIRST_RESPONSE, first),
                    (Metric.NEXT_RESPONSE, following),
                    (Metric.RESOLUTION, resolution),
                )
            )
