"""What the actions share that change how the helpdesk works."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import may_configure
from tickets.errors import NameTaken, NotAllowed, StaleEdit
from tickets.models import AutomaticText, BusinessHours, SlaPolicy


def require_configurer(actor: User) -> None:
    """Raise NotAllowed for everybody whose role does not configure."""
    if not may_configure(actor):
        raise NotAllowed(_("Only an administrator can change this."))


def require_fresh(row: AutomaticText | BusinessHours | SlaPolicy, version: int) -> None:
    """Raise StaleEdit when the locked row is not the one that the form was made from."""
    if row.version != version:
        raise StaleEdit(row.changed_by.name if row.changed_by else "")


def mark_changed(row: AutomaticText | BusinessHours | SlaPolicy, actor: User, at: dt.datetime) -> None:
    """Write down who changed a locked row, and raise its version; the caller saves."""
    row.version += 1
    row.changed_by, row.changed_at = actor, at


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
