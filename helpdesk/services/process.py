"""Start child processes that cannot outlive this one."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The system account that a child runs as."""

    name: str
    uid: int
    gid: int


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    dies_by: signal.Signals = signal.SIGKILL,
    output: IO[bytes] | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; the kernel sends it `dies_by` when this thread ends.

    Call it from a thread that lives as long as the child should: the main thread.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        # After the change of account, because the kernel forgets the wish there.
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(dies_by))
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(
        list(argv),
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the callers have one thread
    )


def processes_in(folder: Path) -> list[int]:
    """Return the processes whose working folder is `folder`; PostgreSQL's all work in their data folder."""
    found = []
    wanted = str(folder.resolve())
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str((entry / "cwd").readlink()) == wanted:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
