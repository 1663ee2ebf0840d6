"""Ask for figures. Pages, CSV files and the API all come through here, so they show the same numbers.

    from analytics import queries
    from analytics.periods import Period
    from analytics.scope import Filters

    period = Period.last_days(30)
    reader = queries.Reader(request.user, Filters(teams=frozenset({3})))   # PermissionDenied for who may read nothing
    result = reader.kpi("first_response_time", period)                     # a Result
    reader.series("first_response_time", period)                           # a Point for each day
    reader.breakdown("first_response_time", "agent", period)               # [(key, Result)], keys as text
    reader.heatmap(period); reader.backlog(period); reader.tickets_behind("csat", period)
    queries.overview(request.user, period, Filters())                      # a whole page in at most 15 queries

Words of a KPI stand in `analytics.definitions` as English source texts: `gettext(KPIS[id].label)`. Rates are shares
from 0 to 1, durations seconds. `variant="business"` asks for business seconds. A rate with a window (first contact
resolution, reopenings) counts the days that are final; what is younger stands apart in `provisional`. The local days
of the workspace (settings.TIME_ZONE) are the only days there are.
"""

from analytics.queries.front import of_agents, overview
from analytics.queries.heat import hours_of
from analytics.queries.reader import Reader

__all__ = ["Reader", "hours_of", "of_agents", "overview"]
