"""Files that a customer can send with one tap."""

from pathlib import Path

from simulator.engine import Simulator
from simulator.state import Medium

FOLDER = Path(__file__).resolve().parent.parent / "samples"
SAMPLES = {
    "photo": ("backpack.jpg", "image/jpeg"),
    "voice": ("voice.ogg", "audio/ogg; codecs=opus"),
}


async def sample(simulator: Simulator, kind: str) -> Medium:
    """Store a copy of a sample as a file that the customer sends. Raises OSError, JournalError, MediaFull."""
    name, mime_type = SAMPLES[kind]
    return await simulator.store_medium([(FOLDER / name).read_bytes()], mime_type, name)
