"""The text of an issue."""

from tracking import advised, decision, finding, place

from advisord.model.advisory import Kind
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach
from advisord.tracking import identity, render
from advisord.tracking.identity import Marker
from advisord.tracking.inputs import Deadline

MARKER = Marker("0" * 16, "octo/crab", ecosystem="crates.io", package="tokio", ids=("RUSTSEC-2026-0001",))


def block(found: Finding, limit: int = 58_000) -> str:
    """The block of a finding."""
    return render.block(found, decision(), MARKER, limit)


def todo(*places: Place) -> str:
    """What is to be done."""
    return render.sections(finding(places=places), decision(), MARKER, ()).what_to_do


def test_who_stands_in_the_way() -> None:
    """A requirement that does not allow the update is named, and what to move; so is that all allow it."""
    hindered = advised(
        place(), allowed=False, hindered=(("a|b", "^0.9"), ("hyper", "=1.0.0")), through=("hyper", "axum")
    )
    text = todo(hindered)
    assert "- `a¦b` requires `^0.9`, which does not allow `1.0.1`: it has to change first." in text
    assert "- `hyper` requires `=1.0.0`" in text
    assert "- **Move** `hyper`, `axum` to a version that allows `1.0.1`; whether there is one is not known." in text
    many = advised(place(), allowed=False, hindered=tuple((f"p{n}", "1") for n in range(13)))
    assert "3 more requirements don't allow it." in todo(many)
    assert "Move" not in todo(many)
    allowed = advised(place(), allowed=True)
    assert "updating the lockfile is enough" in todo(allowed)
    assert "updating the lockfile" not in todo(allowed, place(ref="v1"))


def test_a_breaking_update_of_which_nobody_knows_whether_it_is_allowed() -> None:
    """What pulls the package in has to be moved; without a graph it is not known what that is."""
    text = todo(advised(place(), breaking=True, through=("hyper",)))
    assert "- **Move** `hyper` to a version that allows `1.0.1`; whether there is one is not known." in text
    text = todo(advised(place(), breaking=True))
    assert "- Whoever requires it has to allow `1.0.1`, a breaking update: which dependency that is, " in text
    assert "Move" not in todo(advised(place()))


def test_the_checked_update_is_the_one() -> None:
    """Not the lowest fix of one record, when the version has something of its own; what remains is said."""
    text = todo(advised(place(), to="1.0.3"))
    assert "**Update** `tokio` to `1.0.3`" in text
    assert "1.0.1" not in text
    assert "| `1.0.0` | `1.0.3` |" in block(finding(places=(advised(place(), to="1.0.3"),)))
    assert "`1.0.1` is affected by [GHSA-9]" in todo(advised(place(), affected=("GHSA-9",)))
    assert "`1.0.1` is a pre-release: " in todo(advised(place(), early=True))
    assert "No fixed version is known" in todo(advised(place(), to=""))
    both = advised(place(), removes=("RUSTSEC-2026-0001", "GHSA-9"))
    assert "to `1.0.1`, the smallest version without it and what else of the package goes with it." in todo(both)


def test_what_has_to_be_moved_is_said_once_for_all_places() -> None:
    """By the version that it has to allow."""
    one, other = (
        advised(place(version=version), breaking=True, through=(name,)) for version, name in (("1", "a"), ("2", "b"))
    )
    assert "- **Move** `a`, `b` to a version that allows `1.0.1`; " in todo(one, other)


def test_the_body_says_what_where_why_and_what_to_do() -> None:
    """Everything that a maintainer asks."""
    via = Via("services/api", "api", Reach.RUNTIME, ("hyper", "tokio"))
    text = block(finding("RUSTSEC-2026-0001", "CVE-2026-1", places=(place()._replace(via=(via,)),)))
    for part in (
        "`tokio` (crates.io) has a known vulnerability: data race in the broadcast channel",
        "**High severity (7.5)**, [RUSTSEC-2026-0001](https://rustsec.org/advisories/RUSTSEC-2026-0001.html)",
        "| `main` | `Cargo.lock` | `1.0.0` | `1.0.1` | `services/api` → `hyper` → `tokio` | runtime |",
        "**Update** `tokio` to `1.0.1`",
        "By rule `runtime` it is in scope: it is reached by what we ship",
        "[CVE-2026-1](https://nvd.nist.gov/vuln/detail/CVE-2026-1)",
        "RustSec Advisory Database (CC0-1.0)",
    ):
        assert part in text


