"""What is worth a comment."""

import pytest
from tracking import decision, finding

from advisord.tracking import news
from advisord.tracking.identity import Facts
from advisord.tracking.inputs import Evidence, Sighting, Unlocked

BASE = Facts("in", "high", "affected", "1.0.1", "", (), ("main:Cargo.lock",), 1)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (BASE, BASE._replace(exploited="yes"), "known to be exploited"),
        (BASE, BASE._replace(verdict="undecided"), "The verdict is now **undecided**; it was affected."),
        (BASE._replace(fixed=""), BASE, "There is a fixed version now: `1.0.1`."),
        (BASE, BASE._replace(fixed=""), "No fixed version is known any more."),
        (BASE, BASE._replace(withdrawn=("GHSA-1",)), "was withdrawn; the other sources still name"),
        (
            BASE._replace(places=(), total=41),
            BASE._replace(places=(), total=44),
            "It is in 44 places now; it was in 41.",
        ),
        (BASE, BASE._replace(fixed="1.0.2"), ""),
        (BASE, BASE, ""),
    ],
)
def test_what_changed(old: Facts, new: Facts, words: str) -> None:
    """One line for each thing that matters; another fixed version alone is none."""
    said = news.changes(old, new, finding(), decision(), Evidence(closable=True))
    assert words in said
    assert bool(words) == bool(said)


def test_what_makes_an_accepted_risk_worse() -> None:
    """A higher severity, an exploit, a fix; never a lower severity."""
    assert news.worse(BASE, BASE._replace(exploited="yes"))
    assert news.worse(BASE._replace(severity="unknown"), BASE)
    assert news.worse(BASE._replace(fixed=""), BASE) == "there is a fixed version now"
    assert news.worse(BASE, BASE._replace(severity="low")) == ""


def test_why_it_can_not_be_called_fixed() -> None:
    """What is only named, with what its reader says; what lost its lockfile, with what is left."""
    named = Evidence(closable=True, unpinned=(Sighting("main", "pom.xml", (), why="line 5: there is *no* version"),))
    told = news.doubt("g:a", named)
    assert (told.code, told.why.rpartition(": ")[2]) == (
        "unpinned",
        "nobody can say which version is used (pom.xml at main)",
    )
    assert "- `pom.xml` on `main`: line 5: there is \\*no\\* version" in told.text
    many = tuple(Unlocked("main", f"{n}/Cargo.lock", f"{n}/Cargo.toml") for n in range(22))
    told = news.doubt("hyper", Evidence(closable=True, unlocked=(Unlocked("main", "", "Cargo.toml"), *many)))
    assert told.code == "unlocked"
    assert "- `Cargo.toml` on `main`: there is no lockfile" in told.text
    assert "- and 3 more places" in told.text


def test_a_place_of_which_only_the_manifest_is_left() -> None:
    """It is taken off the list, and not called unaffected."""
    old = BASE._replace(places=("main:Cargo.lock", "main:old/Cargo.lock"), total=2)
    new = BASE._replace(places=("main:Cargo.lock",), total=1)
    gone = Evidence(closable=True, unlocked=(Unlocked("main", "old/Cargo.lock", "old/Cargo.toml"),))
    said = news.changes(old, new, finding(), decision(), gone)
    assert said == "- No longer pinned in `old/Cargo.lock` on `main`: nobody can say which version is used."
