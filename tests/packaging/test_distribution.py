"""What a stranger downloads: all that the app needs and nothing else."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def app_files() -> set[str]:
    """Every file of the app in the checkout, less what Python made."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "chatwidget").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_app_whole_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    info = f"django_chatapi_widget-{version}.dist-info/"
    assert {name for name in names if not name.startswith(info)} == app_files()
    assert info + "licenses/LICENSE" in names


@pytest.mark.parametrize(
    "kind",
    [
        "py.typed",
        "migrations/0001_initial.py",
        "locale/zh_Hans/LC_MESSAGES/django.mo",
        "static/chatwidget/loader/embed.js",
        "static/chatwidget/chatwidget.d.ts",
        "templates/chatwidget/page.html",
        "templates/admin/chatwidget/widget/change_form.html",
    ],
)
def test_the_wheel_holds_each_kind_of_file(wheel, kind):
    with zipfile.ZipFile(wheel) as archive:
        assert f"chatwidget/{kind}" in archive.namelist()


def test_the_wheel_holds_each_language_compiled(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    sources = {name.removesuffix(".po") for name in names if name.endswith(".po")}
    assert {name.removesuffix(".mo") for name in names if name.endswith(".mo")} == sources


def test_the_wheel_says_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = message_from_bytes(archive.read(name))
    needed = metadata.get_all("Requires-Dist", [])
    assert "django>=5.2" in needed
    assert [each for each in needed if "extra ==" in each] == ["brotli>=1.1; extra == 'brotli'"]
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_the_sdist_builds_the_same_wheel_and_holds_no_example(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}
    assert {name for name in names if name.startswith("chatwidget/")} == app_files()
    assert {name for name in names if not name.startswith("chatwidget/")} <= {
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "pyproject.toml",
    }
