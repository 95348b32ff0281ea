"""The style sheet: texts can be read in light and dark (WCAG 2.2, 1.4.3: a contrast of at least 4.5)."""

import re
from itertools import product
from pathlib import Path

import pytest

import advisord

STYLE = (Path(advisord.__file__).parent / "web/style.css").read_text(encoding="utf-8")
TEXTS = ("ink", "quiet", "link", "bad", "warn", "good")


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(one: str, other: str) -> float:
    above, below = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (above + 0.05) / (below + 0.05)


def _palettes() -> list[dict[str, str]]:
    light, dark = (dict(re.findall(r"--(\w+): #([0-9a-f]{6});", block)) for block in re.split("@media", STYLE)[:2])
    return [light, dark]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark"])
def test_contrast(palette: dict[str, str]) -> None:
    """Every colour of a text, on the ground and on a panel."""
    for text, ground in product(TEXTS, ("ground", "panel")):
        assert _ratio(palette[text], palette[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark"])
def test_contrast_of_what_is_no_text(palette: dict[str, str]) -> None:
    """Outlines of what has the focus, borders of fields, lines and bars of charts: at least 3 (WCAG 2.2, 1.4.11)."""
    for mark, ground in product(("accent", "quiet", "opened", "closed"), ("ground", "panel")):
        assert _ratio(palette[mark], palette[ground]) >= 3, (mark, ground)


def test_the_focus_is_seen() -> None:
    """Nothing takes the outline away, and the link to the content comes up when it has the focus."""
    assert re.search(r":focus-visible \{ outline: [23]px solid var\(--accent\)", STYLE)
    assert not re.search(r"outline: *(0|none)", STYLE)
    assert ".skip:focus {" in STYLE


@pytest.mark.parametrize(
    "what", [r"\.stack tbody th", r"td code", r"\.stack td:not\(\.number\) > a", "h1", r"\.facts dd"]
)
def test_a_long_name_pushes_nothing_out(what: str) -> None:
    """Names of repositories, packages and records break wherever they must, so that the columns after them are seen."""
    assert re.search(rf"^{what} {{[^}}]*overflow-wrap: anywhere", STYLE, re.MULTILINE)


def test_nothing_comes_from_elsewhere() -> None:
    """No address, no import."""
    assert "url(" not in STYLE
    assert "@import" not in STYLE
