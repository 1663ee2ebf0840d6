"""What figures are broken down by, in words: the definitions say which dimensions a figure has."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agents.models import Team, User
from analytics.definitions import Kpi
from tickets.models import Inbox, RoutingRule, Tag

# In the order of the pages. A dimension that is not here is shown under its own name, after these.
LABELS: dict[str, StrOrPromise] = {
    "team": gettext_lazy("Team"),
    "agent": gettext_lazy("Agent"),
    "inbox": gettext_lazy("Number"),
    "channel": gettext_lazy("Channel"),
    "tag": gettext_lazy("Tag"),
    "topic": gettext_lazy("Topic"),
}
NAMES: dict[str, Callable[[], dict[str, str]]] = {
    "team": lambda: {str(key): name for key, name in Team.objects.values_list("pk", "name")},
    "agent": lambda: {str(user.pk): user.name for user in User.objects.all()},
    "inbox": lambda: {str(key): name for key, name in Inbox.objects.values_list("pk", "name")},
    "topic": lambda: {str(key): name for key, name in RoutingRule.objects.values_list("pk", "name")},
    "tag": lambda: {str(key): name for key, name in Tag.objects.values_list("pk", "name")},
}


def of(kpi: Kpi, first: str = "") -> list[str]:
    """Return the dimensions of a figure; one of them may come first."""
    known = list(LABELS)
    ordered = sorted(kpi.dimensions, key=lambda one: (known.index(one) if one in LABELS else len(known), one))
    return sorted(ordered, key=lambda one: one != first)


def label(dimension: str) -> StrOrPromise:
    """Return what a dimension is called."""
    return LABELS.get(dimension, dimension.capitalize())


def names(dimension: str) -> dict[str, str]:
    """Return the names of the keys of a dimension; keys without a name speak for themselves. One query at most."""
    return NAMES[dimension]() if dimension in NAMES else {}
