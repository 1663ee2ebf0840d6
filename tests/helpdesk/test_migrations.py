"""A new database begins with one step for each app; older ones go on from wherever they stand."""

import pytest
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Step = tuple[str, str]


def first_steps() -> dict[Step, list[Step]]:
    """Return the steps that a new database begins with, and those that each stands for."""
    disk = MigrationLoader(None).disk_migrations
    return {name: list(step.replaces) for name, step in disk.items() if step.replaces and "_squashed_" in name[1]}


OURS = {app for app, _name in first_steps()}


def test_what_a_new_database_begins_with_is_what_the_single_steps_lead_to() -> None:
    shortcuts = first_steps()
    assert {"agents", "analytics", "channels_whatsapp", "surveys", "tickets"} <= OURS
    one_by_one = MigrationLoader(None, replace_migrations=False)
    led_to = one_by_one.project_state([steps[-1] for steps in shortcuts.values()])
    beginning = MigrationLoader(None)
    begun = beginning.project_state(list(shortcuts))
    assert begun.models.keys() == led_to.models.keys()
    assert MigrationAutodetector(led_to, begun).changes(graph=beginning.graph) == {}


def pretend(applied: set[Step]) -> None:
    """Write down for our apps that these steps and no others have been taken."""
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__in=OURS).delete()
    recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in sorted(applied))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "missing",
    [
        set(),
        {("tickets", "0023_test_contacts")},
        {("agents", "0006_notifications_in_order"), ("analytics", "0005_unanswered")},
    ],
    ids=["nothing", "one", "two apps"],
)
def test_an_older_database_takes_only_the_steps_that_it_has_not_taken(missing: set[Step]) -> None:
    shortcuts = first_steps()
    stood_for = {step for steps in shortcuts.values() for step in steps}
    later = {name for name in MigrationLoader(None).disk_migrations if name[0] in OURS} - stood_for - set(shortcuts)
    # What came later depends on all that it stands on, so no database has taken it without them.
    ahead = missing | (later if missing else set())
    pretend((stood_for | later) - ahead)
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    assert {(step.app_label, step.name) for step, _backwards in plan} == ahead
    executor.check_replacements()
    known = executor.loader.applied_migrations.keys() & shortcuts.keys()
    assert {app for app, _name in known} == OURS - {app for app, _name in missing}
