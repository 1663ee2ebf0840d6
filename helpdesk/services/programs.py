"""The processes of the application, as the supervisor starts them."""

import http.client
import sys
from collections.abc import Callable, Mapping

from helpdesk.services.environment import BASE_DIR
from helpdesk.services.supervisor import Program

UVICORN = ["--host", "127.0.0.1", "--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "1"]


def answers(port: int, path: str) -> Callable[[int], bool]:
    """Return a probe: does an HTTP server on this machine answer 200 to `path`?"""

    def probe(_pid: int) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            link.request("GET", path)
            return link.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            link.close()

    return probe


def web(env: Mapping[str, str], port: int) -> Program:
    """Describe the web process: pages, webhook and WebSockets."""
    return Program(
        name="web",
        argv=[sys.executable, "-m", "uvicorn", "helpdesk.asgi:application", "--port", str(port), *UVICORN],
        env=env,
        cwd=BASE_DIR,
        ready=answers(port, "/healthz/live"),
    )


def simulator(env: Mapping[str, str], port: int) -> Program:
    """Describe the simulator: Meta's Graph API and the customers' phones."""
    return Program(
        name="simulator",
        argv=[sys.executable, "-m", "uvicorn", "simulator.asgi:application", "--port", str(port), *UVICORN],
        env={**env, "DJANGO_SETTINGS_MODULE": "simulator.settings"},
        cwd=BASE_DIR,
        ready=answers(port, "/control/health"),
    )


def worker(env: Mapping[str, str]) -> Program:
    """Describe a Celery worker of all queues."""
    return Program(
        name="worker",
        argv=[sys.executable, "-m", "helpdesk.worker"],
        env=env,
        cwd=BASE_DIR,
        ready_line=r"worker@\S+ ready",
    )


def beat(env: Mapping[str, str]) -> Program:
    """Describe Celery's clock."""
    return Program(
        name="beat",
        argv=[sys.executable, "-m", "helpdesk.beat"],
        env=env,
        cwd=BASE_DIR,
        ready_line="beat: Starting",
    )


def command(env: Mapping[str, str], name: str, *arguments: str, within: float = 300.0) -> Program:
    """Describe a command of manage.py that runs to its end."""
    return Program(name=name, argv=[sys.executable, "manage.py", *arguments], env=env, cwd=BASE_DIR, within=within)


def compile_messages(env: Mapping[str, str]) -> Program:
    """Describe the compilation of the translations that changed."""
    return Program(name="messages", argv=[sys.executable, "bin/compile_messages.py"], env=env, cwd=BASE_DIR)
