"""Install a Debian package when we are root, else say which command would."""

import os
import shutil
import subprocess

from helpdesk.services.errors import StartError


def install(package: str, why: str) -> None:
    """Install a package with apt.

    Raises `StartError` with the one command to run when we are not root, there is no apt, or it fails.
    """
    by_hand = f"{why}; run this as root, then try again: apt-get install {package}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StartError(by_hand)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(
            ["apt-get", "-q", *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and arguments[0] == "install":
            last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            raise StartError(f"{by_hand} (apt-get said: {last})")
