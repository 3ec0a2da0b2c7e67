"""A series as the points of a small line; sizes are those of the picture, not of a screen."""

from __future__ import annotations

from dataclasses import dataclass

from einklang.evidence import Series

WIDTH = 600
HEIGHT = 96
_MARGIN = 10


@dataclass(frozen=True)
class Dot:
    """One figure in the picture."""

    x: float
    y: float
    is_judged: bool


@dataclass(frozen=True)
class Drawing:
    """The picture: lines between figures that follow each other, a dot for each, and where breaks lie."""

    width: int
    height: int
    lines: list[str]
    points: list[Dot]
    breaks: list[float]


def _across(number: int, count: int) -> float:
    return WIDTH / 2 if count == 1 else round(_MARGIN + number * (WIDTH - 2 * _MARGIN) / (count - 1), 1)


def draw(series: Series) -> Drawing:
    """The line of a series from 0, or from the lowest figure where one is negative; gaps are not bridged."""
    values = [point.value for point in series.points if point.value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    span = high - low or 1.0
    lines: list[list[str]] = [[]]
    dots = []
    for number, point in enumerate(series.points):
        if point.value is None:
            lines.append([])
            continue
        if point.period in series.breaks:
            lines.append([])
        x = _across(number, len(series.points))
        y = round(HEIGHT - _MARGIN - (point.value - low) * (HEIGHT - 2 * _MARGIN) / span, 1)
        lines[-1].append(f"{x},{y}")
        dots.append(Dot(x, y, point.is_judged))
    periods = [point.period for point in series.points]
    breaks = [
        (_across(number, len(periods)) + _across(number - 1, len(periods))) / 2
        for number, period in enumerate(periods)
        if number and period in series.breaks
    ]
    return Drawing(WIDTH, HEIGHT, [" ".join(line) for line in lines if len(line) > 1], dots, breaks)


@dataclass(frozen=True)
class Step:
    """The judged figure of a series after the one before it."""

    before: str
    now: str
    value_before: float
    value: float


def last_step(series: Series) -> Step | None:
    """The step to the judged figure, where both figures are there."""
    for before, now in zip(series.points, series.points[1:], strict=False):
        if now.is_judged and now.value is not None and before.value is not None:
            return Step(before.period, now.period, before.value, now.value)
    return None
