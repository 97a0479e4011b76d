"""What a bot could be made to say against whoever reads it: Markdown that should stay words.

The attacks stand in ``attacks/``, one a line, with C's escapes. ``{run}`` in them is script that
tells that it ran, ``{host}`` a host of the attack's own, so that a request tells which attack made
it, and ``{own}`` an address of the site that nothing else asks for. ``gadgets`` want htmx to act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

LISTS = Path(__file__).parent / "attacks"
FORMS = (
    "![picture](%s)",
    "<%s>",
    "[read on][ref]\n\n[ref]: %s",
    '[read on](<%s> "a title")',
)


def listed(name: str) -> list[str]:
    """The attacks of a list."""
    lines = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [re.sub(r"\\(n|\\|u[0-9a-f]{4})", _unescaped, line) for line in lines]


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return {"n": "\n", "\\": "\\"}.get(code) or chr(int(code[1:], 16))


def disguised() -> Iterator[str]:
    """Each disguise of a scheme that runs script as a link, and in two other forms by turns."""
    for number, disguise in enumerate(listed("disguises")):
        yield f"[read on]({disguise})"
        for step in (1, 2):
            yield FORMS[(number + step) % len(FORMS)] % disguise


def attacks() -> list[str]:
    """All of them, each with marks of its own."""
    texts = [*disguised()]
    for name in ("html", "clobbering", "leaks", "broken", "gadgets"):
        texts += listed(name)
    return [filled(text, number) for number, text in enumerate(texts)]


def filled(text: str, number: int) -> str:
    """The attack with its own marks in their places."""
    text = text.replace("{run}", f"pwned({number})").replace("{host}", f"attack-{number}.example")
    return text.replace("{own}", f"/chatwidget/gadget-{number}/")


def huge() -> Iterator[str]:
    """Inputs that are large or deep instead of clever."""
    yield "x" * 1_000_000
    yield "<img src=x onerror=pwned(0)>" * 20_000
    yield "> " * 5_000 + "<script>pwned(0)</script>"
    yield "- " * 5_000 + "x"
    yield "[" * 20_000
    yield "![" * 10_000 + "](https://huge.example/)"
    yield "*" * 50_000 + "x" + "*" * 50_000
    yield "`" * 50_000
    yield "https://huge.example/ " * 5_000
    yield "| a " * 5_000 + "|\n" + "|---" * 5_000 + "|\n" + "| b " * 5_000 + "|"
    yield "&" * 100_000
    yield "\u0300" * 50_000
    yield "\n".join(f"[{number}]: https://huge.example/{number}" for number in range(5_000))
    yield "<div>" * 20_000
