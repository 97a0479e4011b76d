"""The commands that make the bot misbehave on purpose, as `help` lists them."""

from __future__ import annotations

import re
from collections.abc import Callable

from example_project.demo_bot import samples
from example_project.demo_bot.reply import Reply

MAX_SECONDS = 120.0

COMMAND = re.compile(
    r"\s*[/!]?(?P<name>[a-z]+)(?:\s+(?P<seconds>\d{1,4}(?:\.\d+)?))?\s*s?\s*", re.I
)

HELP = """Ask me about the shop, its books, or this chat itself. To see how the chat copes, type one of these:

| type | what happens |
|---|---|
| `slow 20` | the answer takes 20 seconds (8 if you don't say) |
| `progress` | I tell you what I'm doing while I work |
| `long` | a very long answer |
| `markdown` | tables, lists, code, links, a picture |
| `fail` | I fail |
| `refuse` | I refuse, with words for you |
| `silent` | the answer never comes |
| `crash` | the server fails before it takes the message |
| `nonsense` | the server answers something else than it should |
| `limit` | the server asks you to wait 5 seconds |
| `drop` | the connection is cut after the message was taken |
| `expire` | this chat's access expires |
| `return` | the files that came with it, sent back |
| `end` | this chat is ended |

After `crash`, `nonsense` and `limit`, sending it again works."""  # noqa: E501

RECOVERED = "That went through this time."

Seconds = float | None
Maker = Callable[[float, Seconds], Reply]


def _seconds(asked: Seconds, default: float) -> float:
    return min(default if asked is None else asked, MAX_SECONDS)


def _slow(_delay: float, asked: Seconds) -> Reply:
    seconds = _seconds(asked, 8)
    return Reply(f"That took me {seconds:g} seconds. Thank you for waiting.", seconds=seconds)


def _progress(_delay: float, asked: Seconds) -> Reply:
    return Reply(
        "Done. I looked through 3 shelves and found **12 books** for you.",
        seconds=_seconds(asked, 6),
        progress=("Looking through the shelves", "Reading the back covers", "Writing it down"),
    )


def _end(delay: float, _asked: Seconds) -> Reply:
    return Reply("This chat ends here. Come back soon.", seconds=delay, ends_session=True)


def _refuse(delay: float, _asked: Seconds) -> Reply:
    return Reply("I can't read that file. Send it as text.", seconds=delay, outcome="refusal")


COMMANDS: dict[str, Maker] = {
    "help": lambda delay, _: Reply(HELP, seconds=delay),
    "slow": _slow,
    "progress": _progress,
    "long": lambda delay, _: Reply(samples.long(), seconds=delay),
    "markdown": lambda delay, _: Reply(samples.MARKDOWN, seconds=delay),
    "fail": lambda delay, _: Reply(seconds=delay, outcome="failure"),
    "refuse": _refuse,
    "silent": lambda _delay, _: Reply(outcome="silence"),
    "crash": lambda delay, _: Reply(RECOVERED, seconds=delay, fault="crash"),
    "nonsense": lambda delay, _: Reply(RECOVERED, seconds=delay, fault="nonsense"),
    "limit": lambda delay, _: Reply(RECOVERED, seconds=delay, fault="limit"),
    "drop": lambda delay, _: Reply("I got your message all the same.", seconds=delay, fault="drop"),
    "expire": lambda delay, _: Reply(seconds=delay, fault="expire"),
    "return": lambda delay, _: Reply("Here they are.", seconds=delay, returns_files=True),
    "end": _end,
}


def find(text: str, *, delay: float) -> Reply | None:
    """The reply to a command; None when the message is none."""
    match = COMMAND.fullmatch(text)
    make = COMMANDS.get(match["name"].lower()) if match else None
    if match is None or make is None:
        return None
    return make(delay, float(match["seconds"]) if match["seconds"] else None)
