"""What goes wrong with the calls that come: each by its name, once or every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar, get_args

from chatwidget.chatapi import ChatAPIError
from chatwidget.testing.wire import Response

CallName = Literal[
    "start", "send", "poll_task", "poll_session", "upload", "download", "consent", "token"
]
CALLS: Final[Sequence[CallName]] = get_args(CallName)
Name = TypeVar("Name", bound=str)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with a call: an error of the client, or an answer instead of the right one.

    ``arrived`` tells whether the server did as it was asked all the same.
    """

    strike: ChatAPIError | Response
    arrived: bool = False


class Faults:
    """Those that are to come."""

    def __init__(self) -> None:
        self._once: defaultdict[str, list[Fault]] = defaultdict(list)
        self._always: dict[str, Fault] = {}

    def once(self, call: CallName, fault: Fault) -> None:
        """Add one to those that a call meets one after the other."""
        self._once[known(call, CALLS)].append(fault)

    def always(self, call: CallName, fault: Fault) -> None:
        """Set the one that a call meets each time, after those."""
        self._always[known(call, CALLS)] = fault

    def clear(self) -> None:
        """Forget all of them."""
        self._once.clear()
        self._always.clear()

    def next(self, call: str) -> Fault | None:
        """Return what a call meets that comes now."""
        return self._once[call].pop(0) if self._once[call] else self._always.get(call)


def known(name: Name, names: Sequence[Name]) -> Name:
    """Return ``name`` if it is one of ``names``; a test that misspells it would test nothing."""
    if name not in names:
        raise ValueError(f"There is no {name!r}: say one of {', '.join(names)}.")
    return name
