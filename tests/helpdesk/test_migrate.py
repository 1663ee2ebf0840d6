"""Changes of large tables."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate


def _limit() -> str:
    with connection.cursor() as sql:
        sql.execute("SHOW statement_timeout")
        return str(sql.fetchone()[0])


@pytest.mark.django_db
def test_a_migration_may_take_longer_than_a_page() -> None:
    seen: list[str] = []

    def look(**_said: object) -> None:
        seen.append(_limit())

    before = _limit()
    post_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0)
    finally:
        post_migrate.disconnect(look)
    assert set(seen) == {"0"}
    assert _limit() == before != "0"
