#!/usr/bin/env python
"""Run administrative commands."""

import os
import sys


def main() -> None:
    """Hand the command line over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    from django.core.management import execute_from_command_line

    from helpdesk.database import LONG
    from helpdesk.postgresql.base import patience

    patience.set(LONG)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
