"""What a bench found, in the one shape that all of them write: ``results/NAME.json``.

    {"name", "title", "command", "when", "machine": {"cores", "python", …},
     "tables": [{"title", "columns": […], "rows": [[…], …], "notes": […]}, …],
     "targets": [{"what", "target", "figure", "met": true, "why"}, …]}

A cell is text or a number; floats are shown with three digits that count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import django

RESULTS = Path(__file__).resolve().parent / "results"

Cell = str | int | float


def machine() -> dict[str, Cell]:
    """Return what the figures were measured on."""
    return {
        "cores": os.cpu_count() or 0,
        "load before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "django": django.get_version(),
    }


@dataclass(frozen=True)
class Table:
    """Figures under a title; ``notes`` say how to read them."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Target:
    """What a figure should be, what it is, and, where it missed, ``why``."""

    what: str
    target: str
    figure: Cell
    met: bool
    why: str = ""


@dataclass
class Record:
    """All that one bench found, at one time, on one machine. Make it before measuring."""

    name: str
    title: str
    command: str
    when: str = field(default_factory=lambda: time.strftime("%Y-%m-%d"))
    machine: dict[str, Cell] = field(default_factory=machine)
    tables: list[Table] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def save(self, folder: Path = RESULTS) -> Path:
        """Write the record as JSON and return where."""
        folder.mkdir(exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
        return path

    @property
    def is_met(self) -> bool:
        """Whether every target is."""
        return all(target.met for target in self.targets)


def load(path: Path) -> Record:
    """Read what :meth:`Record.save` wrote."""
    kept = json.loads(path.read_text())
    tables = [Table(**table) for table in kept.pop("tables")]
    targets = [Target(**target) for target in kept.pop("targets")]
    return Record(**kept, tables=tables, targets=targets)


def options(words: str | None) -> argparse.ArgumentParser:
    """Return a parser with what every bench takes."""
    parser = argparse.ArgumentParser(
        description=words, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="as `make bench` runs it")
    return parser
