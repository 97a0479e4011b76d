"""What the chat page runs and wears, as it is served: one script, and parts that come when needed.

The modules that every visitor needs before the first message are one module, ``chat.js``. Those
that come later import from it, so that each module runs once. All stand in one folder, whose name
changes with each byte, and have no comments and no blanks.
"""

from __future__ import annotations

import hashlib
from functools import cache

from chatwidget.encodings import Encoded, encode
from chatwidget.sources import imported, joined, read, without_blanks

# In the order they run in: what a module imports stands before it.
FIRST = (
    *("policy", "bridge", "parts", "keep", "log", "composer"),
    *("chat", "bubbles", "requests", "around", "begin"),
)
# Each is one module; the name of a script that is made of several is that of its last.
LATER = (
    ("chats", "later"),
    ("waiting",),
    ("room",),
    ("keyboard",),
    ("again",),
    ("decorate",),
    ("menu",),
    ("unsure",),
    ("host",),
    ("work",),
    ("asking",),
    ("files", "tray", "upload", "adding", "carrying", "attach"),
    ("tools",),
    ("feedback",),
    ("sound",),
    ("dictate",),
    ("aloud",),
    ("gate",),
)
SHEETS = {
    "chat": ("base", "frame", "log", "unsent", "composer", "devices"),
    "answers": ("markdown", "answered"),
    "later": ("days", "chats", "code", "files", "tools", "paper"),
    "plain": ("markdown", "answered", "plain"),
    "attach": ("attach",),
    "feedback": ("feedback",),
    "notices": ("banner", "gate"),
}
TYPES = {"js": "text/javascript", "css": "text/css"}


def source(name: str) -> str:
    """The text of ``name``, a file such as ``chat.js``; ``KeyError`` if there is none."""
    return _sources()[name]


@cache
def version() -> str:
    """The name of the folder: it changes with each byte of what is in it."""
    texts = "\0".join(f"{name}\0{text}" for name, text in sorted(_sources().items()))
    return hashlib.sha256(texts.encode()).hexdigest()[:16]


@cache
def packed(name: str) -> Encoded:
    """``source(name)``, compressed once; ``KeyError`` if there is none."""
    return encode(source(name).encode())


@cache
def _sources() -> dict[str, str]:
    return {
        "chat.js": without_blanks(_first()),
        **{f"{names[-1]}.js": without_blanks(_later(names)) for names in LATER},
        **{f"{name}.css": without_blanks(_worn(names), "css") for name, names in SHEETS.items()},
    }


def _first() -> str:
    """The first modules as one, which exports what the others need of them."""
    needed = imported([name for names in LATER for name in names], of=FIRST)
    return f"{joined(FIRST)}export {{ {', '.join(needed)} }};\n"


def _later(names: tuple[str, ...]) -> str:
    return joined(names, homes=dict.fromkeys(FIRST, "chat"))


def _worn(names: tuple[str, ...]) -> str:
    return "".join(read(name, "css") for name in names)
