"""What the repository promises about itself: pins, packaging and addresses, beside the code."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import django_htmx
import pytest

ROOT = Path(__file__).resolve().parent.parent
# Spelled in pieces, so that this file doesn't find itself.
FORBIDDEN = re.compile(
    "|".join(
        (
            r'"resolved"\s*:',
            r"registry\.npmjs\." + "org",
            r"files\.pythonhosted\." + "org",
            r"pypi\.org/" + "simple",
            r"--(?:extra-)?index-" + "url",
            r"(?<![\w./-])/(?:work|root|farm|home)" + r"/[a-z.]",
        )
    )
)


def committed_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name]


def requirement_names(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text()
    return set(re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?[=>]=", text, re.MULTILINE))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_committed_file_names_a_registry_or_a_path_of_somebodys_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in committed_files()
        if path.is_file()
        for match in FORBIDDEN.finditer(path.read_text(errors="replace"))
    ]
    assert found == []


LISTS = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("name", LISTS)
def test_every_requirement_is_pinned_with_a_hash(name):
    requirements = (ROOT / "requirements" / name).read_text().replace("\\\n", " ").splitlines()
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9.-]+(\[\w+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement)


def test_what_the_wheel_needs_is_what_the_demo_installs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["brotli"]]
    names = {re.split(r"[<>=]", dependency)[0] for dependency in declared}
    assert requirement_names("demo.in") == names
    assert names <= requirement_names("demo.txt")


def test_a_bigger_list_pins_the_same_versions():
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("demo.txt", "deploy.txt", "test.txt", "lint.txt")
    ]
    # An extra in brackets is the same package, pinned once more narrowly.
    demo, deploy, test, lint = ({re.sub(r"\[\w+\]", "", pin) for pin in group} for group in pins)
    assert demo <= deploy <= test <= lint


def test_django_htmx_ships_the_htmx_that_the_chat_page_is_written_for():
    script = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert re.search(r'version:"(2\.\d+\.\d+)"', script.read_text()).group(1) == "2.0.10"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_an_exception_to_a_rule_of_security_has_its_reason_beside_it():
    exception = re.compile(r"# (?:noqa: .*\bS\d{3}|nosec)\b.*")
    for path in committed_files():
        if path.suffix == ".py" and path.is_file():
            for found in exception.findall(path.read_text()):
                assert re.search(r"\bS\d{3} (?:\(\w.+\)|- \w.+)", found), f"{path}: {found}"
