"""Questions before a chat: one a line, ``key | Label | kind | choices``.

``topic* | What is it about? | choice | Orders; Returns`` must be answered, for its star. The kind
is text if none is given. The key is what the Chat API gets the answer under, in ``session_data``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

KINDS: Final = {"text": "text", "long text": "long", "choice": "choice", "checkbox": "checkbox"}
# What the forms of our pages call their own fields, and what the Chat API reads in session_data.
RESERVED: Final = frozenset(
    {
        *("name", "email", "message", "client_id", "context", "start", "new", "agree", "consent"),
        *("introduction", "csrfmiddlewaretoken", "source", "participant_name", "timezone"),
    }
)
LONGEST_KEY: Final = 40
LONGEST_LABEL: Final = 200
MOST: Final = 12
# What may be answered, in characters.
LONGEST_TEXT: Final = 320
LONGEST_LONG_TEXT: Final = 2000


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor is asked; ``kind`` is text, long, choice, checkbox or email.

    The name and the email have no label of the widget's.
    """

    key: str
    label: str
    kind: str = "text"
    is_required: bool = False
    choices: tuple[str, ...] = ()


def read(lines: Sequence[str]) -> tuple[Question, ...]:
    """Return the questions of ``lines``.

    Raises:
        ValueError: a line is none, or a key comes twice; the words say which.
    """
    found = tuple(read_line(line) for line in lines)
    keys = [question.key for question in found]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise ValueError(
            _("“%(key)s” stands in two lines. Give each a key of its own.") % {"key": twice}
        )
    if len(found) > MOST:
        raise ValueError(_("These are too many questions. Ask 12 or fewer."))
    return found


def read_line(line: str) -> Question:
    """Return the question of one line.

    Raises:
        ValueError: it is none; the words say what is wrong.
    """
    key, label, kind, choices = ([part.strip() for part in line.split("|")] + [""] * 3)[:4]
    is_required = key.endswith("*")
    key = key.rstrip("*").strip()
    _check_key(key)
    if line.count("|") > 3 or not 0 < len(label) <= LONGEST_LABEL:
        raise ValueError(_("Type a key and a label, such as order | Order number."))
    kind = (kind or "text").lower()
    if kind not in KINDS:
        raise ValueError(
            _("“%(kind)s” is no kind. Type text, long text, choice or checkbox.") % {"kind": kind}
        )
    return Question(key, label, KINDS[kind], is_required, _choices(kind, choices))


def _check_key(key: str) -> None:
    if not (key.isidentifier() and key.isascii() and len(key) <= LONGEST_KEY):
        raise ValueError(
            _("“%(key)s” is no key. Type letters, digits and _, 40 at most.") % {"key": key}
        )
    if key.lower() in RESERVED or key.startswith("_"):
        raise ValueError(
            _("“%(key)s” is a name that the chat uses itself. Type another one.") % {"key": key}
        )


def _choices(kind: str, text: str) -> tuple[str, ...]:
    choices = tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
    if (kind == "choice") != bool(choices) or len(choices) == 1:
        raise ValueError(
            _(
                "A choice needs two or more to choose from, after a third |, parted "
                "by ;. Other kinds need none."
            )
        )
    return choices
