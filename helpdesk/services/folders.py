"""Private folders, locks and room on the disk."""

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO

from helpdesk.services.errors import StartError

# A socket address holds 107 bytes; PostgreSQL and Valkey add the name of the socket to the folder.
LONGEST_SOCKET_FOLDER = 85


def private_folder(path: Path) -> Path:
    """Create a folder that nobody else may enter.

    Raises `StartError` when the disk or the permissions do not allow it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise StartError(f"The folder {path} cannot be made: {reason(error)}.") from error
    return path


def reason(error: OSError) -> str:
    """Say in words what the operating system refused."""
    return "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error)).lower()


def require_room(path: Path, megabytes: int) -> None:
    """Refuse to begin what the disk cannot hold."""
    free = shutil.disk_usage(path).free // 1_000_000
    if free < megabytes:
        raise StartError(
            f"The disk is full: {path} has {free} MB of free space and at least {megabytes} MB are needed."
        )


def hold_lock(path: Path, *, busy: str) -> IO[str]:
    """Take the lock file for as long as the returned file stays open; the kernel drops it with the process.

    Raises `StartError` with the sentence `busy`, and the process that holds it, when it is taken.
    """
    try:
        lock = path.open("a+")
    except OSError as error:
        raise StartError(f"The file {path} cannot be written: {reason(error)}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise StartError(f"{busy} (process {holder}).") from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def is_locked(path: Path) -> bool:
    """Tell whether some process holds the lock file."""
    if not path.exists():
        return False
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def socket_folder(home: Path) -> Path:
    """Return a private folder for sockets: inside `home`, or a short one that `home/run` points to."""
    run = home / "run"
    if len(str(run)) < LONGEST_SOCKET_FOLDER:
        return private_folder(run)
    if run.is_symlink() and is_private(target := run.readlink()):
        return target
    run.unlink(missing_ok=True)
    short = Path(tempfile.mkdtemp(prefix="helpdesk-", dir="/tmp"))
    run.symlink_to(short)
    return short


def is_private(path: Path) -> bool:
    """Tell whether `path` is a real folder of ours that nobody else may enter."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def remove(path: Path) -> None:
    """Remove a folder with whatever its symbolic links of the first two levels point to.

    Short sockets and root's databases live elsewhere; only the links that we make ourselves are followed.
    """
    if not path.exists():
        return
    for link in [*path.glob("*"), *path.glob("*/*")]:
        if link.is_symlink() and link.name in {"postgres", "run"}:
            shutil.rmtree(link.readlink(), ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)
