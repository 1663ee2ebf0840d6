"""Do the first due row; one that breaks is told of in the log and must not hold up those behind it."""

from collections.abc import Callable, Iterable
from itertools import islice

import structlog
from django.db import InterfaceError, OperationalError

from tickets.faults import describe

log = structlog.get_logger(__name__)
# So many rows may be broken at once before they hold up the others.
LOOKED_AT = 100


def first_of(ids: Iterable[int], do: Callable[[int], bool]) -> bool:
    """Do rows in their order until one is done; return whether one was, so that there may be more.

    A row that somebody else has done meanwhile is passed over, and so is one that breaks: the next sweep tries it
    again. The database's own trouble is raised.
    """
    for pk in islice(ids, LOOKED_AT):
        try:
            if do(pk):
                return True
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the rows behind it are not to blame
            log.error("due_row_broke", row=pk, error=describe(error))
    return False
