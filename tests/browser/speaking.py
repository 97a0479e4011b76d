"""A page that is open already, said in another language: its own words, by the app's catalogue.

What the visitor and the bot said stays as it is. A state is reached once so, and looked at in
several languages: most of what a state costs is to reach it.
"""

from __future__ import annotations

import gettext
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

import chatwidget

LOCALE = Path(chatwidget.__file__).parent / "locale"
NAME = re.compile(r"%\((\w+)\)[sd]")
RTL = {"ar"}

SPEAK = """([language, direction, whole, patterns]) => {
    const first = (window.firstSaid ??= new Map());
    const names = ["aria-label", "aria-description", "alt", "placeholder", "title"];
    const words = new Map(whole);
    const shapes = patterns.map(([shape, said]) => [new RegExp(`^${shape}$`, "s"), said]);
    const translated = (text) => {
        const told = text.trim();
        const shape = words.has(told) ? undefined : shapes.find(([each]) => each.test(told));
        const said = words.get(told) ?? (shape ? told.replace(...shape) : told);
        return text.replace(told, () => said);
    };
    const speak = (key, text, write) => {
        if (!text?.trim()) return;
        if (!first.has(key)) first.set(key, text);
        write(translated(first.get(key)));
    };
    const turn = (root) => {
        for (const element of root.querySelectorAll("*")) {
            for (const node of element.childNodes) {
                if (node.nodeType !== Node.TEXT_NODE || element.matches("script, style")) continue;
                speak(node, node.nodeValue, (said) => { node.nodeValue = said; });
            }
            for (const name of names) {
                const attribute = element.getAttributeNode(name);
                speak(attribute, attribute?.value, (said) => { attribute.value = said; });
            }
            if (element.shadowRoot) turn(element.shadowRoot);
        }
        for (const each of root.querySelectorAll("[lang]:not([dir=auto])")) each.lang = language;
        for (const each of root.querySelectorAll("[dir=ltr], [dir=rtl]")) each.dir = direction;
    };
    turn(document);
}"""


def speak(page: Page, language: str) -> None:
    """Say all words of ours that are on the page in ``language``."""
    direction = "rtl" if language in RTL else "ltr"
    page.evaluate(SPEAK, [language, direction, *_words(language)])


@cache
def _words(language: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The catalogue: texts, and those with names in them as JavaScript's patterns."""
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    pairs = [(key, said) for key, said in catalogue.items() if isinstance(key, str) and key]
    pairs.sort(key=lambda pair: -len(NAME.sub("", pair[0])))  # "… of …" fits too much.
    whole = [(key.strip(), said.strip()) for key, said in pairs if not NAME.search(key)]
    return whole, [(_pattern(key), _replacement(said)) for key, said in pairs if NAME.search(key)]


def _pattern(text: str) -> str:
    """A name that comes twice is the same thing twice."""
    seen: set[str] = set()

    def group(name: str) -> str:
        if name in seen:
            return rf"\k<{name}>"
        seen.add(name)
        return rf"(?<{name}>.+?)"

    parts = NAME.split(text.strip())
    return "".join(group(part) if at % 2 else _escaped(part) for at, part in enumerate(parts))


def _escaped(text: str) -> str:
    return re.sub(r"[.*+?^${}()|[\]\\/]", r"\\\g<0>", text)


def _replacement(text: str) -> str:
    return NAME.sub(r"$<\1>", text.strip().replace("$", "$$"))
