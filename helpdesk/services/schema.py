"""Tell without Django, in a few milliseconds, whether the tables are up to date.

A restart would otherwise spend seconds on finding out that there is nothing to migrate. The stamp lies beside the
data it speaks of. It holds what could change the tables (the migrations, the settings that list the apps, the lock
that names the versions of other people's apps) and what the database itself says was applied.
"""

import hashlib
import os
import subprocess

from helpdesk.services.environment import BASE_DIR
from helpdesk.services.postgres import DATABASE, Postgres

APPLIED = "SELECT md5(string_agg(app || '.' || name, ' ' ORDER BY id)) FROM django_migrations"


def is_current(postgres: Postgres) -> bool:
    """Tell whether nothing has changed since `remember`; the server must run."""
    stamp = postgres.folder / "migrated"
    return stamp.exists() and stamp.read_text() == _state(postgres)


def remember(postgres: Postgres) -> None:
    """Write down that the tables are up to date now."""
    if state := _state(postgres):
        (postgres.folder / "migrated").write_text(state)


def _state(postgres: Postgres) -> str:
    files = [BASE_DIR / "helpdesk" / "settings.py", BASE_DIR / "requirements" / "base.lock"]
    files += sorted(BASE_DIR.glob("*/migrations/*.py"))
    wanted = hashlib.sha256()
    for file in files:
        wanted.update(str(file.relative_to(BASE_DIR)).encode() + file.read_bytes())
    try:
        asked = subprocess.run(
            [postgres.binaries.folder / "psql", "-XAtq", "-h", postgres.run, "-U", DATABASE, "-c", APPLIED],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
            env={"PATH": os.environ.get("PATH", "")},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""  # equals no stamp: the migration itself will find out
    applied = asked.stdout.strip()
    return f"{wanted.hexdigest()} {applied}" if asked.returncode == 0 and applied else ""
