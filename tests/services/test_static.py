"""The static files of an image: collected once, under names that change with their content."""

import json
from pathlib import Path

from django.core.management import call_command
from pytest_django.fixtures import Settings


def test_every_static_file_can_be_collected_under_a_hashed_name(tmp_path: Path, settings: Settings) -> None:
    settings.DEBUG = False
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "helpdesk.storage.HashedStaticFilesStorage"}}
    settings.STATIC_ROOT = str(tmp_path)
    # Squeezing them takes seconds and says nothing about their names.
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "json", "map", "md", "svg", "txt", "html", "woff2"]
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert names["css/app.css"] != "css/app.css"
    assert (tmp_path / names["css/app.css"]).is_file()
    assert not (tmp_path / "css" / "components").exists()
