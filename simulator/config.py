"""What the environment says about this simulator, checked once at start."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ORIGIN = re.compile(r"^(https?)://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$", re.IGNORECASE)


class ConfigError(Exception):
    """The environment does not describe a simulator that may start."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one simulated business number."""

    data_dir: Path
    webhook_url: str
    app_secret: bytes
    access_token: str
    phone_number_id: str
    waba_id: str
    display_number: str
    business_name: str
    frame_ancestors: tuple[str, ...]
    auto_read: bool
    enforce_window: bool

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Config":
        """Read the SIM_* variables. Raises ConfigError naming every variable that is missing or wrong."""
        problems: list[str] = []

        def digits(name: str, default: str) -> str:
            value = environ.get(name, "").strip() or default
            if not (value.isascii() and value.isdigit() and 5 <= len(value) <= 20):
                problems.append(f"{name} must be 5 to 20 digits, not {value!r}.")
            return value

        def secret(name: str) -> str:
            value = environ.get(name, "").strip()
            if not value:
                problems.append(f"{name} is not set.")
            return value

        def switch(name: str, default: str) -> bool:
            value = environ.get(name, "").strip() or default
            if value not in {"0", "1"}:
                problems.append(f"{name} must be 0 or 1, not {value!r}.")
            return value == "1"

        webhook_url = environ.get("SIM_WEBHOOK_URL", "").strip() or "http://127.0.0.1:8000/webhooks/whatsapp"
        target = urlsplit(webhook_url)
        if target.scheme not in {"http", "https"} or not target.hostname:
            problems.append(f"SIM_WEBHOOK_URL must be an http or https address, not {webhook_url!r}.")
        ancestors = tuple(environ.get("SIM_FRAME_ANCESTORS", "").replace(",", " ").split())
        problems += [
            f"SIM_FRAME_ANCESTORS: {origin!r} is not an origin like http://127.0.0.1:8000."
            for origin in ancestors
            if not ORIGIN.match(origin)
        ]
        config = cls(
            data_dir=Path(environ.get("SIM_DATA_DIR", "").strip() or ".data/simulator"),
            webhook_url=webhook_url,
            app_secret=secret("SIM_APP_SECRET").encode(),
            access_token=secret("SIM_ACCESS_TOKEN"),
            phone_number_id=digits("SIM_PHONE_NUMBER_ID", "100200300400500"),
            waba_id=digits("SIM_WABA_ID", "200300400500600"),
            display_number=digits("SIM_DISPLAY_NUMBER", "4940555000000"),
            business_name=environ.get("SIM_BUSINESS_NAME", "").strip() or "Nordlicht Outdoor",
            frame_ancestors=ancestors,
            auto_read=switch("SIM_AUTO_READ", "1"),
            enforce_window=switch("SIM_ENFORCE_WINDOW", "1"),
        )
        if problems:
            raise ConfigError(" ".join(problems))
        return config


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]").split("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def requested_bind(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the host that the server was told to listen on, as uvicorn reads it."""
    for position, word in enumerate(argv):
        if word == "--host" and position + 1 < len(argv):
            return argv[position + 1]
        if word.startswith("--host="):
            return word.removeprefix("--host=")
    return environ.get("UVICORN_HOST", "127.0.0.1")
