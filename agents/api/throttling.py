"""So many requests a minute for each token, counted in the cache; without the cache nobody is held up."""

from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from agents.models import ApiToken
from helpdesk import clock

log = structlog.get_logger(__name__)
WINDOW = 60


@dataclass(frozen=True)
class Allowance:
    """What a token has left in the running minute."""

    limit: int
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """Return the header fields of the IETF's draft on rate limits."""
        return {
            "RateLimit-Policy": f'"token";q={self.limit};w={WINDOW}',
            "RateLimit": f'"token";r={max(self.left, 0)};t={self.seconds}',
        }


def count(token: ApiToken) -> Allowance | None:
    """Count one request; None when the cache is away."""
    minute, second = divmod(int(clock.now().timestamp()), WINDOW)
    key = f"api:{token.pk}:{minute}"
    try:
        cache.add(key, 0, timeout=2 * WINDOW)
        used = cache.incr(key)
    except (RedisError, OSError, ValueError) as error:
        log.warning("api_rate_not_counted", error=type(error).__name__)
        return None
    return Allowance(settings.API_REQUESTS_PER_MINUTE, settings.API_REQUESTS_PER_MINUTE - used, WINDOW - second)


class TokenThrottle(BaseThrottle):
    """Refuse a token that has used up its minute; leaves the allowance on the request."""

    allowance: Allowance | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request and say whether it may go on."""
        if isinstance(request.auth, ApiToken):
            self.allowance = count(request.auth)
        view.allowance = self.allowance  # type: ignore[attr-defined]
        return self.allowance is None or self.allowance.left >= 0

    def wait(self) -> float | None:
        """Return the seconds until the next minute."""
        return self.allowance.seconds if self.allowance else None
