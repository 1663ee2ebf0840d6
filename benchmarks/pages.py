"""The inbox as Lena opens it: time on the server, bytes, queries. Prints JSON: `python -m benchmarks.pages`."""

import gzip
import json
import sys
import time
from typing import Any

import brotli

from benchmarks.knocking import quantile

WARM, TIMES = 5, 30


def measure() -> dict[str, Any]:
    """Open list and ticket again and again inside this process, through the whole chain of middleware."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from agents.models import User
    from tickets.models import OPEN_STATUSES, Conversation, Message, Ticket

    lena = User.objects.get(username="lena")
    client = Client(headers={"accept-encoding": "identity", "host": "127.0.0.1"})
    client.force_login(lena, backend="django.contrib.auth.backends.ModelBackend")
    longest = Conversation.objects.order_by("-last_seq")[0]
    ticket = Ticket.objects.filter(conversation=longest)[0]
    pages = {"list": "/inbox/all/", "ticket": f"/inbox/all/{ticket.pk}/"}
    result: dict[str, Any] = {
        "conversations": Conversation.objects.count(),
        "open": Ticket.objects.filter(status__in=OPEN_STATUSES).count(),
        "messages": Message.objects.count(),
    }
    for name, address in pages.items():
        seconds: list[float] = []
        work: list[float] = []
        queries, body = 0, b""
        for turn in range(WARM + TIMES):
            counted = 0

            def count(execute: Any, *arguments: Any) -> Any:
                nonlocal counted
                counted += 1
                return execute(*arguments)

            with connection.execute_wrapper(count):
                begun, worked = time.perf_counter(), time.process_time()
                response = client.get(address)
                body = response.content
                took, worked = time.perf_counter() - begun, time.process_time() - worked
            assert response.status_code == 200, f"{address} answered {response.status_code}"
            if turn >= WARM:
                seconds.append(took)
                work.append(worked)
                queries = counted
        result[name] = {
            "p50_ms": quantile(seconds, 50) * 1000,
            "p95_ms": quantile(seconds, 95) * 1000,
            "processor_ms": quantile(work, 50) * 1000,
            "bytes": len(body),
            "gzip": len(gzip.compress(body)),
            "brotli": len(brotli.compress(body, quality=5)),
            "queries": queries,
        }
    return result


if __name__ == "__main__":
    json.dump(measure(), sys.stdout)
