"""What figures are counted from: rows that can be thrown away and derived again from the log.

They hold ids without foreign keys, because they are copies: deleting a tag or an agent must not wait for them.
Days are local days of the workspace's time zone, seconds are whole seconds.
"""

from analytics.models.beside import Asked, Effort, MessageDay, Promise, Rated, Step, Wait
from analytics.models.days import Dirty, HourRollup, PresenceDay, Rollup
from analytics.models.fact import Fact
from analytics.models.state import CalendarVersion, KeptWork, Watermark
from analytics.models.workspace import KpiTarget, ReportSettings, Review, ReviewKind

__all__ = [
    "Asked",
    "CalendarVersion",
    "Dirty",
    "Effort",
    "Fact",
    "HourRollup",
    "KeptWork",
    "KpiTarget",
    "MessageDay",
    "PresenceDay",
    "Promise",
    "Rated",
    "ReportSettings",
    "Review",
    "ReviewKind",
    "Rollup",
    "Step",
    "Wait",
    "Watermark",
]
