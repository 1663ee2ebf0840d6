"""`make busy-hour`: start the scripted hour with the environment of the running demo."""

import os
import sys
from typing import NoReturn

from helpdesk.services.environment import BASE_DIR, data_folder, joining_environment
from helpdesk.services.folders import is_locked


def main() -> NoReturn:
    """Become the command, so that Ctrl-C reaches it and nothing else."""
    folder = data_folder()
    if not is_locked(folder / "demo.lock"):
        sys.exit("The demo is not running. Start it in another terminal: make demo")
    os.chdir(BASE_DIR)
    command = [sys.executable, "manage.py", "busy_hour", *sys.argv[1:]]
    os.execve(sys.executable, command, joining_environment(folder))  # noqa: S606 - our own command


if __name__ == "__main__":
    main()
