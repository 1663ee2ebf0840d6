"""Tokens with which programs act as their owner: made, told once, looked up by digest, revoked."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from agents.models import ApiToken, Scope, User
from helpdesk import clock

# Recognizable, so that scanners of repositories find a token that was committed by mistake.
PREFIX = "hdt_"
SECRET_BYTES = 32
# 32 bytes in URL-safe base64 without padding.
LENGTH = len(PREFIX) + 43
# How often the time of the last use is written.
USE_RESOLUTION = dt.timedelta(minutes=1)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    *,
    actor: User,
    owner: User,
    name: str,
    scopes: Iterable[Scope],
    expires_at: dt.datetime | None,
    is_bot: bool = False,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which nobody can read again."""
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        owner=owner,
        created_by=actor,
        name=name,
        digest=digest_of(secret),
        hint=secret[-4:],
        scopes=sorted({str(scope) for scope in scopes}),
        is_bot=is_bot,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    return token, secret


def revoke(*, owner: User, token_id: int) -> ApiToken:
    """End a token of this person at once. Raises ApiToken.DoesNotExist."""
    token = ApiToken.objects.get(pk=token_id, owner=owner)
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
    token.refresh_from_db()
    return token


def usable(at: dt.datetime) -> QuerySet[ApiToken]:
    """Return the tokens that open anything at this moment."""
    return ApiToken.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True, owner__is_active=True
    )


def find(secret: str) -> ApiToken | None:
    """Return the usable token of a secret with its owner, and remember that it was used; one query, or two a minute."""
    if len(secret) != LENGTH or not secret.startswith(PREFIX) or not secret.isascii():
        return None
    at = clock.now()
    token = usable(at).select_related("owner").filter(digest=digest_of(secret)).first()
    if token is not None and (token.last_used_at is None or token.last_used_at <= at - USE_RESOLUTION):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token
