"""An append-only file of JSON lines: the simulator's only durable memory.

Records are buffered, written by one thread and fsynced once per batch: many accepted sends share one fsync.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

Record = dict[str, Any]
FLUSH_AFTER = 0.05  # seconds that a record without a waiting caller may stay in memory
COMPACT_ABOVE = 64 * 1024 * 1024  # bytes


class JournalError(Exception):
    """The journal cannot be written or belongs to another process."""


class Journal:
    """The append-only file, owned by one process at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = path.with_suffix(".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise JournalError(f"Another simulator already uses {path.parent}.") from error
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._written = os.fstat(self._file).st_size
        self._buffer: list[bytes] = []
        self._next_offset = self._written
        self._waiting: list[asyncio.Future[None]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")

    def replay(self) -> Iterator[tuple[int, Record]]:
        """Yield (offset, record) for every intact line and cut off a line torn by a crash."""
        with self.path.open("rb") as lines:
            offset = 0
            for line in lines:
                if not line.endswith(b"\n"):
                    os.ftruncate(self._file, offset)
                    break
                try:
                    record = json.loads(line)
                except ValueError:
                    record = None
                if isinstance(record, dict):
                    yield offset, record
                offset += len(line)
        self._written = self._next_offset = offset

    def append(self, record: Record) -> int:
        """Take a record to be written soon and return the offset at which it will stand."""
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        offset = self._next_offset
        self._next_offset += len(line)
        self._buffer.append(line)
        if self._timer is None and self._flusher is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_AFTER, self._start)
        return offset

    async def commit(self) -> None:
        """Return when everything appended so far is on the disk. Raises JournalError."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._start()
        await done

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._flusher is None:
            self._flusher = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._buffer or self._waiting:
                lines, self._buffer = self._buffer, []
                waiting, self._waiting = self._waiting, []
                try:
                    write = partial(self._write, b"".join(lines), sync=bool(waiting))
                    await loop.run_in_executor(self._thread, write)
                except OSError as error:
                    # What was not written is forgotten; offsets of later records must match the file again.
                    self._buffer.clear()
                    waiting += self._waiting
                    self._waiting = []
                    self._next_offset = self._written
                    for future in waiting:
                        if not future.done():
                            future.set_exception(JournalError(f"The journal cannot be written: {error.strerror}."))
                    return
                for future in waiting:
                    if not future.done():
                        future.set_result(None)
        finally:
            self._flusher = None

    def _write(self, data: bytes, *, sync: bool) -> None:
        start = self._written
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._file, view) :]
            if sync:
                os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, start)
            raise
        self._written = start + len(data)

    def read(self, offsets: list[int]) -> list[Record]:
        """Return the records that stand at these offsets; they must have been committed."""
        records = []
        with self.path.open("rb") as lines:
            for offset in offsets:
                lines.seek(offset)
                records.append(json.loads(lines.readline()))
        return records

    async def clear(self) -> None:
        """Forget everything."""
        await self.commit()
        while self._flusher is not None:  # a write that began meanwhile would come back after the cut
            await self.commit()
            await asyncio.sleep(0)
        self._buffer.clear()
        os.ftruncate(self._file, 0)
        self._written = self._next_offset = 0

    def rewrite(self, records: Iterator[Record]) -> None:
        """Replace the file by these records in one step (only before the first append)."""
        fresh = self.path.with_suffix(".new")
        with fresh.open("wb") as lines:
            for record in records:
                lines.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
            lines.flush()
            os.fsync(lines.fileno())
        fresh.replace(self.path)
        os.close(self._file)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._written = self._next_offset = os.fstat(self._file).st_size

    async def close(self) -> None:
        """Write what is buffered and let the file go."""
        try:
            await self.commit()
        finally:
            self._thread.shutdown()
            os.close(self._file)
            self._lock.close()
