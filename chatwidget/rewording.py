"""What a widget's own words may be: rows of a language, a text, and what to say instead."""

from __future__ import annotations

import re
from collections import Counter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chatwidget.languages import NAMES, plain

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
LONGEST_WORDS = 500
# Of a row, in the order that people read: PostgreSQL keeps none.
PARTS = ("language", "text", "words")


def validate_words(value: object) -> None:
    """Refuse rows of words that could not stand where the app's own words do."""
    rows = value if isinstance(value, list) else [value]
    faults = [fault for row in rows for fault in _word_faults(row)]
    if faults:
        raise ValidationError(faults)


def _word_faults(row: object) -> list[ValidationError]:
    if not _is_row(row):
        words = _("Each row has a language, a text of the chat, and the words to say instead.")
        return [ValidationError(words, code="row")]
    text, words = row["text"], row["words"]  # type: ignore[index]
    faults = []
    if Counter(PLACEHOLDER.findall(text)) != Counter(PLACEHOLDER.findall(words)):
        names = " ".join(PLACEHOLDER.findall(text)) or _("none")
        fault = _("“%(words)s”: keep the placeholders of the text as they are: %(names)s.")
        faults.append(fault % {"words": words, "names": names})
    elif "%(" in text and "%" in PLACEHOLDER.sub("", words).replace("%%", ""):
        faults.append(_("“%(words)s”: write a percent sign as %%%%.") % {"words": words})
    if plain(words) != words:
        fault = _('“%(words)s”: leave out <, > and ". Words are shown as they are, not as HTML.')
        faults.append(fault % {"words": words})
    return [ValidationError(fault, code="words") for fault in faults]


def _is_row(row: object) -> bool:
    return (
        isinstance(row, dict)
        and set(row) == set(PARTS)
        and all(isinstance(each, str) and len(each) <= LONGEST_WORDS for each in row.values())
        and row["language"] in ("", *NAMES)
        and bool(row["text"].strip() and row["words"].strip())
    )
