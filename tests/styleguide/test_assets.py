"""What is served is what is written down: vendored files, the style sheet, and templates a strict policy accepts."""

import hashlib
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

TEMPLATES = sorted(Path("templates").rglob("*.html"))
COMPONENTS = sorted(Path("templates/components").glob("*.html"))
PAGE_BUDGET = 60_000  # bytes of brotli: what every page together may load


@pytest.mark.parametrize("folder", ["static/vendor", "tests/vendor"])
def test_vendored_files_are_the_ones_that_were_recorded(folder: str) -> None:
    manifest = json.loads((Path(folder) / "vendor.json").read_text(encoding="utf-8"))
    recorded = {path: digest for package in manifest.values() for path, digest in package["files"].items()}
    present = {str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file()} - {"vendor.json"}
    assert present == set(recorded)
    for path, digest in recorded.items():
        assert hashlib.sha256((Path(folder) / path).read_bytes()).hexdigest() == digest


def test_vendored_versions_are_the_locked_ones() -> None:
    wanted = json.loads(Path("frontend/package.json").read_text(encoding="utf-8"))
    locked = json.loads(Path("frontend/package-lock.json").read_text(encoding="utf-8"))["packages"]
    vendored = {
        **json.loads(Path("static/vendor/vendor.json").read_text(encoding="utf-8")),
        **json.loads(Path("tests/vendor/vendor.json").read_text(encoding="utf-8")),
    }
    assert {**wanted["dependencies"], **wanted["devDependencies"]} == {
        name: package["version"] for name, package in vendored.items()
    }
    for name, package in vendored.items():
        assert locked[f"node_modules/{name}"]["version"] == package["version"]
        assert package["license"]


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in Path("frontend/package-lock.json").read_text(encoding="utf-8")


def test_the_style_sheet_is_made_of_its_sources() -> None:
    result = subprocess.run(
        [sys.executable, "frontend/bundle_css.py", "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_scripts_of_a_page_stay_within_their_budget() -> None:
    compress = import_module("brotli").compress
    scripts = [*Path("static/js").rglob("*.js"), *Path("static/vendor").rglob("*.js")]
    assert sum(len(compress(script.read_bytes())) for script in scripts) < PAGE_BUDGET


REFUSED = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script\b(?![^>]*\ssrc=)",
    "an event attribute": r"\son[a-z]+\s*=",
    "something that needs eval": r"\shx-on|=\"js:|javascript:",
    "another host": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
}


@pytest.mark.parametrize("what", REFUSED)
def test_templates_hold_nothing_that_a_strict_policy_refuses(what: str) -> None:
    markup = {path: re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert [str(path) for path, text in markup.items() if re.search(REFUSED[what], text)] == []


def test_templates_compile() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        get_template(str(path.relative_to("templates")))


def test_components_begin_with_their_parameters() -> None:
    assert [p.name for p in COMPONENTS if not re.match(r"\{# .+ #\}", p.read_text(encoding="utf-8"))] == []


def test_components_stand_in_the_style_guide() -> None:
    guide = "".join(p.read_text(encoding="utf-8") for p in [*Path("templates/styleguide").glob("*.html"), *COMPONENTS])
    missing = [
        path.stem
        for path in COMPONENTS
        if not re.search(rf'"components/{path.name}"|(?:component|pure) "{path.stem}"', guide)
    ]
    assert missing == []


def test_a_component_sees_only_its_parameters() -> None:
    page = engines["django"].from_string(
        '{% load ui %}{% component "card" title="Targets" %}{% slot actions %}<i>{{ secret }}</i>{% endslot %}'
        "body {{ secret }}{% endcomponent %}"
    )
    html = page.render({"secret": "S", "css": "leak"})
    assert "<i>S</i>" in html
    assert "body S" in html
    assert "leak" not in html
