"""Real browsers: a running site, another site that embeds it, and Chromium to look at both.

Ask for `page` and go to `site.page_url` (the chat page alone), or to a host page at
`f"{site.other_url}/shop.html"`. A console error, a page error or a CSP violation fails the test,
unless the test said `console.expect("a part of it")`.

Playwright's synchronous API keeps an event loop in this thread while a browser lives, and Django
refuses its ORM there: read and write the site's database through `site.run` and
`site.make_widget`, which are processes of their own. The browsers are closed when the tests leave
this package, so that tests with a database, run in the same process, never meet that loop.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.browser.running import Site, running_site

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright switches the partitioning of storage off, which no visitor's browser does. The last
# such switch counts, so naming another feature brings it back.
PARTITIONED = ["--disable-features=PaintHolding"]
UNPARTITIONED = ["--disable-features=ThirdPartyStoragePartitioning"]
# Content settings' "block third-party cookies". Where storage isn't partitioned, it takes the
# storage of cross-site frames away too: they get a SecurityError.
BLOCK_THIRD_PARTIES = {"profile": {"cookie_controls_mode": 1}}

# Playwright's own five seconds are too few for an answer that takes three on a busy machine.
expect.set_options(timeout=20_000)

NewContext = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


class Console:
    """What pages complained of, and what a test said they would."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.expected: list[str] = []

    def expect(self, part: str) -> None:
        """Let lines that contain ``part`` pass."""
        self.expected.append(part)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda line: self.note(line.type, line.text))
        context.on("weberror", lambda error: self.note("error", str(error.error)))

    def note(self, kind: str, text: str) -> None:
        if kind == "error" or re.search(r"violat|\[chatwidget\]", text, re.IGNORECASE):
            self.lines.append(text)

    @property
    def unexpected(self) -> list[str]:
        return [line for line in self.lines if not any(part in line for part in self.expected)]


@pytest.fixture(scope="session")
def site(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example project with the demo loaded, in a process of its own."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """Chromium, whose storage is partitioned by site as visitors' is.

    Without its own windows, tabs and menus where the machine has it so: half the work.
    """
    started = playwright.chromium.launch(
        executable_path=shutil.which("chromium-headless-shell") or chromium_path,
        args=[*ARGUMENTS, *PARTITIONED],
    )
    yield started
    started.close()


@pytest.fixture
def console() -> Iterator[Console]:
    """What the pages of this test complained of; fails it at the end."""
    complaints = Console()
    yield complaints
    assert complaints.unexpected == []


@pytest.fixture
def new_context(browser: Browser, console: Console) -> Iterator[NewContext]:
    """Make contexts: `new_context(viewport=…, color_scheme="dark")`, options of Playwright's."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        console.watch(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def context(new_context: NewContext) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of a browser that has never been here."""
    return context.new_page()


@pytest.fixture
def admin(site: Site, new_context: NewContext, console: Console) -> Page:
    """A page of somebody who has logged in to the admin."""
    console.expect("404")  # The demo has no favicon.
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("admin")
    page.get_by_role("button", name="Log in").click()
    expect(
        page.get_by_role("link", name="Log out").or_(page.locator("#logout-form"))
    ).to_be_visible()
    return page


@pytest.fixture
def storageless_page(
    playwright: Playwright, chromium_path: str, tmp_path: Path, console: Console
) -> Iterator[Page]:
    """A page whose cross-site frames get a SecurityError for any storage."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps(BLOCK_THIRD_PARTIES))
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium_path, args=[*ARGUMENTS, *UNPARTITIONED]
    )
    console.watch(context)
    yield context.pages[0]
    context.close()


@pytest.fixture(params=["storage allowed", "storage blocked"])
def embedding_page(request: pytest.FixtureRequest) -> Page:
    """A page in a browser that allows third-party storage, and in one that blocks it."""
    blocked = request.param == "storage blocked"
    chosen: Page = request.getfixturevalue("storageless_page" if blocked else "page")
    return chosen
