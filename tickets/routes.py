"""Addresses of WebSockets."""

from typing import Any

from django.urls import path

from tickets.consumers import AgentConsumer

# An ASGI application where Django's own stubs expect a view.
agent: Any = AgentConsumer.as_asgi()
websocket_urlpatterns = [path("ws/agent/", agent)]
