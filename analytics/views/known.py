"""What a reader may restrict figures to: the keys of each kind with their names."""

from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from agents.models import Team, User
from analytics.scope import teams_of_viewer
from tickets.channels import channel_labels
from tickets.models import Inbox, RoutingRule, Tag


class Picked(NamedTuple):
    """One key that figures are restricted to."""

    key: str
    name: str


class Known:
    """All that one reader may ask for. Two queries for everybody, when it is first needed."""

    def __init__(self, viewer: User) -> None:
        self._viewer = viewer

    @cached_property
    def allowed(self) -> frozenset[int] | None:
        """The teams whose figures the reader may see; None for all."""
        return teams_of_viewer(self._viewer)

    @cached_property
    def keys(self) -> dict[str, list[Picked]]:
        """The keys by kind, in order of their names; of teams and people only those that are the reader's to read."""
        teams, people = Team.objects.all(), User.objects.all()
        if self.allowed is not None:
            teams = teams.filter(pk__in=self.allowed)
            people = people.filter(pk__in=User.objects.filter(memberships__team__in=self.allowed).values("pk"))
        found: dict[str, list[Picked]] = {
            "channel": [Picked(key, label) for key, label in channel_labels().items()],
            **{kind: [] for kind in ("inbox", "team", "agent", "tag", "topic")},
        }
        rows = _named("team", teams).union(
            _named("agent", people),
            _named("inbox", Inbox.objects.all()),
            _named("tag", Tag.objects.all()),
            _named("topic", RoutingRule.objects.all()),
            all=True,
        )
        for kind, key, name in rows:
            found[kind].append(Picked(str(key), name))
        return {kind: sorted(keys, key=lambda one: one.name.casefold()) for kind, keys in found.items()}

    def find(self, kind: str, key: str) -> Picked | None:
        """Return a key that the reader may ask for; None for any other."""
        return next((one for one in self.keys[kind] if one.key == key), None)


def _named(kind: str, rows: QuerySet[Any]) -> QuerySet[Any, tuple[str, int, str]]:
    full_name = Trim(Concat("first_name", Value(" "), "last_name"))
    called = Coalesce(NullIf(full_name, Value("")), "username") if kind == "agent" else F("name")
    named = rows.order_by().annotate(kind=Value(kind, output_field=CharField()), called=called)
    plain: QuerySet[Any, tuple[str, int, str]] = named.values_list("kind", "pk", "called")
    return plain
