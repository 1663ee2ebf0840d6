"""Literal data for the style guide: one of everything a component can show."""

from helpdesk.specimens.pieces import (
    CELLS,
    COLUMNS,
    NAMES,
    PANEL_TABS,
    PRIORITY_OPTIONS,
    QUEUE_TABS,
    QUICK_REPLIES,
    RANGE_OPTIONS,
    TEMPLATE_COMPOSER,
)
from helpdesk.specimens.talk import conversation, events, kinds, note, states
from helpdesk.specimens.work import clocks, rows, windows

__all__ = [
    "CELLS",
    "COLUMNS",
    "NAMES",
    "PANEL_TABS",
    "PRIORITY_OPTIONS",
    "QUEUE_TABS",
    "QUICK_REPLIES",
    "RANGE_OPTIONS",
    "TEMPLATE_COMPOSER",
    "clocks",
    "conversation",
    "events",
    "kinds",
    "note",
    "rows",
    "states",
    "windows",
]
