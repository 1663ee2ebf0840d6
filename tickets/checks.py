"""System checks of the core."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


@register()
def registries(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """Load every entry of the wiring diagram, so that a misspelt path stops the start and not a customer's message."""
    del app_configs, kwargs
    entries = [(f"CHANNELS[{name!r}]", path) for name, path in settings.CHANNELS.items()]
    entries += [("ANSWERS", path) for path in settings.ANSWERS]
    entries += [("PANELS", path) for path in settings.PANELS]
    for name, path in entries:
        try:
            import_string(path)
        except ImportError as error:
            yield Error(f"{name} names {path}, which cannot be loaded: {error}", id="tickets.E001")
