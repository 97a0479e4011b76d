"""How the commands take a secret: never from the command line, where a shell keeps its history."""

from __future__ import annotations

import getpass
import sys


def ask(prompt: str) -> str:
    """A secret typed at a terminal, unseen, or else the next line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ").strip()
    return sys.stdin.readline().strip()
