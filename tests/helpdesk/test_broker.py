"""The worker's connection to the broker ends as connections do."""

from typing import Any

import pytest
from celery import current_app


def test_a_channel_that_is_closed_after_its_connection_fails_as_connections_fail() -> None:
    with current_app.connection_for_read() as connection:
        assert connection.transport.driver_type == "redis"
        errors = connection.connection_errors
        channel: Any = connection.channel()
        channel._pool = None  # as after an error of the connection
        channel.connection.client = None
        with pytest.raises(errors):
            channel.qos.restore_unacked()
