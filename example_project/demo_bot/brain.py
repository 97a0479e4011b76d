"""Decides what to answer: a command, the shop's own business, or a look into the documents."""

from __future__ import annotations

from example_project.demo_bot import commands, search, smalltalk
from example_project.demo_bot.reply import Reply

FALLBACK = """I don't know that one. You can ask me about

- the shop: **opening hours**, **delivery**, **returns**, **gift cards**, **events**
- books: *recommend me a mystery*, *something for a seven-year-old*
- this chat: *how do I put it on my site*, *which settings are there*, *how is it built*

Type `help` for the commands that make me misbehave."""


def answer(text: str, *, delay: float) -> Reply:
    """What to do about a message; an ordinary answer takes `delay` seconds."""
    command = commands.find(text, delay=delay)
    if command:
        return command
    found = smalltalk.answer(text) or search.answer(text) or FALLBACK
    return Reply(found, seconds=delay)
