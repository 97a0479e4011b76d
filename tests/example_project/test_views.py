"""The pages of the shop, as a visitor's browser asks for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from example_project import catalogue, fixtures, pages

pytestmark = pytest.mark.django_db

LOADER = f"/chatwidget/{fixtures.WIDGET_ID}/embed.js"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def loaded(db: None) -> None:
    fixtures.load("http://127.0.0.1:8000")


def test_the_shop_shows_its_books_and_carries_the_widget(shop: Client) -> None:
    response = shop.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('<li class="book">') == len(catalogue.BOOKS)
    assert page.count(LOADER) == 1
    assert page.count('class="today"') == 1


def test_the_shop_may_not_be_framed(shop: Client) -> None:
    assert shop.get("/")["X-Frame-Options"] == "DENY"


def test_the_plain_page_has_the_script_tag_and_no_other_script(shop: Client) -> None:
    page = shop.get("/embed-demo/").content.decode()
    assert re.findall(r"<script[^>]*>", page) == [f'<script src="{LOADER}" async>']


@pytest.mark.parametrize("address", ["/admin/login/", "/api/schema/", "/api/docs/", LOADER])
def test_what_the_demo_prints_to_open_is_there(shop: Client, address: str) -> None:
    assert shop.get(address).status_code == 200


def test_every_cover_is_drawn() -> None:
    style = (ROOT / "static/lantern/covers.css").read_text(encoding="utf-8")
    assert all(f".cover-{book.cover} " in style for book in catalogue.BOOKS)


def test_the_look_comes_from_this_site_alone() -> None:
    files = [*(ROOT / "static/lantern").rglob("*.*"), *(ROOT / "templates/lantern").rglob("*.*")]
    for path in files:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text
        assert "@import" not in text


def test_the_pages_for_each_way_to_have_the_widget_are_listed_and_there(shop: Client) -> None:
    listed = shop.get("/pages/").content.decode()
    for name in pages.PAGES:
        assert f'href="/pages/{name}/"' in listed
        assert shop.get(f"/pages/{name}/").status_code == 200
    assert shop.get("/pages/none/").status_code == 404


def test_a_page_has_the_widget_from_this_machines_other_name(shop: Client) -> None:
    here = shop.get("/pages/strict/", headers={"host": "localhost:8000"})
    assert f'src="http://127.0.0.1:8000{LOADER}"' in here.content.decode()
    assert "script-src http://127.0.0.1:8000;" in here["Content-Security-Policy"]
    elsewhere = shop.get("/pages/bubble/", headers={"host": "testserver"})
    assert f'src="http://testserver{LOADER}"' in elsewhere.content.decode()


@pytest.mark.parametrize(
    ("name", "start"),
    [("react", "export function ChatWidget"), ("vue", "export const ChatWidget")],
)
def test_the_components_are_those_of_the_documents(name: str, start: str) -> None:
    script = (ROOT / "static" / "lantern" / "pages" / f"{name}.js").read_text()
    component = re.search(rf"{start}.*?\n}};?\n", script, re.DOTALL)
    assert component
    assert component[0] in (ROOT / "docs" / "reference" / "javascript-api.md").read_text()


def test_the_libraries_are_the_releases_that_their_list_says() -> None:
    vendor = ROOT / "static" / "vendor"
    rows = re.findall(r"^\| `(\S+)` \| \S+ `.*?` \| (\S+) \| MIT \|$", _read(vendor), re.MULTILINE)
    assert {name for name, _version in rows} == {each.name for each in vendor.glob("*.js")}
    for name, version in rows:
        assert version in (vendor / name).read_text()


def _read(folder: Path) -> str:
    return (folder / "README.md").read_text()
