"""Moments come from PostgreSQL in UTC, whichever way it writes them."""

import datetime as dt

import pytest
from django.db import DataError, connection

MOMENTS = ("2026-11-22 10:58:21.000941+00", "2026-07-22 10:58:21.5+00", "2026-11-22 10:58:21+00")


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
@pytest.mark.parametrize("written", MOMENTS)
def test_a_moment_is_read_as_it_was_written(zone: str, written: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('timezone', %s, true)", [zone])
        cursor.execute("SELECT %s::timestamptz, ARRAY[%s::timestamptz, NULL]", [written, written])
        read, several = cursor.fetchone()
    assert (read, several) == (dt.datetime.fromisoformat(written), [read, None])
    assert read.tzinfo is dt.UTC


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("written", ["infinity", "10000-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC"])
def test_a_moment_that_no_clock_shows_is_refused_as_by_the_driver(written: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [written])
        with pytest.raises(DataError):
            cursor.fetchone()
