"""A visitor in Firefox and one in WebKit, as Debian has them, by the few things that they do.

Playwright drives Firefox as it was published. Its own WebKit is a patched build from elsewhere:
Debian's, which is close to Safari's engine, is asked by WebDriver, its own protocol.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from playwright.sync_api import Page, sync_playwright

from tests.browser.running import free_port

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
WEBKIT = shutil.which("WebKitWebDriver")
PARTITIONED, BLOCKED = 5, 1  # Firefox's network.cookie.cookieBehavior; 5 is what it comes with
KEYS = {"Enter": "\ue007", "Shift": "\ue008", "Escape": "\ue00c"}  # WebDriver's, section 17.4.2
ROOT = "document.querySelector('chat-widget').shadowRoot"
FRAME = "document.querySelector('chat-widget')?.shadowRoot.querySelector('iframe')"
PATIENCE = 20  # seconds


class Visitor(Protocol):
    """Scripts are expressions: of the host page, or of the chat, in its frame or alone."""

    def visit(self, url: str) -> None: ...
    def on_page(self, script: str) -> Any: ...
    def in_chat(self, script: str) -> Any: ...
    def press_launcher(self) -> None: ...
    def type(self, text: str) -> None: ...
    def press(self, key: str) -> None: ...


class Firefox:
    def __init__(self, page: Page) -> None:
        self.page = page

    def visit(self, url: str) -> None:
        self.page.goto(url)

    def on_page(self, script: str) -> Any:
        return self.page.evaluate(script)

    def in_chat(self, script: str) -> Any:
        return self.page.frames[-1].evaluate(script)

    def press_launcher(self) -> None:
        self.page.locator("chat-widget .launcher").click()

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)


class WebKit:
    def __init__(self, driver: str) -> None:
        self.session = driver
        self.session += "/" + self.call("", capabilities={})["sessionId"]

    def call(self, path: str, **body: object) -> Any:
        request = urllib.request.Request(self.session + path, json.dumps(body).encode())
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["value"]

    def run(self, script: str) -> Any:
        return self.call("/execute/sync", script=f"return {script}", args=[])

    def visit(self, url: str) -> None:
        self.call("/url", url=url)

    def on_page(self, script: str) -> Any:
        self.call("/frame", id=None)
        return self.run(script)

    def in_chat(self, script: str) -> Any:
        if frame := self.on_page(FRAME):
            self.call("/frame", id=frame)
        return self.run(script)

    def press_launcher(self) -> None:
        until(lambda: self.on_page("Boolean(document.querySelector('chat-widget'))"))
        (launcher,) = self.on_page(f"{ROOT}.querySelector('.launcher')").values()
        self.call(f"/element/{launcher}/click")

    def type(self, text: str) -> None:
        for letter in text:
            self.strike(letter)

    def press(self, key: str) -> None:
        self.strike(*(KEYS[name] for name in key.split("+")))

    def strike(self, *keys: str) -> None:
        """Press the keys in this order, and let them go in the other."""
        acts = [("keyDown", key) for key in keys] + [("keyUp", key) for key in reversed(keys)]
        keyboard = [{"type": act, "value": key} for act, key in acts]
        self.call("/actions", actions=[{"type": "key", "id": "keyboard", "actions": keyboard}])


@contextmanager
def firefox(storage: int = PARTITIONED) -> Iterator[Visitor]:
    # With a process for each site, Playwright's keys don't reach a frame of another one.
    settings: dict[str, str | float | bool] = {
        "network.cookie.cookieBehavior": storage,
        "fission.autostart": False,
    }
    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=FIREFOX, firefox_user_prefs=settings
        )
        yield Firefox(browser.new_page())
        browser.close()


@contextmanager
def firefox_without_storage() -> Iterator[Visitor]:
    """Whatever a frame of another site asks of storage throws."""
    with firefox(BLOCKED) as visitor:
        yield visitor


@contextmanager
def webkit() -> Iterator[Visitor]:
    port = free_port()
    with subprocess.Popen([str(WEBKIT), f"--port={port}"]) as driver:
        address = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{address}/status"))
        yield WebKit(f"{address}/session")
        driver.terminate()  # and its browser ends with it


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url).close()
    except OSError:
        return False
    return True


def missing(engine: str) -> str:
    """What to do before ``engine`` can be tried, or nothing."""
    if "OTHER_BROWSERS" not in os.environ:
        return "on demand, in an environment of its own: make browsers"
    if "firefox" in engine:
        return "" if FIREFOX else "Firefox is missing: apt-get install firefox-esr"
    if not WEBKIT:
        return "WebKitGTK is missing: apt-get install webkit2gtk-driver"
    screen = {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    return "" if screen else "WebKitGTK needs a screen: apt-get install xvfb xauth"


def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "It didn't come to it"
        time.sleep(0.1)
