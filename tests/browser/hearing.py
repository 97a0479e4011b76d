"""What a screen reader would say, by Chromium's accessibility tree (the DevTools protocol).

It says what the focus moves to, and what is new in live regions as WAI-ARIA 1.2 has them: a `log`
says what is added to it, once; a `status` or an `alert` says its new words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import CDPSession, Page

Node = dict[str, Any]
LIVE = ("log", "status", "alert")
TIMES = (
    (re.compile(r"\b\d{1,2}:\d\d\s[AP]M"), "(time)"),
    (re.compile(r"\b[A-Z][a-z]{2} \d{1,2}, \d{4}"), "(date)"),
)


class Reader:
    """Listens to a page and its frames; `lines` is what was said so far."""

    def __init__(self, page: Page, latency: float) -> None:
        """Listen to ``page`` on a network of so many milliseconds: what is brief is heard, too."""
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("Accessibility.enable")
        network = {"offline": False, "latency": latency}
        limits = {"downloadThroughput": -1, "uploadThroughput": -1}
        self.cdp.send("Network.emulateNetworkConditions", {**network, **limits})
        self.lines: list[str] = []
        self.focus = 0
        self.heard: dict[int, str] = {}

    def types(self, text: str) -> None:
        """Note what the visitor does, and do it."""
        self.lines.append(f"> types {text!r}")
        self.page.keyboard.type(text)

    def presses(self, key: str, until: str = "", times: int = 1) -> None:
        """Press a key, and listen until something with `until` was said."""
        self.lines.append(f"> presses {key}" + (f" {times} times" if times > 1 else ""))
        before = len(self.lines)
        for _ in range(times):
            self.page.keyboard.press(key)
        for _ in range(300):
            self.listen()
            if any(until in line for line in self.lines[before:]):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{until!r} was never said: {self.lines}")

    def listen(self) -> None:
        """Add what is said now."""
        for tree in self._trees():
            for node in tree.values():
                if _role(node) in LIVE:
                    self._follow(node, tree)
            self._look_at_focus(tree)

    def _trees(self) -> Iterator[dict[str, Node]]:
        main = self.cdp.send("Page.getFrameTree")["frameTree"]
        for frame in [main, *main.get("childFrames", [])]:
            answer = self.cdp.send("Accessibility.getFullAXTree", {"frameId": frame["frame"]["id"]})
            yield {node["nodeId"]: node for node in answer["nodes"]}

    def _follow(self, region: Node, tree: dict[str, Node]) -> None:
        if _role(region) == "log":
            parts = [tree[each] for each in region["childIds"] if each in tree]
        else:
            parts = [region]
        for part in parts:
            words = _clean(" ".join(_texts(part, tree)))
            said = self.heard.get(part["backendDOMNodeId"], "")
            self.heard[part["backendDOMNodeId"]] = words
            if words != said and self._is_silent(part):
                continue
            if words and words != said and not (said and _role(region) == "log"):
                self.lines.append(f"{_role(region)}: {words}")

    def _is_silent(self, node: Node) -> bool:
        """Whether it is out of its live region, which the tree doesn't tell."""
        backend = {"backendNodeId": node["backendDOMNodeId"]}
        attributes = self.cdp.send("DOM.describeNode", backend)["node"].get("attributes", [])
        return ("aria-live", "off") in zip(attributes[::2], attributes[1::2], strict=True)

    def _look_at_focus(self, tree: dict[str, Node]) -> None:
        focused = [node for node in tree.values() if _property(node, "focused")]
        for node in focused:
            if _role(node) in ("RootWebArea", "Iframe") or node["backendDOMNodeId"] == self.focus:
                continue
            self.focus = node["backendDOMNodeId"]
            self.lines.append(f"focus: {_within(node, tree)}{_described(node)}")


def _role(node: Node) -> str:
    return str(node.get("role", {}).get("value", ""))


def _value(node: Node, name: str) -> str:
    return str(node.get(name, {}).get("value", ""))


def _property(node: Node, name: str) -> Any:
    found = [
        each["value"].get("value") for each in node.get("properties", ()) if each["name"] == name
    ]
    return found[0] if found else None


def _within(node: Node, tree: dict[str, Node]) -> str:
    """The dialog that the focus is in."""
    parent = tree.get(node.get("parentId", ""))
    while parent and _role(parent) != "dialog":
        parent = tree.get(parent.get("parentId", ""))
    return f"{_value(parent, 'name')}, dialog: " if parent else ""


def _described(node: Node) -> str:
    """The name, the role, the state and the description, as readers say them."""
    expanded = {True: "expanded", False: "collapsed", None: ""}[_property(node, "expanded")]
    states = [expanded, "invalid" if _property(node, "invalid") == "true" else ""]
    parts = [_value(node, "name"), _role(node), *states, _value(node, "description")]
    return ", ".join(_clean(part) for part in parts if part)


def _texts(node: Node, tree: dict[str, Node]) -> Iterator[str]:
    if _role(node) == "StaticText":
        yield _value(node, "name")
        return
    if _role(node) in ("button", "link", "textbox"):
        yield f"{_value(node, 'name')}, {_role(node)}."
        return
    for child in node.get("childIds", ()):
        if child in tree:
            yield from _texts(tree[child], tree)


def _clean(text: str) -> str:
    text = " ".join(text.split())
    for pattern, name in TIMES:
        text = pattern.sub(name, text)
    return text
