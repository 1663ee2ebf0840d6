"""Start programs in order, watch them, restart what dies, stop them in reverse.

One thread: the kernel ties "die with your parent" to the thread that started a child.
"""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.services.errors import StartError
from helpdesk.services.process import Account, spawn

MOST_RESTARTS = 3  # within a minute
NO_ROOM = 2_000_000  # bytes
LONGEST_LOG = 10_000_000
# Matches our JSON logs and the plain ones of uvicorn and Celery.
LOUD = r'"level": "(warning|error|critical)"|\b(WARNING|ERROR|CRITICAL)\b'
COLOURS = {"postgres": 34, "valkey": 31, "simulator": 35, "web": 32, "worker": 33, "beat": 36}


@dataclass(frozen=True)
class Program:
    """What to start, and how to tell that it is ready and when it has something to say."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    account: Account | None = None
    before: Callable[[], None] | None = None
    ready: Callable[[int], bool] | None = None
    ready_line: str = ""
    loud: str = LOUD
    stop_signal: signal.Signals = signal.SIGTERM
    dies_by: signal.Signals = signal.SIGKILL
    within: float = 30.0
    patience: float = 5.0


@dataclass
class Child:
    """A program that runs, or waits to be started again."""

    program: Program
    log: Path
    process: subprocess.Popen[bytes]
    read: int = 0
    is_ready: bool = False
    restart_at: float = 0.0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_RESTARTS + 1))
    last_words: str = ""


class Supervisor:
    """Owns the children, in the order of their start."""

    def __init__(self, logs: Path, *, verbose: bool = False, say: Callable[[str], None] = print) -> None:
        self.logs = logs
        self.verbose = verbose
        self.say = say
        self.children: list[list[Child]] = []
        self.signal: int | None = None
        # Not an Event: its lock may be held by the very code that a signal interrupts, which then waits for itself.
        self._hears, self._rings = socket.socketpair()
        for end in (self._hears, self._rings):
            end.setblocking(False)

    def listen_to_signals(self) -> None:
        """Take Ctrl-C, SIGTERM and SIGHUP as the wish to stop, and wake up when a child ends."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, lambda *_: self._wake())

    def _on_signal(self, number: int, _frame: object) -> None:
        self.signal = number
        self._wake()

    def _wake(self) -> None:
        with suppress(BlockingIOError):  # full: it has been rung often enough
            self._rings.send(b".")

    def start(self, *programs: Program) -> None:
        """Start programs side by side and return when all of them are ready.

        Raises `StartError` when one ends or is late, `Stopped` when the wish to stop arrives.
        """
        stage: list[Child] = []
        self.children.append(stage)
        for program in programs:  # one by one: when one cannot be spawned the earlier ones are in our hands
            stage.append(self._child(program))  # noqa: PERF401
        self._await(stage)

    def find(self, name: str) -> Child:
        """Return the child with this name."""
        return next(child for stage in self.children for child in stage if child.program.name == name)

    def restart(self, name: str) -> None:
        """Stop a child, unless it is dead already, and start it again; return when it is ready."""
        child = self.find(name)
        self._stop([child])
        child.is_ready, child.read = False, child.log.stat().st_size  # its earlier "ready" does not count
        child.process = self._spawn(child.program)
        self._await([child])

    def run(self, program: Program) -> None:
        """Run a program to its end.

        Raises `StartError` when it fails or takes longer than its `within`.
        """
        child = self._child(program)
        child.is_ready = True
        self.children.append([child])
        begun = time.monotonic()
        while child.process.poll() is None:
            self._pause(0.03)
            if time.monotonic() - begun > program.within:
                raise StartError(f"{program.name} took longer than {program.within:.0f} s; see {child.log}.")
        self._look(child)
        self.children.remove([child])
        if child.process.returncode:
            raise StartError(f"{program.name} failed ({self._why(child)}).")

    def watch(self) -> None:
        """Keep the children alive until the wish to stop arrives.

        Raises `StartError` when a child dies a fourth time within a minute.
        """
        while self.signal is None:
            for child in [child for stage in self.children for child in stage]:
                self._look(child)
                self._revive(child)
            self.wait(0.25)

    def wait(self, seconds: float) -> None:
        """Sleep until a signal arrives or a child ends, `seconds` at most."""
        if select.select([self._hears], [], [], seconds)[0]:
            self._hears.recv(65536)

    def stop(self) -> None:
        """End all children, the latest stage first; what does not listen in its time is killed."""
        for stage in reversed(self.children):
            self._stop(stage)
        self.children.clear()

    def _stop(self, stage: Sequence[Child]) -> None:
        for child in stage:
            if child.process.poll() is None:
                child.process.send_signal(child.program.stop_signal)
                child.process.send_signal(signal.SIGCONT)  # a frozen one could not listen
        begun = time.monotonic()
        for child in stage:
            try:
                child.process.wait(max(0.0, begun + child.program.patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def _await(self, stage: Sequence[Child]) -> None:
        begun = time.monotonic()
        while not all(child.is_ready for child in stage):
            self._pause(0.03)
            for child in stage:
                self._look(child)
                if child.process.poll() is not None:
                    raise StartError(f"{child.program.name} did not start ({self._why(child)}).")
                limit = child.program.within
                if not child.is_ready and time.monotonic() - begun > limit:
                    raise StartError(f"{child.program.name} was not ready in {limit:g} s; see {child.log}.")

    def _child(self, program: Program) -> Child:
        log = self.logs / f"{program.name}.log"
        begin = log.stat().st_size if log.exists() else 0  # what an earlier run said is not said again
        return Child(program, log, self._spawn(program), read=begin)

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        if program.before:
            program.before()
        log = self.logs / f"{program.name}.log"
        with log.open("ab") as output:
            return spawn(
                program.argv,
                env=program.env,
                cwd=program.cwd,
                account=program.account,
                dies_by=program.dies_by,
                output=output,
            )

    def _pause(self, seconds: float) -> None:
        self.wait(seconds)
        if self.signal is not None:
            raise Stopped

    def _look(self, child: Child) -> None:
        """Read what is new in the child's log, show what matters, and see whether it has become ready."""
        program = child.program
        size = child.log.stat().st_size
        if size > child.read:
            with child.log.open("rb") as log:
                log.seek(child.read)
                new = log.read(min(size - child.read, 1_000_000))
            child.read += len(new)
            for line in new.decode(errors="replace").splitlines():
                if line.strip():
                    child.last_words = readable(line)
                if program.ready_line and re.search(program.ready_line, line):
                    self._mark_ready(child)
                if self.verbose or re.search(program.loud, line):
                    self._show(program.name, line)
        elif size > LONGEST_LOG:
            shutil.copyfile(child.log, child.log.with_suffix(".1.log"))
            os.truncate(child.log, 0)
            child.read = 0
        waiting = not child.is_ready and child.process.poll() is None
        if waiting and program.ready and program.ready(child.process.pid):
            self._mark_ready(child)

    def _mark_ready(self, child: Child) -> None:
        if child.deaths and not child.is_ready:
            self.say(f"{child.program.name} is running again")
        child.is_ready = True

    def _show(self, name: str, line: str) -> None:
        prefix = f"{name:>9} |"
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
        self.say(f"{prefix} {readable(line)}")

    def _revive(self, child: Child) -> None:
        if child.process.poll() is None:
            return
        now = time.monotonic()
        if not child.restart_at:
            child.deaths.append(now)
            if len(child.deaths) > MOST_RESTARTS and now - child.deaths[0] < 60:
                raise StartError(
                    f"{child.program.name} stopped {len(child.deaths)} times within a minute"
                    f" ({self._why(child)}), so everything was stopped."
                )
            recent = sum(1 for death in child.deaths if now - death < 60)
            child.restart_at = now + 0.25 * 2**recent
            self.say(f"{child.program.name} stopped ({self._why(child)}); starting it again")
        elif now >= child.restart_at:
            child.restart_at, child.is_ready = 0.0, False
            child.process = self._spawn(child.program)

    def _why(self, child: Child) -> str:
        code = child.process.returncode
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if shutil.disk_usage(self.logs).free < NO_ROOM:
            return f"{how}; the disk is full"
        return f"{how}; its last words: {child.last_words or 'none'}"


def readable(line: str) -> str:
    """Return a line of a log for a terminal: of our JSON only level, event and what went wrong."""
    try:
        entry = json.loads(line) if line.startswith("{") else {}
    except ValueError:
        entry = {}
    if "event" in entry:
        error = str(entry.get("exception") or entry.get("error") or "").strip()
        parts = [str(entry.get("level", "")), str(entry["event"]), error.rpartition("\n")[2]]
        line = ": ".join(part for part in parts if part)
    return " ".join(line.split())[:200]


class Stopped(Exception):
    """Tell the caller of `start` and `run` that the wish to stop arrived."""
