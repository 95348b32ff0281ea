"""What RustSec's originals say besides the records."""

import pytest

from advisord.feeds.rustsec_text import Front, alternatives, front, without_fix
from advisord.model.advisory import Event, Range


def original(about: str, versions: str = "patched = []") -> bytes:
    """An advisory as the database writes it."""
    return f'```toml\n[advisory]\nid = "X"\n{about}\n[versions]\n{versions}\n```\n\n# Title\n'.encode()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (original('informational = "unsound"'), Front("unsound", "", fixable=False)),
        (original('withdrawn = "2026-01-02"', 'patched = [">= 1.2"]'), Front("", "2026-01-02", fixable=True)),
        (original("withdrawn = 2026-01-02"), Front("", "2026-01-02", fixable=False)),
        (original("").replace(b"\n", b"\r\n"), Front("", "", fixable=False)),
        (b'```toml\n[advisory]\nid = "X"\n```\n', Front("", "", fixable=True)),
        (b"# No front matter", None),
        (b"```toml\nnot toml\n```\n", None),
        (b"```toml\nadvisory = 5\n```\n", None),
        (b"```toml\na = " + b"9" * 5000 + b"\n```\n", None),
        (b"\xff", None),
    ],
)
def test_front(document: bytes, expected: Front | None) -> None:
    """The facts of the front matter; what can't be read adds nothing."""
    assert front(document) == expected


def test_without_fix() -> None:
    """The same versions are affected, and nothing is a fix; each interval is bounded by itself."""
    events = (Event("introduced", "0"), Event("fixed", "1"), Event("introduced", "2"), Event("fixed", "3"))
    assert without_fix((Range("SEMVER", events), Range("SEMVER", (Event("introduced", "5"),)))) == (
        Range("SEMVER", (Event("introduced", "0"), Event("limit", "1"))),
        Range("SEMVER", (Event("introduced", "2"), Event("limit", "3"))),
        Range("SEMVER", (Event("introduced", "5"),)),
    )
    open_end = (Event("introduced", "0"), Event("fixed", "1"), Event("introduced", "2"))
    assert without_fix((Range("SEMVER", open_end),))[1].events == (Event("introduced", "2"),)
    unreadable = (Range("SEMVER", (), "why"),)
    assert without_fix(unreadable) == unreadable


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "## Possible alternatives\n\nNot vetted:\n\n- [`a`](https://crates.io/crates/a) is good\n* `b-2`\n",
            ("a", "b-2"),
        ),
        ("# Alternative(s)\n 1. [c](https://git.example/c)\n 2. <https://crates.io/crates/d>\n", ("c", "d")),
        ("Maintained alternatives:\n\n- [`e`], a fork\n  of [`x`](https://crates.io/crates/x)\n", ("e",)),
        ("Some alternatives are,\nin no order:\n- `f`\n\nOther lists:\n- `x`\n", ("f",)),
        ("It is dead;\nuse [`g`](https://crates.io/crates/g) instead.", ("g",)),
        ("Use the [h](https://crates.io/crates/h) crate instead.", ("h",)),
        ("## Alternatives\n\n- `own`\n- `i`\n- `i`\n", ("i",)),
        (
            "## Alternatives\n- [std::io::IsTerminal](https://doc.example)\n- [the guide](https://crates.io/crates/x)\n",
            (),
        ),
        ("## Alternatives\n- see `x` below\n- plain words\n- [x](https://crates.io/crates/y)\n", ()),
        ("## No alternatives\n\n- `x`\n", ()),
        ("## Alternatives\n\nNone.\n\n## Affected\n\n- `x`\n", ()),
        ("There is no alternative.\n\n- `x`\n", ()),
        ("Affected functions:\n- `x`\n", ()),
        ("use [`x`](https://crates.io/crates/y) instead", ()),
        ("use `x` instead", ()),
        ("", ()),
    ],
)
def test_alternatives(text: str, names: tuple[str, ...]) -> None:
    """Crates that are plainly listed as alternatives, and nothing that merely stands near the word."""
    assert alternatives(text, "own") == names
