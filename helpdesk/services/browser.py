"""Print the path of a Chromium for the browser tests; install Debian's when there is none and we are root."""

import os
import shutil
import sys

from helpdesk.services.debian import install
from helpdesk.services.errors import StartError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return CHROMIUM, if set, else the first Chromium on PATH."""
    if wanted := os.environ.get("CHROMIUM"):
        return shutil.which(wanted)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    """Print the path; say in one sentence what to do when there is none."""
    try:
        if not find_chromium():
            print("Installing Chromium for the browser tests", file=sys.stderr, flush=True)
            install("chromium", "The browser tests need Chromium")
        print(find_chromium())
    except StartError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
