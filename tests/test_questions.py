from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import questions
from chatwidget.questions import Question


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("order | Order number", Question("order", "Order number")),
        ("order* | Order number | text", Question("order", "Order number", is_required=True)),
        ("more | Tell us more | Long text", Question("more", "Tell us more", "long")),
        ("adult* | I am 18 | checkbox", Question("adult", "I am 18", "checkbox", True)),
        ("why|Why?|choice|A; B ;A;", Question("why", "Why?", "choice", choices=("A", "B"))),
    ],
)
def test_a_line_is_a_question(line, question):
    assert questions.read_line(line) == question


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Order number", "“Order number” is no key"),
        ("", "“” is no key"),
        ("a" * 41 + " | Long", "is no key"),
        ("größe | Size", "is no key"),
        ("order", "Type a key and a label"),
        ("order | ", "Type a key and a label"),
        ("a | b | text | c | d", "Type a key and a label"),
        ("order | Number | number", "“number” is no kind"),
        ("why | Why? | choice", "two or more to choose from"),
        ("why | Why? | choice | A; A", "two or more to choose from"),
        ("why | Why? | text | A; B", "two or more to choose from"),
        ("name | Your name", "a name that the chat uses itself"),
        ("Email* | Your email", "a name that the chat uses itself"),
        ("_x | Hidden", "a name that the chat uses itself"),
    ],
)
def test_a_line_that_is_none_is_refused_in_words(line, words):
    with pytest.raises(ValueError, match=words):
        questions.read_line(line)


@pytest.mark.parametrize("key", sorted(questions.RESERVED))
def test_no_key_is_one_of_ours(key):
    with pytest.raises(ValueError, match="uses itself"):
        questions.read_line(f"{key} | Label")


def test_a_key_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="“a” stands in two lines"):
        questions.read(["a | One", "b | Two", "a* | Three"])


def test_a_form_has_an_end():
    assert len(questions.read([f"a{n} | Label" for n in range(12)])) == 12
    with pytest.raises(ValueError, match="too many questions"):
        questions.read([f"a{n} | Label" for n in range(13)])


@given(st.text())
def test_whatever_is_typed_is_a_question_or_refused(line):
    try:
        question = questions.read_line(line)
    except ValueError:
        return
    assert question.key.isidentifier()
    assert question.label
