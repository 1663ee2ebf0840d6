"""What the documents name exists."""

import re
import struct
import tomllib
from importlib.util import find_spec

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from tests.docs.pages import ROOT, Page, pages

ALL = [pytest.param(page, id=page.name) for page in pages()]
TOP = {path.name for path in ROOT.iterdir()}
PACKAGES = ("agents", "analytics", "channels_whatsapp", "helpdesk", "simulator", "surveys", "tickets", "tests")
SUFFIXES = (".py", ".md", ".toml", ".yaml", ".json", ".lock", ".css", ".js", ".html", ".png", ".mjs")
ADDRESS = re.compile(
    r"/(inbox|healthz|webhooks|styleguide|admin|login|logout|media|account|api|reports|setup|alerts|follow-ups)/?"
)
# Made by running the product, so a fresh checkout lacks them.
MADE = (".venv", ".data", "staticfiles")
FORBIDDEN = re.compile(
    r"/work/|/root/|/home/\w|\bpypi\b|registry\.npmjs|index-url https?:|\bTODO\b|\bFIXME\b|"
    r"\b(seamless|powerful|blazing|cutting-edge|robust|leverage|effortless|world-class|state-of-the-art)\w*",
    re.IGNORECASE,
)


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^    (make \w+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert commands[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("page", ALL)
def test_every_target_of_make_exists(page: Page) -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = {
        word
        for code in page.code
        for words in re.findall(r"\bmake((?: +[a-z][a-z-]*(?![\w=]))+)", code)
        for word in words.split()
    }
    assert named - targets == set()


def test_every_target_for_people_is_documented() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)) - {"help"}
    documents = "\n".join(code for page in pages() for code in page.code)
    assert {target for target in targets if not re.search(rf"\bmake[ a-z-]* {target}\b", documents)} == set()


@pytest.mark.parametrize("page", ALL)
def test_every_relative_link_leads_somewhere(page: Page) -> None:
    broken = []
    for link in page.links:
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.path.parent / name).resolve() if name else page.path
        if not target.is_file() or (anchor and anchor not in Page(target).anchors):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", ALL)
def test_every_path_that_is_named_exists(page: Page) -> None:
    missing = []
    for span in page.spans:
        word = span.split(" ")[0].rstrip(":,")
        if not re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*/?", word) or word.startswith(MADE) or word[0] == "*":
            continue
        if not (word.endswith(SUFFIXES) or ("/" in word and word.split("/")[0] in TOP)):
            continue
        if not any(ROOT.glob(word.rstrip("/"))):
            missing.append(word)
    assert missing == []


@pytest.mark.parametrize("page", ALL)
def test_every_dotted_name_can_be_imported(page: Page) -> None:
    missing = []
    for span in page.spans:
        name = span.removesuffix("()")
        if not re.fullmatch(rf"({'|'.join(PACKAGES)})(\.\w+)+", name) or name.endswith(SUFFIXES):
            continue
        try:
            import_string(name)
        except ImportError:
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("page", ALL)
def test_every_management_command_exists(page: Page) -> None:
    named = {name for code in page.code for name in re.findall(r"manage\.py ([a-z_]+)", code)}
    assert named - set(get_commands()) == set()


@pytest.mark.parametrize("page", ALL)
def test_every_module_that_is_run_exists(page: Page) -> None:
    named = {name for code in page.code for name in re.findall(r"python -m ([\w.]+)", code)}
    assert [name for name in sorted(named) if find_spec(name) is None] == []


@pytest.mark.parametrize("page", ALL)
def test_every_address_of_the_product_resolves(page: Page) -> None:
    unknown = []
    for span in page.spans:
        if not ADDRESS.match(span):
            continue
        try:
            resolve(span)
        except Resolver404:
            unknown.append(span)
    assert unknown == []


@pytest.mark.parametrize("page", ALL)
def test_no_document_names_this_machine_a_registry_or_praises(page: Page) -> None:
    assert [match[0] for match in FORBIDDEN.finditer(page.text)] == []


@pytest.mark.parametrize("page", ALL)
def test_lines_can_be_read_in_a_terminal(page: Page) -> None:
    long = [line for line in page.text.splitlines() if len(line) > 130 and not line.startswith("|")]
    assert long == []


def test_every_runtime_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["embedded"]]
    table = (ROOT / "docs/decisions/0008-dependencies.md").read_text()
    named = re.findall(r"^\| ([a-z][\w-]*(?:\[\w+\])?) \|", table, re.MULTILINE)
    assert sorted(named) == sorted(["package", *(re.split(r"[=<>~ ]", entry)[0] for entry in wanted)])


def test_every_decision_is_listed_and_has_its_headings() -> None:
    folder = ROOT / "docs" / "decisions"
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == files
    for name in files:
        text = (folder / name).read_text()
        assert "**Status**: " in text
        assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], name


def test_every_marker_is_documented() -> None:
    markers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["markers"]
    assert set(Page(ROOT / "docs/testing.md").rows("Markers")) == {marker.split(":")[0] for marker in markers}


def test_every_folder_of_tests_is_documented() -> None:
    folders = {f"tests/{path.parent.name}/" for path in (ROOT / "tests").glob("*/test_*.py")}
    assert folders - set(Page(ROOT / "docs/testing.md").rows("Where is what")) == set()


def test_pictures_show_a_page_on_a_laptop() -> None:
    for name in ("inbox", "demo"):
        data = (ROOT / "docs" / "images" / f"{name}.png").read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n"), name
        assert struct.unpack(">II", data[16:24]) == (1440, 900), name
        # An empty page compresses to much less.
        assert 50_000 < len(data) < 500_000, name
