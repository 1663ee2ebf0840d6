"""Redis as Celery's broker, minus one fault: a broker that vanishes must not take the worker with it."""

from typing import Any

import redis
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as transport


class Channel(transport.Channel):
    """A channel that calls a closed connection by its name."""

    def _connparams(self, **how: Any) -> Any:
        # kombu gives messages back while it closes a channel whose connection is closed already, and stumbles over
        # a None that no consumer expects. Measured: 2 of 12 times that the broker was killed, the worker ended.
        # An error of the connection is what consumers expect here; they connect again.
        if self.connection.client is None:
            raise redis.ConnectionError("the connection to the broker is closed")
        channel: Any = super()
        return channel._connparams(**how)


class Transport(transport.Transport):
    """The transport of these channels."""

    Channel = Channel


def install() -> None:
    """Use this transport for URLs of Redis and Valkey."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
