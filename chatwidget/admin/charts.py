"""Bars for a template to draw as SVG: places and heights, worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 160
SHORTEST = 1.5  # a bar of one message beside one of a million can still be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, in the units of the chart's view box; ``label`` and ``value`` are for its title."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of some values; ``top`` is the value that the full height stands for."""

    bars: Sequence[Bar]
    top: int
    first: str
    last: str
    width: int = WIDTH
    height: int = HEIGHT


def chart(values: Sequence[tuple[str, int]]) -> Chart:
    """Return a chart of labelled values, from left to right."""
    top = max((value for _label, value in values), default=0)
    step = WIDTH / max(1, len(values))
    bars = [
        _bar(number * step, step, label, value, top) for number, (label, value) in enumerate(values)
    ]
    labels = [label for label, _value in values] or [""]
    return Chart(bars, top, labels[0], labels[-1])


def _bar(x: float, step: float, label: str, value: int, top: int) -> Bar:
    height = max(SHORTEST, HEIGHT * value / top) if value else 0
    gap = min(4.0, step / 4)
    return Bar(
        round(x + gap / 2, 2),
        round(HEIGHT - height, 2),
        round(step - gap, 2),
        round(height, 2),
        label,
        value,
    )
