"""What a test tells the fake to do about a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FAILURE: Final = (
    "Sorry something went wrong. This was likely an intermittent error related to load."
    "Please try again, and wait a few minutes if this keeps happening."
)
# What the history keeps of a failed task is worded otherwise than its poll (fact 14).
FAILURE_IN_HISTORY: Final = (
    "Sorry, something went wrong while processing your message. Please try again later"
)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message."""

    name: str
    content_type: str = "text/plain"
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of one message.

    Attributes:
        text: the answer; ``None`` answers with the message itself.
        seconds: how long the bot takes, by the fake's clock.
        polls: how many task polls are told "processing" before it is ready.
        progress: what those polls say meanwhile.
        fails: the bot fails (fact 13) with these words, as a failure of its own.
        refuses: the bot fails with these words, which are meant for the visitor.
        never: the task is processing for ever (fact 12).
        in_history: whether the history keeps message and answer (fact 15).
        files: what the bot attaches.
    """

    text: str | None = None
    seconds: float = 0
    polls: int = 0
    progress: str = ""
    fails: str = ""
    refuses: str = ""
    never: bool = False
    in_history: bool = True
    files: tuple[File, ...] = ()
