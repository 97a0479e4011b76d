"""What the bot decided to do about a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What the task poll ends with: an answer, a bot's failure (500), words for the person (400),
# or nothing, ever.
Outcome = Literal["answer", "failure", "refusal", "silence"]
# What goes wrong with the send itself, before or after the message is taken.
Fault = Literal["", "crash", "drop", "limit", "nonsense", "expire"]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in Markdown, the seconds it takes, and what goes wrong on the way, if anything."""

    text: str = ""
    seconds: float = 0
    progress: tuple[str, ...] = ()
    outcome: Outcome = "answer"
    fault: Fault = ""
    ends_session: bool = False
    returns_files: bool = False
