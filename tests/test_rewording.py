from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from chatwidget.rewording import validate_words


def row(text: str = "Send", words: str = "Go", language: str = "") -> dict[str, str]:
    return {"language": language, "text": text, "words": words}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row(), row(language="zh-hans")],
        [row("Open chat: %(title)s", "%(title)s: 100 %% yours")],
        [row("Send", "Send & go, it's 100 %")],
    ],
)
def test_words_that_can_stand_are_taken(rows):
    validate_words(rows)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("no list", "Each row"),
        ([["es"]], "Each row"),
        ([row(language="tlh")], "Each row"),
        ([row(words=" ")], "Each row"),
        ([row(words="x" * 501)], "Each row"),
        ([{**row(), "more": ""}], "Each row"),
        ([row(words=7)], "Each row"),  # type: ignore[arg-type]
        ([row("Open chat: %(title)s", "Open")], "as they are: %(title)s."),
        ([row("Send", "Send %(title)s")], "as they are: none."),
        ([row("Open chat: %(title)s", "%(title)s 100 %")], "as %%."),
        ([row(words="<b>Go</b>")], "leave out"),
        ([row(words='"Go"')], "leave out"),
    ],
)
def test_words_that_would_break_the_page_are_refused_in_words(rows, says):
    with pytest.raises(ValidationError) as caught:
        validate_words(rows)
    assert says in " ".join(caught.value.messages)
