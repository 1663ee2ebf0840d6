"""The system account that root's PostgreSQL runs as, and the folder that belongs to it."""

import os
import pwd
import secrets
import shutil
import subprocess
from pathlib import Path

from helpdesk.services.errors import StartError
from helpdesk.services.folders import reason
from helpdesk.services.process import Account

ACCOUNT = "helpdesk-postgres"
ROOTS_FOLDER = Path("/var/lib/helpdesk-postgres")


def system_account() -> Account:
    """Return the account that root's servers run as, made at the first start."""
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if useradd is None:
            raise StartError(
                f"PostgreSQL refuses to run as root and there is no useradd to make the account {ACCOUNT}: "
                "run this as an ordinary user, or set DATABASE_URL."
            ) from None
        made = subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(ROOTS_FOLDER),
             "--shell", "/usr/sbin/nologin", ACCOUNT],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        try:  # another start may have made it in the same moment
            entry = pwd.getpwnam(ACCOUNT)
        except KeyError:
            raise StartError(f"The account {ACCOUNT} could not be made: {made.stderr.strip()}.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def roots_folder() -> Path:
    """Return the folder in /var/lib that every account may pass through, made at the first start."""
    try:
        ROOTS_FOLDER.mkdir(mode=0o755, exist_ok=True)
        ROOTS_FOLDER.chmod(0o755)
    except OSError as error:
        raise StartError(f"The folder {ROOTS_FOLDER} cannot be made: {reason(error)}.") from error
    return ROOTS_FOLDER


def folder_of_account(home: Path, account: Account) -> Path:
    """Return the account's folder that `home` points to; a new one with a random name unless there is one.

    A random name, not one made from the path: a checkout that was deleted and made again has new secrets and
    must not find the old database.
    """
    if home.is_symlink() and home.exists():
        return home.readlink()
    home.unlink(missing_ok=True)
    folder = roots_folder() / f"{home.parent.name}-{secrets.token_hex(6)}"
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
        home.symlink_to(folder)
    except OSError as error:
        raise StartError(f"The folder {folder} cannot be made: {reason(error)}.") from error
    return folder
