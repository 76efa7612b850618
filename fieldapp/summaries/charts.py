"""Geometry of the pages' charts: numbers in, places of bars and lines out. Pure; colours are the style sheet's.

Every chart stands beside a table with the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

WIDTH, HEIGHT = 640, 220
LEFT, TOP, BOTTOM = 44, 12, 28
MOST_LABELS = 14
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """A bar, its middle, and the label under it; an empty label is left out."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: float

    @property
    def middle(self) -> float:
        """Where the label stands."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Line:
    """A horizontal line of the scale and what it says."""

    y: float
    label: str


@dataclass(frozen=True)
class BarChart:
    """Upright bars over a scale that begins at 0."""

    bars: Sequence[Bar]
    lines: Sequence[Line]
    most: int
    width: int = WIDTH
    height: int = HEIGHT


def bar_chart(values: Sequence[tuple[str, int]]) -> BarChart:
    """Return a chart of (label, value); with many bars only every so many carries its label."""
    most = max((value for _, value in values), default=0)
    step = scale_step(most)
    top = max(step, ceil(most / step) * step)
    depth = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT) / max(1, len(values))
    every = ceil(len(values) / MOST_LABELS) or 1
    bars = [
        Bar(
            x=round(LEFT + slot * index + slot * 0.18, 1),
            y=round(TOP + depth * (1 - value / top), 1),
            width=round(slot * 0.64, 1),
            height=round(depth * value / top, 1),
            label=label if index % every == 0 else "",
            value=value,
        )
        for index, (label, value) in enumerate(values)
    ]
    lines = [Line(round(TOP + depth * (1 - mark / top), 1), str(mark)) for mark in range(0, top + 1, step)]
    return BarChart(bars, lines, most)


@dataclass(frozen=True)
class HeatCell:
    """A square of a heat chart: where it is, how dark, and the number in it."""

    x: float
    y: float
    shade: int
    value: int


@dataclass(frozen=True)
class HeatChart:
    """Rows of squares; the number stands in each, so that nothing is said by shade alone."""

    cells: Sequence[HeatCell]
    columns: Sequence[tuple[float, str]]
    rows: Sequence[tuple[float, str]]
    cell_width: float
    cell_height: float
    width: int
    height: float


def heat_chart(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> HeatChart:
    """Return a chart of rows named and made of (value, shade), under named columns."""
    left, top, high = 90, 24, 24
    wide = (WIDTH - left) / max(1, len(columns))
    cells = [
        HeatCell(round(left + wide * place, 1), top + high * number, shade, value)
        for number, (_, values) in enumerate(rows)
        for place, (value, shade) in enumerate(values)
    ]
    heads = [(round(left + wide * (place + 0.5), 1), name) for place, name in enumerate(columns)]
    sides = [(top + high * (number + 0.5), name) for number, (name, _) in enumerate(rows)]
    return HeatChart(cells, heads, sides, round(wide, 1), high, WIDTH, top + high * len(rows))


def scale_step(most: int) -> int:
    """Return the step of a scale – 1, 2 or 5 times a power of ten – that gives at most five lines above 0."""
    power = 1
    while True:
        for base in STEPS:
            if base * power * 5 >= most:
                return base * power
        power *= 10


def percent_width(value: float, most: float) -> float:
    """Return the length of a lying bar, 0 … 100."""
    return round(100 * value / most, 1) if most else 0.0


def shade(value: int, most: int) -> int:
    """Return how dark a cell is, 0 … 4; 0 only for nothing."""
    return ceil(4 * value / most) if most else 0
