"""What workers do for people and their programs."""

from celery import shared_task

from agents.api import idempotency


@shared_task(name="agents.tasks.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Delete what was kept for repeated requests."""
    while idempotency.forget_old():
        pass
