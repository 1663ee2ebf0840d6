#!/usr/bin/env python3
"""Make .venv and install a hash-locked set of packages into it; do nothing when that is done already.

Knows no package index: pip's own settings say where packages come from.
"""

import ast
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpdesk.services.debian import install as install_package  # noqa: E402
from helpdesk.services.errors import StartError  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOCKS = {name: ROOT / "requirements" / f"{name}.lock" for name in ("base", "dev")}
BEGUN = time.monotonic()


def step(text: str) -> None:
    """Announce what may take a while."""
    print(f"{time.monotonic() - BEGUN:5.1f} s  {text}", flush=True)


def wanted(group: str) -> dict[str, str]:
    """Return what the stamp says once `group` is installed; the development set contains the base set."""
    names = ["base"] if group == "base" else ["base", "dev"]
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return {
        "python": version,
        **{name: hashlib.sha256(LOCKS[name].read_bytes()).hexdigest() for name in names},
    }


def installed() -> dict[str, str]:
    """Return the stamp of the last installation."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def run(*argv: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program quietly; one that is not there fails like any other."""
    try:
        return subprocess.run(
            argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError as error:
        return subprocess.CompletedProcess(argv, 127, "", str(error))


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last thing that a program said."""
    lines = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
    return lines[-1].strip()


def make_environment() -> None:
    """Make .venv with this Python, in whatever way this machine allows."""
    if shutil.which("uv") and run("uv", "venv", "--clear", "--seed", "--python", sys.executable, VENV).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        try:
            if os.geteuid() == 0:
                step(f"Installing {package} (this Python comes without pip)")
            install_package(package, "Python's venv module is not complete")
        except StartError:
            if importlib.util.find_spec("pip") is None:
                raise
            done = run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
            if done.returncode == 0:
                return
    done = run(sys.executable, "-m", "venv", "--clear", VENV)
    if done.returncode:
        raise StartError(f"The virtual environment {VENV} could not be made: {last_line(done)}")


def pip() -> list[str]:
    """Return the command of a pip that works on .venv: its own, else that of this Python."""
    if run(PYTHON, "-m", "pip", "--version").returncode == 0:
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def uv() -> str | None:
    """Return a uv, installed from its own lock unless there is one; None when it cannot be had."""
    for candidate in (VENV / "bin" / "uv", shutil.which("uv")):
        if candidate and run(candidate, "--version").returncode == 0:
            return str(candidate)
    done = run(*pip(), "install", "--quiet", "--require-hashes", "-r", "requirements/uv.lock")
    return str(VENV / "bin" / "uv") if done.returncode == 0 else None


def uv_settings() -> dict[str, str]:
    """Return where packages come from by pip's settings, as uv spells it, and whom the machine trusts."""
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    found: dict[str, str] = {}
    if Path("/etc/ssl/certs/ca-certificates.crt").exists():
        found |= {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}  # the new name and the old one
    for line in run(*pip(), "config", "list").stdout.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name and name not in os.environ:
            found[name] = str(ast.literal_eval(value))
    return found


def install_packages(group: str) -> None:
    """Install exactly what the lock names, with uv, else with pip."""
    lock = LOCKS[group]
    if tool := uv():
        env = {**os.environ, **uv_settings()}
        if run(tool, "pip", "sync", "-q", "--require-hashes", "--python", PYTHON, lock, env=env).returncode == 0:
            return
        step("uv could not do it; trying pip")
    done = run(*pip(), "install", "--quiet", "--require-hashes", "-r", lock)
    if done.returncode:
        raise StartError(f"The packages could not be installed; pip said: {last_line(done)}")


def main() -> int:
    """Bring .venv up to what the first argument names: base or dev."""
    group = sys.argv[1] if len(sys.argv) > 1 else "base"
    if group not in LOCKS:
        print(f"There is no set {group!r}; allowed: {', '.join(LOCKS)}.", file=sys.stderr)
        return 2
    try:
        with (ROOT / ".venv.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals, one installation
            bring_up(group)
    except StartError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nThe environment could not be made in {ROOT}: {error}", file=sys.stderr)
        return 1
    return 0


def bring_up(group: str) -> None:
    """Make what is missing; a whole environment is recognised by its stamp."""
    before = installed()
    works = run(PYTHON, "-c", "").returncode == 0
    if works and wanted(group).items() <= before.items():
        return
    if "dev" in before:
        group = "dev"  # never take a developer's tools away
    if not works:
        step("Making the virtual environment .venv")
        if VENV.exists() and not (VENV / "pyvenv.cfg").exists():
            raise StartError(f"{VENV} is in the way and is no virtual environment; remove it.")
        make_environment()
    step(f"Installing the locked packages ({'development' if group == 'dev' else 'run-time'} set)")
    STAMP.unlink(missing_ok=True)
    install_packages(group)
    STAMP.write_text(json.dumps(wanted(group), indent=2))
    step("Installed")


if __name__ == "__main__":
    sys.exit(main())
