"""The parts of a rebuild that processes do side by side, each in a transaction of its own, into the tables beside."""

import datetime as dt

from analytics import facts, rollups, shadow
from analytics.database import fetch

# From contact to ticket by an index at each step, whatever the planner believes of tables that were just filled.
TICKETS_OF = """
SELECT t.id FROM (
  SELECT id FROM tickets_contact WHERE merged_into_id IS NULL AND id BETWEEN %s AND %s
  UNION ALL SELECT id FROM tickets_contact WHERE merged_into_id BETWEEN %s AND %s
) AS c, LATERAL (SELECT id FROM tickets_conversation WHERE contact_id = c.id OFFSET 0) AS v,
LATERAL (SELECT id FROM tickets_ticket WHERE conversation_id = v.id OFFSET 0) AS t
"""


def people(first: int, last: int) -> int:
    """Derive the facts of a range of contacts; return the number of their tickets."""
    with shadow.first():
        return facts.derive([pk for (pk,) in fetch(TICKETS_OF, [first, last, first, last])])


def count(name: str, days: list[dt.date]) -> None:
    """Count one of the parts of days."""
    with shadow.first():
        rollups.insert(name, days)