def test_without_a_fix_it_is_replaced_or_removed() -> None:
    """The alternatives are named when the advisory names some."""
    unfixed = finding(places=(place(fixed=""),))
    assert "No fixed version is known: **replace** or **remove** it." in block(unfixed)
    named = block(unfixed._replace(alternatives=("smol",)))
    assert "the advisory names `smol`" in named
    assert "Or **remove** it." in named


def test_several_fixes_stand_in_the_table() -> None:
    """Two lines may need two versions, and one may have none."""
    text = block(finding(places=(place(), place(ref="v0", fixed="0.9.9"), place(ref="v2", fixed=""))))
    assert "the smallest version without it stands in the table" in text
    assert "For the other places no fixed version is known." in text


def test_malware_is_removed_at_once() -> None:
    """And the machines are looked at."""
    text = block(finding(places=(place(fixed=""),), kind=Kind.MALWARE))
    assert "**Remove** `tokio` at once" in text
    assert "No fixed version" not in text


def test_undecided_is_said_with_its_reason() -> None:
    """It is never shown as safe."""
    text = block(finding(places=(place()._replace(verdict=Verdict.UNDECIDED, reason="`x.y` is no version"),)))
    assert "**can't be decided**" in text
    assert "undecided: \\`x.y\\` is no version" in text


def test_deadlines_are_shown_when_there_are_any() -> None:
    """As labels and dates that were passed in."""
    text = render.block(finding(), decision(), MARKER, 58_000, (Deadline("fix", "2026-04-01"),))
    assert "| fix | 2026-04-01 |" in text
    assert "### Deadlines" not in block(finding())


def test_a_huge_table_is_cut_with_a_count() -> None:
    """Below the limit, whole at its end, the marker readable."""
    places = tuple(place(ref=f"release/{n}", lockfile="a/" * 60 + "Cargo.lock") for n in range(3000))
    text = block(finding(places=places))
    assert len(text) <= 58_000
    assert "more places." in text
    assert text.endswith(identity.END)
    assert len(block(finding(places=places), 6000)) <= 6000


def test_hostile_names_stay_inside() -> None:
    """Nothing that comes from outside ends the block, a cell or the marker."""
    evil = "x` | --> <!-- advisord:end --> @org"
    text = block(finding(evil, package=evil, summary=evil, places=(place(ref=evil, lockfile=evil, version=evil),)))
    assert text.count(identity.END) == 1
    assert identity.block_of(f"{text}\nmore") == text
    row = next(line for line in text.splitlines() if line.startswith("| `x'"))
    assert row.count("|") == 7


def test_titles() -> None:
    """By package, with the id, in one bounded line."""
    assert render.title(finding(summary="", kind=Kind.UNMAINTAINED)) == "tokio: unmaintained (RUSTSEC-2026-0001)"
    long = render.title(finding(summary="word " * 100, package="p" * 300))
    assert len(long) <= 200
    assert long.endswith("word… (RUSTSEC-2026-0001)")


def test_a_title_says_the_name_once() -> None:
    """A summary that begins with the package, in whatever quotes, needs no name before it; a longer name is another."""
    tail = " (RUSTSEC-2026-0001)"
    assert render.title(finding(summary="`tokio` is unmaintained")) == f"tokio: unmaintained{tail}"
    assert render.title(finding(summary="Tokio crate is unmaintained")) == f"tokio: unmaintained{tail}"
    assert render.title(finding(summary="tokio creates a race")) == f"tokio: creates a race{tail}"
    assert render.title(finding(summary="tokio-util has a race")) == f"tokio: tokio-util has a race{tail}"
