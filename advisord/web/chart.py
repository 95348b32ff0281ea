"""Opened, closed and open findings over time as SVG, with the same numbers as a table for those who don't see it."""

from collections.abc import Sequence
from typing import Any

from advisord.web.html import Html, tag, text
from advisord.web.parts import table
from advisord.words import counted

_WIDTH, _HEIGHT = 560, 200
_TOP, _BOTTOM = 22, 26
_LABELS = 6


def over_time(days: Sequence[dict[str, Any]], heading: str) -> Html:
    """A line of what was open, and bars of what was opened (up) and closed (down) each day."""
    opened = sum(day["opened"] for day in days)
    closed = sum(day["closed"] for day in days)
    time = counted(len(days), "day")
    said = f"{heading}: {opened:,} opened and {closed:,} closed in {time}; open now: {days[-1]['open']:,}"
    eventful = [day for day in days if day["opened"] or day["closed"]]
    names = ("Day", "Opened", "Closed", "Open")
    rows = [(day["day"], *(f"{day[name.lower()]:,}" for name in names[1:])) for day in eventful[::-1]]
    return tag(
        "figure",
        tag(
            "div",
            tag("div", tag("h3", "Open"), _line(days, f"Open findings. {said}")),
            tag("div", tag("h3", "Opened and closed each day"), _bars(days, f"Opened and closed each day. {said}")),
            class_="charts",
        ),
        tag("figcaption", f"{said}."),
        tag(
            "details",
            tag("summary", "The numbers"),
            table(heading, names, rows, "Nothing was opened or closed.", numbers=names[1:]),
        ),
    )


def _line(days: Sequence[dict[str, Any]], title: str) -> Html:
    top = max(1, *(day["open"] for day in days))
    step = _WIDTH / max(1, len(days) - 1)
    high = _HEIGHT - _TOP - _BOTTOM
    points = " ".join(
        f"{place * step:.1f},{_TOP + high * (1 - max(0, day['open']) / top):.1f}" for place, day in enumerate(days)
    )
    base = _TOP + high
    return _svg(
        title,
        tag("polygon", points=f"0,{base} {points} {_WIDTH},{base}", class_="area"),
        tag("polyline", points=points, class_="line"),
        _rule(_TOP, f"{top:,}"),
        _rule(base),
        _days(days, step),
    )


def _bars(days: Sequence[dict[str, Any]], title: str) -> Html:
    top = max(1, *(max(day["opened"], day["closed"]) for day in days))
    step = _WIDTH / len(days)
    half = (_HEIGHT - _TOP - _BOTTOM) / 2
    middle = _TOP + half
    bars = []
    for place, day in enumerate(days):
        for name, sign in (("opened", -1), ("closed", 1)):
            if count := day[name]:
                tall = max(1.0, half * count / top)
                bars.append(
                    tag(
                        "rect",
                        tag("title", f"{day['day']}: {count} {name}"),
                        x=f"{place * step:.1f}",
                        y=f"{middle - tall if sign < 0 else middle:.1f}",
                        width=f"{max(1.0, step - 1):.1f}",
                        height=f"{tall:.1f}",
                        class_=name,
                    )
                )
    return _svg(
        title,
        bars,
        _rule(_TOP, f"{top:,} opened"),
        _rule(middle),
        _rule(middle + half, f"{top:,} closed"),
        _days(days, step),
    )


def _svg(title: str, *content: Html | list[Html]) -> Html:
    return tag("svg", tag("title", title), *content, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=title)


def _rule(y: float, label: str = "") -> Html:
    """A line across, with what it stands for written on it."""
    line = tag("line", x1=0, x2=_WIDTH, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="rule")
    return text((line, tag("text", label, x=0, y=f"{y - 5:.1f}") if label else None))


def _days(days: Sequence[dict[str, Any]], step: float) -> Html:
    every = max(1, len(days) // _LABELS)
    return text(
        tag("text", days[place]["day"][5:], x=f"{place * step:.1f}", y=_HEIGHT - 6)
        for place in range(0, len(days) - every // 2, every)
    )
