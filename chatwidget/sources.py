"""Our scripts and style sheets as browsers get them: joined, without comments and blanks.

A source is a module of its own that says what it needs; what is sent is one text. Joined, modules
share a scope, so no name may stand twice in those that are sent together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

COMMENTS = re.compile(r"/\*.*?\*/\s*|^\s*//[^\n]*\n|^\s+", re.MULTILINE | re.DOTALL)
# A string is kept whole; blanks around what separates words go.
SCRIPT_BLANKS = re.compile(r'("[^"\n]*"|`[^`]*`)|\s*([-+=<>!?:;,&|(){}\[\]]+)\s*')
# What a parser needs no more than a blank: the last comma or semicolon, a cast's parentheses.
NEEDLESS = re.compile(r'("[^"\n]*"|`[^`]*`)|;(?=\})|,(?=[)}\]])')
CASTS = re.compile(r'(?<=[=(,;{])\(([\w$.]+(?:\((?:"[^"]*"|\w*)\))*(?:\.\w+)*)\)(?=[;,)])')
STYLE_BLANKS = re.compile(r"\s*([{};,>])\s*|(?<=:)\s+")
IMPORT = re.compile(r'^import \{ (.*) \} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let) (\w+))", re.MULTILINE)
EXPORTS = re.compile(r"^export \{ (.*) \};\n", re.MULTILINE)


def read(name: str, kind: str) -> str:
    """The text of one of our static files; ``kind`` is its suffix."""
    return (files("chatwidget") / f"static/chatwidget/{name}.{kind}").read_text(encoding="utf-8")


def joined(names: Sequence[str], *, homes: Mapping[str, str] | None = None) -> str:
    """Modules as one, in the order they run in: the last is the one whose exports stay.

    What they import from each other goes; what they import from others stands once at the head,
    from where ``homes`` says that a module has gone.
    """
    texts = [read(name, "js") for name in names]
    inside = {name.rpartition("/")[2] for name in names}
    outside: dict[str, list[str]] = {}
    for wanted, module in (found for text in texts for found in IMPORT.findall(text)):
        if module not in inside:
            known = outside.setdefault((homes or {}).get(module, module), [])
            known += [name for name in wanted.split(", ") if name not in known]
    imports = (
        f'import {{ {", ".join(wanted)} }} from "./{module}.js";\n'
        for module, wanted in outside.items()
    )
    *others, last = (IMPORT.sub("", text) for text in texts)
    return "".join([*imports, *(EXPORTS.sub("", EXPORT.sub("", text)) for text in others), last])


def imported(names: Sequence[str], *, of: Sequence[str]) -> list[str]:
    """What modules import of others by name."""
    found = (each for name in names for each in IMPORT.findall(read(name, "js")))
    return sorted({each for wanted, module in found if module in of for each in wanted.split(", ")})


def without_blanks(text: str, kind: str = "js") -> str:
    """A script or style sheet of ours (``js`` or ``css``) without comments and needless blanks."""
    bare = COMMENTS.sub("", text)
    if kind == "js":
        tight = SCRIPT_BLANKS.sub(lambda found: found[1] or found[2], bare)
        return CASTS.sub(r"\1", NEEDLESS.sub(lambda found: found[1] or "", tight))
    return STYLE_BLANKS.sub(lambda found: found[1] or "", bare).replace(";}", "}").strip()
