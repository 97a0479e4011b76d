"""What the bot answers: the shop's own business, its documents, and what it doesn't know."""

from __future__ import annotations

from datetime import date

import pytest

from example_project import fixtures
from example_project.demo_bot import brain, smalltalk


def said(text: str) -> str:
    return brain.answer(text, delay=0.6).text


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Hello!", "assistant of Lantern Books"),
        ("Thanks a lot", "welcome"),
        ("bye", "happy reading"),
        ("When are you open today?", "| Sunday | 11:00 to 16:00 |"),
        ("what are your opening hours", "Today, "),
        ("what time does the shop close?", "Today, "),
        ("How does delivery work?", "bicycle"),
        ("Can I return a book?", "30 days"),
        ("do you sell gift cards", "never expire"),
        ("Recommend me a book", "Salt Roads"),
        ("recommend me a mystery", "ferry"),
        ("something for a seven-year-old", "fox"),
        ("any events this week?", "Story time".lower()),
        ("where is the shop", "14 Harbour Lane"),
        ("can you order a book for me", "two working days"),
        ("do you know a book about gardens, I love plants", "Moss"),
    ],
)
def test_the_shop_s_own_business_is_known_by_heart(question: str, part: str) -> None:
    assert part in said(question)


def test_today_s_hours_come_first() -> None:
    assert smalltalk.hours(date(2026, 11, 26)).startswith(
        "Today, Thursday, we're open from **10:00 to 20:00**."
    )


def test_a_question_about_the_project_is_answered_from_its_documents() -> None:
    answer = said("How do I put this chat on my own site?")
    assert '{% chat_widget "shop" %}' in answer
    assert answer.endswith("*From docs/tutorial/first-chat.md > 4. Put it on a page*")


@pytest.mark.parametrize("text", ["what is the meaning of zebras", "?!", "🐘", '"; DROP TABLE --'])
def test_what_it_does_not_know_it_says_with_what_it_does(text: str) -> None:
    assert said(text) == brain.FALLBACK


def test_every_starter_question_has_an_answer() -> None:
    assert all(said(question) != brain.FALLBACK for question in fixtures.STARTERS)


def test_an_ordinary_answer_takes_the_delay_and_no_more() -> None:
    assert brain.answer("hello", delay=0.6).seconds == 0.6
