"""What the actions share that change how the helpdesk works."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import may_configure
from tickets.errors import NameTaken, NotAllowed, StaleEdit
from tickets.models import ConfigurationEvent, ConfigurationVerb


class Configured(Protocol):
    """A piece of configuration that knows its version and who changed it last."""

    pk: Any
    version: int
    changed_at: dt.datetime | None
    changed_by: User | None


def require_configurer(actor: User) -> None:
    """Raise NotAllowed for everybody whose role does not configure."""
    if not may_configure(actor):
        raise NotAllowed(_("Only an administrator can change this."))


def require_fresh(row: Configured, version: int) -> None:
    """Raise StaleEdit when the locked row is not the one that the form was made from."""
    if row.version != version:
        raise StaleEdit(row.changed_by.name if row.changed_by else "")


def mark_changed(row: Configured, actor: User, at: dt.datetime) -> None:
    """Write down who changed a locked row, and raise its version; the caller saves."""
    row.version += 1
    row.changed_by, row.changed_at = actor, at


def record(
    row: Configured,
    actor: User,
    at: dt.datetime,
    *,
    verb: ConfigurationVerb | None = None,
    fields: Iterable[str] = (),
) -> None:
    """Write the change of a saved row into the log; the first version is its creation."""
    ConfigurationEvent.objects.create(
        subject=type(row).__name__.lower(),
        subject_id=row.pk,
        version=row.version,
        verb=verb or (ConfigurationVerb.CREATED if row.version == 1 else ConfigurationVerb.CHANGED),
        fields=sorted(fields),
        actor=actor,
        occurred_at=at,
    )


@contextmanager
def unique_name(name: str) -> Iterator[None]:
    """Turn the database's refusal of a second one with this name into a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "name" in str(error.__cause__):
            raise NameTaken(name) from error
        raise
