"""How the commands take a secret: never from the command line, where a shell keeps its history."""

from __future__ import annotations

import getpass
import sys

from django.core.management.base import CommandError


def ask(prompt: str) -> str:
    """A secret typed at a terminal, unseen, or else the next line of standard input.

    Raises:
        CommandError: there is no line. An empty one means something, and a pipe whose writer
            failed must not say it.
    """
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ").strip()
    line = sys.stdin.readline()
    if not line:
        raise CommandError("Nothing came on standard input, so nothing is changed.")
    return line.strip()
