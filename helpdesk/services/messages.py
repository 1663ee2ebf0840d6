"""Collect the strings for the translators, or check that the catalogues have them all; installs gettext if need be."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib

from helpdesk.services.debian import install
from helpdesk.services.errors import StartError

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib")
WITHOUT_STRINGS = ("tests", "static", "staticfiles", "media", "node_modules", "test-results", "benchmarks")

Key = tuple[str | None, str, str]


def collect(root: Path) -> None:
    """Bring the catalogues below `root` up to date with the code there.

    Raises `StartError` with the last words of makemessages when it fails.
    """
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--all", "--no-obsolete", "--add-location", "file"]
        + [argument for name in WITHOUT_STRINGS for argument in ("--ignore", f"{name}/*")],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise StartError(f"The strings cannot be collected: {last}")


def catalogues(root: Path) -> dict[str, set[Key]]:
    """Return what each catalogue below `root` can translate: context, singular, plural."""
    return {
        str(path.relative_to(root)): {
            (entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path)) if not entry.obsolete
        }
        for path in sorted(root.glob("locale/*/LC_MESSAGES/*.po"))
    }


def differences(kept: dict[str, set[Key]], collected: dict[str, set[Key]]) -> list[str]:
    """Return one line for each string that a catalogue lacks or still has although the code does not."""
    lines = []
    for path in sorted(kept.keys() | collected.keys()):
        ours, wanted = kept.get(path, set()), collected.get(path, set())
        lines += [f"{path} lacks {text}" for text in _shown(wanted - ours)]
        lines += [f"{path} still has {text}" for text in _shown(ours - wanted)]
    return lines


def _shown(keys: Iterable[Key]) -> list[str]:
    return sorted(f"“{singular}”" + (f" ({context})" if context else "") for context, singular, _plural in keys)


def check() -> list[str]:
    """Collect the strings in a copy of the code and compare: the tree itself stays as it is."""
    with tempfile.TemporaryDirectory(prefix="messages-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.mo", *WITHOUT_STRINGS))
        kept = catalogues(copy)
        collect(copy)
        return differences(kept, catalogues(copy))


def main(arguments: list[str]) -> int:
    """Collect, or with `--check` say what is out of date; return 1 when something is."""
    try:
        if not all(shutil.which(tool) for tool in TOOLS):
            print("Installing gettext for the translations", file=sys.stderr, flush=True)
            install("gettext", "Collecting the strings needs gettext")
        if arguments != ["--check"]:
            collect(ROOT)
            return 0
        found = check()
    except StartError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    for line in found:
        print(line)
    if found:
        print("\nThe catalogues are out of date; run: make messages, then translate what is new", file=sys.stderr)
        return 1
    print("The catalogues have every string of the code")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
