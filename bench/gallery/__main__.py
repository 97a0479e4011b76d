"""Photograph every state into ``docs/gallery``: a sheet a state, and a page that shows them all.

    python -m bench.gallery [NAME ...]

It serves the demo on a scratch database and needs Chromium (``CHROMIUM``, or the one on ``PATH``).
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser.running import Site, running_site
from tests.browser.states import STATES, State

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "gallery"
SHEET = Path(__file__).parent / "sheet.html"
PHONE = ViewportSize(width=360, height=740)
WINDOW = ViewportSize(width=400, height=680)
SCREEN = ViewportSize(width=720, height=720)  # a part of one, with the corner of the launcher
ZOOMED = ViewportSize(width=320, height=512)
ARABIC = "(root) => { root.lang = 'ar'; root.dir = 'rtl'; }"


@dataclass(frozen=True)
class Shot:
    """How a page is looked at: what Playwright emulates, and the direction."""

    name: str
    size: ViewportSize
    media: dict[str, Any]
    is_rtl: bool = False


# What the one page of a state is turned into, one after the other.
SHOTS = (
    Shot("desktop", WINDOW, {"color_scheme": "light"}),
    Shot("dark", WINDOW, {"color_scheme": "dark"}),
    Shot("forced colours", WINDOW, {"forced_colors": "active", "color_scheme": "dark"}),
    Shot("400 %", ZOOMED, {"forced_colors": "none", "color_scheme": "light"}),
    Shot("right to left", WINDOW, {"color_scheme": "light"}, is_rtl=True),
)


@contextmanager
def opened(browser: Browser, site: Site, state: State, **options: Any) -> Iterator[Page]:
    """A new visitor's page in the state."""
    page = browser.new_page(
        java_script_enabled=state.scripts, reduced_motion="reduce", locale="en-GB", **options
    )
    state.open(page, site)
    yield page
    page.unroute_all(behavior="ignoreErrors")
    page.context.close()


def photographs(browser: Browser, site: Site, state: State) -> dict[str, bytes]:
    """The state as each kind of visitor meets it, as PNG by name."""
    taken = {}
    with opened(browser, site, state, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        taken["phone"] = page.screenshot()
    with opened(browser, site, state, viewport=WINDOW) as page:
        for shot in SHOTS:
            page.emulate_media(**shot.media)
            is_window = shot.size == WINDOW
            page.set_viewport_size(SCREEN if is_window and state.is_on_a_page else shot.size)
            if shot.is_rtl and state.scripts:
                page.locator("html").evaluate(ARABIC)
            page.wait_for_timeout(200)
            taken[shot.name] = page.screenshot()
    return taken


def sheet_of(page: Page, taken: dict[str, bytes]) -> bytes:
    """The photographs beside each other, as WebP."""
    pictures = [
        [name, f"data:image/png;base64,{base64.b64encode(png).decode()}"]
        for name, png in taken.items()
    ]
    address = page.evaluate("(pictures) => draw(pictures)", pictures)
    return base64.b64decode(address.partition(",")[2])


def write_index() -> None:
    """List the sheets that are there, in the order of the states."""
    lines = [
        "---",
        "orphan: true",
        "---",
        "",
        "# Gallery",
        "",
        "Every state as visitors meet it. `make gallery` makes it anew.",
        "",
    ]
    for state in STATES:
        if (FOLDER / f"{state.name}.webp").exists():
            title = state.name.replace("-", " ").capitalize()
            lines += [f"## {title}", "", f"![{title}]({state.name}.webp)", ""]
    (FOLDER / "README.md").write_text("\n".join(lines))


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    expect.set_options(timeout=30_000)
    states = [state for state in STATES if not names or state.name in names]
    with TemporaryDirectory() as directory, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        table = browser.new_page()
        table.set_content(SHEET.read_text())
        with running_site(Path(directory)) as site:
            for state in states:
                sheet = sheet_of(table, photographs(browser, site, state))
                (FOLDER / f"{state.name}.webp").write_bytes(sheet)
                print(f"{state.name}: {len(sheet):,} bytes", flush=True)
        browser.close()
    write_index()


if __name__ == "__main__":
    main(sys.argv[1:])
