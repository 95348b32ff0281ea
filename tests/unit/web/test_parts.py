"""Parts of pages."""

from typing import Any

import pytest

from advisord.web.parts import rated, what_to_do


@pytest.mark.parametrize(
    ("severity", "score", "kind", "expected"),
    [
        ("critical", 9.1, "vulnerability", "critical 9.1"),
        ("low", None, "unsound", "low"),
        ("unknown", None, "unmaintained", "unmaintained"),
        ("unknown", None, "vulnerability", "unknown"),
    ],
)
def test_what_nobody_rates_says_what_it_is(severity: str, score: float | None, kind: str, expected: str) -> None:
    """As the text does: an unmaintained package has no unknown severity."""
    assert rated(severity, score, kind) == expected


def place(lockfile: str, *what_to_do: str, ref: str | None = "main") -> dict[str, Any]:
    """A place as the API gives it."""
    return {"lockfile": lockfile, "ref": ref, "version": "1.0.0", "what_to_do": list(what_to_do)}


def test_what_to_do_is_said_once() -> None:
    """Where it is the same everywhere no place is named; what there is to know of it stands below."""
    same = [
        place("a/Cargo.lock", "update to 1.2.4", "needs more"),
        place("b/Cargo.lock", "update to 1.2.4", "needs more"),
    ]
    assert [str(part) for part in what_to_do(same) if part] == [
        "<p><strong>Update to 1.2.4.</strong></p>",
        "<ul><li>Needs more.</li></ul>",
    ]


def test_what_to_do_differs_by_place() -> None:
    """Then each is named, up to a few."""
    many = [place(f"{n}/Cargo.lock", "update to 1.2.4", ref=None) for n in range(12)]
    first, second = (str(part) for part in what_to_do([*many, place("c", "no fix exists: remove it")]) if part)
    assert "For 1.0.0 in 0/Cargo.lock, 1.0.0 in 1/Cargo.lock" in first
    assert first.endswith("1.0.0 in 9/Cargo.lock and 2 more.</p>")
    assert second == "<p><strong>No fix exists: remove it.</strong> For 1.0.0 in c at main.</p>"
