"""Join the sources under static/css into the one style sheet that pages load.

Run `python frontend/bundle_css.py` after a change; with `--check` it only says whether the result is up to date.
"""

import re
import sys
from pathlib import Path

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
RESULT = CSS / "app.css"
FIRST = ("layers.css", "tokens.css", "base.css")


def sources() -> list[Path]:
    """Return the files in the order in which they are joined."""
    return [
        *(CSS / name for name in FIRST),
        *sorted((CSS / "components").glob("*.css")),
        *sorted((CSS / "layouts").glob("*.css")),
    ]


def bundle() -> str:
    """Return the joined text without comments and indentation; addresses are relative to static/css everywhere."""
    parts = ["/* Made by frontend/bundle_css.py from the files beside this one; change those. */"]
    for source in sources():
        text = re.sub(r"/\*.*?\*/", "", source.read_text(encoding="utf-8"), flags=re.DOTALL)
        lines = [line.strip() for line in text.splitlines()]
        parts.append("\n".join(line for line in lines if line))
    return "\n".join(parts) + "\n"


def main() -> int:
    """Write the bundle, or with --check compare it."""
    text = bundle()
    if "--check" in sys.argv[1:]:
        fresh = RESULT.is_file() and RESULT.read_text(encoding="utf-8") == text
        if not fresh:
            sys.stderr.write("static/css/app.css is older than its sources; run python frontend/bundle_css.py\n")
        return 0 if fresh else 1
    RESULT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
