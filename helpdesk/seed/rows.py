"""Rows of the past: made without the cost of a model's constructor, kept as text, written by COPY in one pass.

The past has its own keys, from one: what happens today begins behind the room that `make_room` leaves, so tickets are
numbered in the order in which they came, though the past is written after today.
"""

import datetime as dt
import itertools
import json
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
ROOM = 400_000
ROOM_FOR_TICKETS = 4_000
# What stands for these in the text that COPY reads.
ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


class Keys:
    """The next keys of each table."""

    def __init__(self) -> None:
        self._counts: dict[type[Model], itertools.count[int]] = defaultdict(lambda: itertools.count(1))

    def next(self, model: type[Model]) -> int:
        """Take one."""
        return next(self._counts[model])


def make_room(models: Iterable[type[Model]], *, tickets: type[Model]) -> None:
    """Let the keys of today begin behind those of the past."""
    with connection.cursor() as cursor:
        for model in models:
            room = ROOM_FOR_TICKETS if model is tickets else ROOM
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, room])


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    return {column.attname: column.get_default() for column in model._meta.concrete_fields}


def fresh(model: type[M], keys: Keys, **values: Any) -> M:
    """Return a row with its key and defaults: all columns by the names that end in _id, no callable defaults."""
    row = model.__new__(model)
    row.__dict__.update(_defaults(model))
    row.__dict__.update(values, id=keys.next(model), _state=ModelState())
    return row


class Sheets:
    """Rows as COPY reads them, by table, in the order in which the tables are written."""

    def __init__(self, tables: Iterable[type[Model]]) -> None:
        # On disk until then: the whole past in memory would be the largest part of the demo.
        self._files = {table: tempfile.TemporaryFile() for table in tables}  # noqa: SIM115 - as long as the sheets
        self._counts = dict.fromkeys(self._files, 0)

    def add(self, model: type[M], rows: Iterable[M]) -> None:
        """Take rows as they are now; what happens to them later is not seen."""
        names = [column.attname for column in model._meta.concrete_fields]
        file = self._files[model]
        for row in rows:
            values = row.__dict__
            line = "\t".join([AS_TEXT[type(values[name])](values[name]) for name in names]) + "\n"
            file.write(line.encode())
            self._counts[model] += 1

    def write(self) -> None:
        """Write everything."""
        with connection.cursor() as cursor:
            for model, file in self._files.items():
                _move_on(cursor, model, self._counts[model])
                names = ", ".join(f'"{column.column}"' for column in model._meta.concrete_fields)
                file.seek(0)
                with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as target:
                    while part := file.read(1 << 20):
                        target.write(part)
                file.close()


def _move_on(cursor: CursorWrapper, model: type[Model], count: int) -> None:
    """Let keys begin behind the past where nobody made room for it: nobody can be writing there yet."""
    sequence = model._meta.db_table + "_id_seq"
    cursor.execute(f'SELECT setval(%s, %s) FROM "{sequence}" WHERE last_value <= %s', [sequence, count + 1, count])  # noqa: S608


def _escaped(text: str) -> str:
    return text.translate(ESCAPED) if "\\" in text or "\n" in text or "\t" in text or "\r" in text else text


class _ByType(dict[type, Callable[[Any], str]]):
    """How each type is written; an enumeration of texts as its text."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = (lambda value: _escaped(str(value))) if issubclass(kind, str) else (lambda value: str(int(value)))
        return self[kind]


AS_TEXT = _ByType(
    {
        type(None): lambda _value: r"\N",
        int: str,
        float: repr,
        bool: lambda value: "t" if value else "f",
        str: _escaped,
        uuid.UUID: str,
        dt.datetime: dt.datetime.isoformat,
        dict: lambda value: _escaped(json.dumps(value, ensure_ascii=False)),
        list: lambda value: "{" + ",".join(map(str, value)) + "}",  # an array of numbers
    }
)
