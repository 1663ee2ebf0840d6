#!/usr/bin/env python
"""Compile the translations that changed, without the gettext tools."""

import sys
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def main() -> int:
    """Write a .mo file beside every .po file that is newer; return 1 when one cannot be read."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        import polib  # only when there is work: a restart is quicker without

        try:
            catalogue = polib.pofile(str(source), check_for_duplicates=True)
        except (OSError, ValueError) as error:
            print(f"{source} cannot be compiled: {error}", file=sys.stderr)
            return 1
        half = target.with_suffix(".half")
        catalogue.save_as_mofile(str(half))
        half.replace(target)
        print(f"Compiled {source.relative_to(LOCALE.parent)} ({len(catalogue.translated_entries())} entries)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
