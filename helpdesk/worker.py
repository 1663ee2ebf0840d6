"""A Celery worker with one pool of threads: `python -m helpdesk.worker --queues inbound,outbound`.

It is what `celery -A helpdesk worker` starts, with the options that every worker of the product needs, and without the
command line of Celery, whose interactive shell alone takes 8 MB.
"""

import argparse

from django.conf import settings

from helpdesk.celery import app

QUEUES = "inbound,outbound,media,timers,analytics"


def main() -> int:
    """Work until told to stop; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m helpdesk.worker", description="Start a worker.")
    parser.add_argument("--queues", default=QUEUES, help="names, separated by commas; all by default")
    parser.add_argument("--threads", type=int, default=settings.WORKER_THREADS, help="WORKER_THREADS by default")
    parser.add_argument("--name", default="worker", help="tells workers on one machine apart")
    chosen = parser.parse_args()
    worker = app.Worker(
        hostname=f"{chosen.name}@",
        queues=chosen.queues,
        pool_cls="threads",
        concurrency=chosen.threads,
        loglevel=settings.LOG_LEVEL,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    raise SystemExit(main())
