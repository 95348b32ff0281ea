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


def _palettes() -> list[dict[str, str]]:
    light, dark = (dict(re.findall(r"--(\w+): #([0-9a-f]{6});", block)) for block in re.split("@media", STYLE)[:2])
    return [light, dark]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark"])
def test_contrast(palette: dict[str, str]) -> None:
    """Every colour of a text, on the ground and on a panel."""
    for text, ground in product(TEXTS, ("ground", "panel")):
        above, below = sorted((_luminance(palette[text]), _luminance(palette[ground])), reverse=True)
        assert (above + 0.05) / (below + 0.05) >= 4.5, (text, ground)


def test_nothing_comes_from_elsewhere() -> None:
    """No address, no import."""
    assert "url(" not in STYLE
    assert "@import" not in STYLE
