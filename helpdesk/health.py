"""Answer those who ask whether this process lives and whether it can work."""

import redis
from django.conf import settings
from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else, so a frozen database does not restart it."""
    del request
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether PostgreSQL answers (else 503) and whether Valkey does (informative: nothing is lost without it)."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except Error:
        database = False
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
        live_layer = bool(client.ping())
        client.close()
    except redis.RedisError:
        live_layer = False
    return JsonResponse({"database": database, "live_layer": live_layer}, status=200 if database else 503)
