"""`make demo-status`: which processes the demo runs and how much memory each takes."""

import sys
from pathlib import Path

from helpdesk.services.environment import data_folder
from helpdesk.services.folders import is_locked


def children_of(parent: int) -> dict[int, int]:
    """Return all descendants of a process, each with its direct child of `parent` that leads to it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found: dict[int, int] = {}
    for pid in parents:
        line = [pid]
        while line[-1] in parents and parents[line[-1]] != parent:
            line.append(parents[line[-1]])
        if parents.get(line[-1]) == parent:
            found[pid] = line[-1]
    return found


def proportional_memory(pid: int) -> float:
    """Return the memory of a process in MiB, with shared pages divided among those who share them; 0 once it ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    for line in lines:
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def name_of(pid: int) -> str:
    """Return a short name for the program of a process."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    known = {
        "simulator.asgi": "simulator",
        "helpdesk.asgi": "web",
        "helpdesk.worker": "worker",
        "helpdesk.beat": "beat",
        "seed_history": "history",
    }
    for word, name in known.items():
        if any(word in part for part in words[1:7]):
            return name
    return Path(words[0].split(" ")[0]).name.rstrip(":")


def main() -> int:
    """Print one line per program and the sum."""
    lock = data_folder() / "demo.lock"
    if not is_locked(lock):
        print("The demo is not running.")
        return 1
    supervisor = int(lock.read_text())
    sums: dict[int, float] = {supervisor: proportional_memory(supervisor)}
    for pid, top in children_of(supervisor).items():
        sums[top] = sums.get(top, 0.0) + proportional_memory(pid)
    for pid, size in sums.items():
        print(f"{name_of(pid) if pid != supervisor else 'supervisor':<12} process {pid:<8} {size:7.1f} MiB")
    print(f"{'together':<12} {'':16} {sum(sums.values()):7.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
