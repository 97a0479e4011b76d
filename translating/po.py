"""Catalogues as gettext writes them (GNU gettext manual, "The Format of PO Files")."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "chatwidget" / "locale"
# Where visitors' words are written; a file below one of these is read by visitors.
VISITORS = (
    "budgets.py",
    "identity.py",
    "limits.py",
    "loading.py",
    "problems/",
    "rendering.py",
    "templates/chatwidget/",
    "views/",
)
NOT_VISITORS = ("templates/chatwidget/api_docs",)
LINE = re.compile(r'^(?:(msgid|msgid_plural|msgstr|msgctxt)(\[\d\])? )?(".*")$')


@dataclass(slots=True)
class Entry:
    """A message: where it stands in the code, and its translation, with one form or several."""

    msgid: str = ""
    context: str = ""
    plural: str = ""
    forms: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    is_fuzzy: bool = False

    @property
    def name(self) -> str:
        """What tells it from all others: the text, after its context if it has one."""
        return f"{self.context} | {self.msgid}" if self.context else self.msgid

    @property
    def is_for_visitors(self) -> bool:
        """Whether those who chat read it, and not only those who run the site."""
        return any(_is_for_visitors(place) for place in self.places)

    @property
    def is_translated(self) -> bool:
        """Whether each of its forms has words that a translator vouches for."""
        return bool(self.forms) and all(self.forms) and not self.is_fuzzy


def codes() -> list[str]:
    """The locales that have a catalogue, such as ``zh_Hans``."""
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po"))


def path_of(code: str) -> Path:
    """The catalogue of a locale."""
    return LOCALE / code / "LC_MESSAGES" / "django.po"


def read(path: Path) -> list[Entry]:
    """The messages of a catalogue, without its header."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    return [entry for entry in map(_entry, blocks) if entry.msgid]


def fill(path: Path, words: dict[str, str | list[str]]) -> None:
    """Write translations into a catalogue: a text each, or a list of all its plural forms."""
    text = path.read_text(encoding="utf-8")
    blocks = [_filled(block, words) for block in text.split("\n\n")]
    path.write_text("\n\n".join(blocks), encoding="utf-8")


def clear_guesses(path: Path) -> None:
    """Empty what gettext guessed from a text that reads alike: a wrong guess looks translated."""
    entries = [entry for entry in read(path) if entry.is_fuzzy]
    fill(path, {e.name: [""] * len(e.forms) if e.plural else "" for e in entries})


def _entry(block: str) -> Entry:
    entry = Entry()
    for keyword, text in _fields(block):
        if keyword == "msgid":
            entry.msgid = text
        elif keyword == "msgctxt":
            entry.context = text
        elif keyword == "msgid_plural":
            entry.plural = text
        else:
            entry.forms.append(text)
    for line in block.splitlines():
        if line.startswith("#:"):
            entry.places += line[2:].split()
        elif line.startswith("#,") and "fuzzy" in line:
            entry.is_fuzzy = True
    return entry


def _fields(block: str) -> Iterator[tuple[str, str]]:
    """The fields of a block, each put together from its lines."""
    keyword, text = "", ""
    for line in block.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        if found[1]:
            if keyword:
                yield keyword, text
            keyword, text = found[1], ""
        text += ast.literal_eval(found[3])
    if keyword:
        yield keyword, text


def _filled(block: str, words: dict[str, str | list[str]]) -> str:
    entry = _entry(block)
    given = words.get(entry.name) if entry.msgid else None
    if given is None:
        return block
    forms = [given] if isinstance(given, str) else given
    if bool(entry.plural) != isinstance(given, list) or len(forms) != len(entry.forms):
        raise ValueError(f"{entry.name!r} takes {len(entry.forms)} form(s)")
    head = block[: re.search(r"^msgstr", block, re.MULTILINE).start()]  # type: ignore[union-attr]
    head = re.sub(r"^#\|.*\n", "", head, flags=re.MULTILINE)
    head = re.sub(r"^#, fuzzy\n|(?<=^#), fuzzy(?=,)", "", head, flags=re.MULTILINE)
    numbers = [f"[{index}]" for index in range(len(forms))] if entry.plural else [""]
    lines = (f"msgstr{number} {_quoted(form)}" for number, form in zip(numbers, forms, strict=True))
    end = "\n" if block.endswith("\n") else ""
    return head + "\n".join(lines) + end


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _is_for_visitors(place: str) -> bool:
    inner = place.removeprefix("chatwidget/").removeprefix("./")
    return inner.startswith(VISITORS) and not inner.startswith(NOT_VISITORS)
