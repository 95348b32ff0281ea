"""Two git repositories with real lockfiles and the real feeds: issues open, stay, and close when the lockfile is fixed."""

from pathlib import Path

import truth
from running import Advisord

from advisord.demo.repository import Workshop

CONFIG = """\
[store]
path = "advisord.db"
[feeds.osv]
source = "{feeds}/osv"
[feeds.rustsec]
source = "{feeds}/rustsec.bundle"
[feeds.github]
source = "{feeds}/github"
[trackers.search]
kind = "local"
folder = "search-issues"
[trackers.terminal]
kind = "local"
folder = "terminal-issues"
[[repositories]]
name = "search"
git = "search"
refs = ["main"]
tracker = "search"
[[repositories]]
name = "terminal"
git = "terminal"
refs = ["main"]
tracker = "terminal"
"""


def open_ids(folder: Path) -> set[str]:
    """The ids of the issues that are open."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.md")]
    return {
        text.partition(" ids=")[2].partition(" ")[0].partition(",")[0] for text in texts if "\nstate: open\n" in text
    }


def expected(corpus: Path, lockfile: str) -> set[str]:
    """The advisories that cargo-audit names for a lockfile."""
    return {row["advisory"] for row in truth.rows(corpus / "truth/cargo-audit.tsv") if row["lockfile"] == lockfile}


def test_two_real_repositories(corpus: Path, tmp_path: Path) -> None:
    """What is opened is what cargo-audit names; a second run does nothing; a newer lockfile closes what it fixed."""
    advisord = Advisord(tmp_path)
    old, new = "cargo/BurntSushi__ripgrep@8b734cb4/Cargo.lock", "cargo/BurntSushi__ripgrep/Cargo.lock"
    other = "cargo/alacritty__alacritty@d92a8a0e/Cargo.lock"
    (tmp_path / "advisord.toml").write_text(CONFIG.format(feeds=corpus / "feeds"), encoding="utf-8")
    search, terminal = Workshop(str(tmp_path / "search")), Workshop(str(tmp_path / "terminal"))
    search.commit("main", {"Cargo.lock": (corpus / "lockfiles" / old).read_text()}, "Begin")
    terminal.commit("main", {"Cargo.lock": (corpus / "lockfiles" / other).read_text()}, "Begin")

    ran = advisord("run", "--once")
    assert ran.status == 0, ran.err
    assert open_ids(tmp_path / "search-issues") == expected(corpus, old) != set()
    assert open_ids(tmp_path / "terminal-issues") == expected(corpus, other) != set()

    again = advisord("run", "--once")
    assert again.status == 0
    assert again.out.count("0 actions on the tracker") == 2

    search.commit("main", {"Cargo.lock": (corpus / "lockfiles" / new).read_text()}, "Update everything")
    assert advisord("run", "--once").status == 0
    assert open_ids(tmp_path / "search-issues") == expected(corpus, new)
    assert open_ids(tmp_path / "terminal-issues") == expected(corpus, other)
