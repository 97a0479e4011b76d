"""How many bytes a visitor's browser loads from our files: as written, gzip 9 and brotli 11.

    python -m bench.sizes

It reads the files as they lie in the packages, found by pattern so that a new
one is counted: what a server strips or templates on the way out is not in these numbers.
"""

from __future__ import annotations

import gzip
import sys
from importlib.resources import files
from pathlib import Path

import brotli

from bench import records, report
from bench.records import Record, Table

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / "chatwidget" / "static" / "chatwidget"
HTMX = Path(str(files("django_htmx"))) / "static" / "django_htmx" / "htmx-2.min.js"

Sizes = tuple[int, int, int]


def sizes(path: Path) -> Sizes:
    """Bytes as written, gzip 9, brotli 11."""
    data = path.read_bytes()
    return len(data), len(gzip.compress(data, 9)), len(brotli.compress(data, quality=11))


def browser_files() -> list[Path]:
    """Every script and style sheet that a visitor may load before the first message."""
    ours = [path for path in OURS.rglob("*") if path.suffix in {".css", ".js"}]
    return [*sorted(path for path in ours if "admin" not in path.parts), HTMX]


def main() -> int:
    """Measure and publish."""
    records.options(__doc__).parse_args()
    record = Record("sizes", "Bytes of our files", "python -m bench.sizes")
    measured = {path.name: sizes(path) for path in browser_files()}
    total = [sum(column) for column in zip(*measured.values(), strict=True)]
    rows = [*([name, *each] for name, each in measured.items()), ["all of it", *total]]
    notes = ["As the files lie in the packages. What the server strips is still in them."]
    columns = ("file", "as written", "gzip 9", "brotli 11")
    record.tables.append(Table("What a browser may load, in bytes", columns, rows, notes))
    return report.publish(record)


if __name__ == "__main__":
    sys.exit(main())
