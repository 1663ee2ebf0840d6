"""The environment of the application's processes; its secrets are made once and kept with the data."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from helpdesk.services.folders import private_folder

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PHONE_NUMBER_ID = "100200300400500"
WABA_ID = "200300400500600"
DISPLAY_NUMBER = "4940555000000"
# A file in the data folder of the demo, as long as its invented past is not written.
PAST_TO_WRITE = "past-to-write"


def data_folder() -> Path:
    """Return where the demo keeps its data: DATA_DIR/demo, with `.data` as the default of DATA_DIR."""
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve() / "demo"


def kept_secrets(folder: Path) -> dict[str, str]:
    """Return the secrets of this data folder; made at the first start, readable by its owner only."""
    path = folder / "secrets.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "WHATSAPP_APP_SECRETS": secrets.token_hex(16),
        "WHATSAPP_VERIFY_TOKEN": secrets.token_urlsafe(18),
        "SIM_ACCESS_TOKEN": "EAA" + secrets.token_urlsafe(48),
    }
    _write_private(path, made)
    return made


def _write_private(path: Path, content: Mapping[str, object]) -> None:
    """Write a file as a whole or not at all, readable by its owner only."""
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(json.dumps(content, indent=2))
    half.rename(path)


def remember_addresses(folder: Path, *, web: str, simulator: str, stores: Mapping[str, str]) -> None:
    """Note where a running installation can be reached, for commands that join it later."""
    _write_private(folder / "addresses.json", {"web": web, "simulator": simulator, "stores": dict(stores)})


def joining_environment(folder: Path) -> dict[str, str]:
    """Return the environment in which a command joins the installation that runs in a folder."""
    known = json.loads((folder / "addresses.json").read_text())
    return {**stack_environment(folder, known["web"], known["simulator"]), **known["stores"]}


def stack_environment(folder: Path, address: str, simulator: str) -> dict[str, str]:
    """Return the environment of all processes of one installation, without that of the stores."""
    kept = kept_secrets(folder)
    here = address.replace("127.0.0.1", "localhost")
    return {
        **os.environ,
        **kept,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DEBUG": "0",
        "DEMO": "1",
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(private_folder(folder / "media")),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "CSRF_TRUSTED_ORIGINS": f"{address},{here}",
        "GRAPH_BASE_URL": simulator,
        "SIMULATOR_URL": simulator,
        "SIM_PORT": simulator.rpartition(":")[2],
        "SIM_DATA_DIR": str(private_folder(folder / "simulator")),
        "SIM_WEBHOOK_URL": f"{address}/webhooks/whatsapp",
        "SIM_APP_SECRET": kept["WHATSAPP_APP_SECRETS"],
        "SIM_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
        "SIM_WABA_ID": WABA_ID,
        "SIM_DISPLAY_NUMBER": DISPLAY_NUMBER,
        "SIM_FRAME_ANCESTORS": f"{address} {here}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(BASE_DIR),
        "WORKER_THREADS": os.environ.get("WORKER_THREADS", "5"),  # each keeps a connection and its memory
        "MALLOC_ARENA_MAX": "2",  # many threads otherwise keep an arena each
    }
