"""Make `results/README.md` of all records, `python -m bench.report`: targets first, then tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.records import RESULTS, Cell, Record, Table, Target, load

HEAD = """<!-- Made by `python -m bench.report` from the JSON files beside it. -->

# Results

Each table is one run on one machine. Ratios count: absolute times vary between machines.
Differences under 10 % are ties.
"""


def write(folder: Path = RESULTS) -> Path:
    """Write the page of all records in ``folder``, and return where."""
    records = [load(path) for path in sorted(folder.glob("*.json"))]
    page = folder / "README.md"
    page.write_text("\n".join([HEAD, *_targets(records), *map(markdown, records)]))
    return page


def publish(record: Record) -> int:
    """Save the record, print it, and return 1 if it missed a target: a bench's last line."""
    record.save()
    print("\n".join([markdown(record), *_targets([record])]))
    return int(not record.is_met)


def markdown(record: Record) -> str:
    """Return a record as a section of Markdown."""
    where = ", ".join(f"{name} {value}" for name, value in record.machine.items())
    head = f"## {record.title}\n\n`{record.command}` on {record.when}: {where}.\n"
    return "\n".join([head, *map(_table, record.tables)])


def _targets(records: Iterable[Record]) -> list[str]:
    rows = [(record, target) for record in records for target in record.targets]
    if not rows:
        return []
    lines = [
        (_what(target), target.target, target.figure, _met(target)) for _record, target in rows
    ]
    return ["## Targets\n", _rows(("what", "target", "figure", ""), lines)]


def _what(target: Target) -> str:
    return f"{target.what}<br>{target.why}" if target.why else target.what


def _met(target: Target) -> str:
    return "met" if target.met else "**missed**"


def _table(table: Table) -> str:
    notes = [f"{note}\n" for note in table.notes]
    return "\n".join([f"### {table.title}\n", _rows(table.columns, table.rows), *notes])


def _rows(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    rows = list(rows)
    right = [all(isinstance(row[n], int | float) for row in rows) for n in range(len(columns))]
    rule = " | ".join("---:" if each else "---" for each in right)
    lines = [" | ".join(map(_cell, row)) for row in (columns, *rows)]
    return "\n".join([f"| {line} |" for line in (lines[0], rule, *lines[1:])] + [""])


def _cell(value: Cell) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value.replace("|", "\\|")


if __name__ == "__main__":
    print(write())
