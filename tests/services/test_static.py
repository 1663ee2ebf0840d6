"""The static files of an image: collected once, under names that change with their content."""

import json
import os
import subprocess
import sys
from pathlib import Path

from helpdesk.services.environment import BASE_DIR


def test_every_static_file_can_be_collected_under_a_hashed_name(tmp_path: Path) -> None:
    env = {**os.environ, "STATIC_ROOT": str(tmp_path), "DEBUG": "0"}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr.strip().splitlines()[-1]
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert names["css/app.css"] != "css/app.css"
    assert (tmp_path / names["css/app.css"]).is_file()
    assert not (tmp_path / "css" / "components").exists()
