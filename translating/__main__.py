"""``scripts/messages``: what to run when words of the app changed, or somebody translated some.

scripts/messages                     bring every catalogue up to date, and compile it
scripts/messages missing fr          what French lacks, as JSON to fill in
scripts/messages merge fr words.json fill the words of that JSON in, and compile
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from translating import po

APP = po.LOCALE.parent
TEXTS = po.LOCALE / "visitors.json"
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: django-chatapi-widget\\n"
"Report-Msgid-Bugs-To: \\n"
"PO-Revision-Date: \\n"
"Last-Translator: \\n"
"Language-Team: \\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"
"""


def update() -> None:
    """Take the texts out of the code into each catalogue; needs gettext."""
    names = ("--no-wrap", "--no-obsolete", "--add-location=file")
    each = [option for code in po.codes() for option in ("--locale", code)]
    command = [sys.executable, "-P", "-m", "django", "makemessages", *names, *each]
    subprocess.run(command, cwd=APP, check=True)
    for code in po.codes():
        _drop_dates(po.path_of(code))
        po.clear_guesses(po.path_of(code))
        compile_one(code)
    entries = po.read(po.path_of(po.codes()[0]))
    texts = sorted(entry.msgid for entry in entries if entry.is_for_visitors)
    TEXTS.write_text(json.dumps(texts, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def compile_one(code: str) -> None:
    """Write what Django reads; needs gettext, which refuses a broken placeholder."""
    catalogue = po.path_of(code)
    compiled = catalogue.with_suffix(".mo")
    subprocess.run(["msgfmt", "--check", "-o", compiled, catalogue], check=True)


def missing(code: str) -> None:
    """Print what a catalogue lacks, each text with room for its words."""
    entries = [entry for entry in po.read(po.path_of(code)) if not entry.is_translated]
    lacking = {entry.name: [""] * len(entry.forms) if entry.plural else "" for entry in entries}
    print(json.dumps(lacking, ensure_ascii=False, indent=1))


def merge(code: str, source: str) -> None:
    """Fill in words from a JSON file, and say what it knows that the catalogue doesn't."""
    words = json.loads(Path(source).read_text(encoding="utf-8"))
    po.fill(po.path_of(code), {name: given for name, given in words.items() if any(given)})
    compile_one(code)
    unknown = set(words) - {entry.name for entry in po.read(po.path_of(code))}
    for text in sorted(unknown):
        print(f"No such text: {text!r}", file=sys.stderr)


def begin(code: str, plurals: str) -> None:
    """Make the empty catalogue of a new language."""
    path = po.path_of(code)
    path.parent.mkdir(parents=True)
    path.write_text(HEADER.format(code=code, plurals=plurals), encoding="utf-8")


def _drop_dates(catalogue: Path) -> None:
    """Keep what tells nothing, and differs with each run, out of the history."""
    lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith('"POT-Creation-Date')]
    catalogue.write_text("".join(kept), encoding="utf-8")


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]] = {"missing": missing, "merge": merge, "begin": begin}
    if len(sys.argv) == 1:
        update()
    elif sys.argv[1] in commands:
        commands[sys.argv[1]](*sys.argv[2:])
    else:
        sys.exit(__doc__)
