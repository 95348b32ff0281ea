"""What is introduced, what is resolved, and where a change began."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from report_parts import judged, place

from advisord.comparison import base_of, compare, gone, named
from advisord.errors import RepositoryError, UsageError
from advisord.lockfiles.interface import Read
from advisord.lockfiles.neighbours import Neighbours
from advisord.model.decision import Scope
from advisord.model.finding import Verdict
from advisord.model.inventory import Inventory, Package, Source
from advisord.model.report import Judged

UNDECIDED = Verdict.UNDECIDED


def found(identifier: str, lockfile: str = "Cargo.lock", scope: Scope = Scope.IN, **where: Any) -> Judged:
    """A finding in a lockfile."""
    return judged(identifier, scope, at=place(lockfile=lockfile, **where))


def outcome(heads: list[Judged], before: list[Judged], *lockfiles: str) -> tuple[list[bool | None], list[str]]:
    """Which of the findings are introduced, and the ids that are resolved."""
    now = lockfiles or ("Cargo.lock",)
    absent = {one.finding.places[0].lockfile for one in before}.difference(now)
    marked, resolved = compare(heads, [(before, absent)])
    return [one.introduced for one in marked], [one.finding.id for one in resolved]


def test_the_same_finding() -> None:
    """In the same lockfile, whatever the version: not new, not gone."""
    assert outcome([found("A", version="2.0.0")], [found("A", version="1.0.0")]) == ([False], [])
    assert outcome([found("A")], []) == ([True], [])
    assert outcome([], [found("A")]) == ([], ["A"])


def test_a_second_version() -> None:
    """Another version in place of one is not new, a further one beside it is: whichever stood there before is not."""
    one, two, three = (found("A", version=f"{major}.0.0") for major in (1, 2, 3))
    assert outcome([one, two], [one]) == ([False, True], [])
    assert outcome([two, one], [one]) == ([True, False], [])
    assert outcome([two, three], [one]) == ([False, True], [])
    assert outcome([three], [one, two]) == ([False], [])


def test_the_spelling_of_a_name() -> None:
    """Formats write one package in several ways; it is one all the same."""
    before, now = found("A", "requirements.txt"), found("A", "uv.lock")
    before, now = (
        one._replace(finding=one.finding._replace(ecosystem="PyPI", package=name))
        for one, name in ((before, "typing_extensions"), (now, "Typing-Extensions"))
    )
    assert outcome([now], [before], "uv.lock") == ([False], [])


def test_several_commits_of_a_base() -> None:
    """What stood at one of them is not new; resolved is only what all of them had."""
    here = found("A"), found("B")
    marked, resolved = compare(here[:1], [(here[1:], ()), (here, ())])
    assert ([one.introduced for one in marked], resolved) == ([False], [here[1]])
    assert compare(here[:1], [(here, ()), (here[:1], ())])[1] == []


def test_what_is_named_still_is_not_resolved() -> None:
    """A package without a version, or from git now, may well be affected: of the same lockfile, or instead of one that is gone."""
    before = found("A")
    for at, path in (((), "Cargo.lock"), (("Cargo.lock",), "other")):
        assert compare((), [((before,), at)], named([read(path, "h2")]))[1] == [before]
        loose = read(path)._replace(inventory=Inventory("cargo", (), unpinned=(("crates.io", "h2"),)))
        forked = read(path)._replace(
            inventory=Inventory(
                "cargo", (Package("crates.io", "h2", "1.0.0", Source.GIT, "https://git.example.org/h2"),)
            )
        )
        for one in (loose, forked):
            assert compare((), [((before,), at)], named([one]))[1] == []


def read(path: str, *names: str) -> Read:
    """A lockfile with these packages."""
    packages = tuple(Package("crates.io", name, "1.0.0") for name in names)
    return Read(path, path, "cargo", Inventory("cargo", packages), Neighbours(path, lambda: (), lambda _: None))


def test_lockfiles_that_changed_places() -> None:
    """Whose packages stand elsewhere now, while others stand where it was, is as good as gone."""
    before = [read("a", "x"), read("b", "y"), read("c", "z")]
    assert gone(before, before) == set()
    assert gone(before, [read("a", "y"), read("b", "x"), read("c", "z", "w")]) == {"a", "b"}
    assert gone(before, [*before, read("copy", "x")]) == set()
    assert gone(before, before[1:]) == {"a"}


def test_lockfiles() -> None:
    """A lockfile that is gone gives its findings to any other; one that is still there gives none."""
    assert outcome([found("A", "new")], [found("A", "old")], "new") == ([False], [])
    assert outcome([found("A", "new")], [found("A", "old")], "new", "old") == ([True], ["A"])
    assert outcome([found("A", "x"), found("B", "x")], [found("A", "old"), found("C", "old")], "x") == (
        [False, True],
        ["C"],
    )


@pytest.mark.parametrize(
    ("now", "before", "introduced"),
    [
        (found("A"), found("A", scope=Scope.OUT), True),
        (found("A"), found("A", scope=Scope.ACCEPTED), True),
        (found("A", scope=Scope.OUT), found("A"), False),
        (found("A"), found("A", verdict=UNDECIDED), True),
        (found("A", verdict=UNDECIDED), found("A", verdict=UNDECIDED), False),
        (found("A", verdict=UNDECIDED), found("A"), False),
    ],
)
def test_what_became_worse_is_introduced(now: Judged, before: Judged, introduced: bool) -> None:
    """Out of scope before and in scope now, or undecided before and affected now."""
    assert outcome([now], [before]) == ([introduced], [])


def git(folder: Path, *arguments: str) -> None:
    """Run git with a name and without the user's settings."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def head(folder: Path, ref: str = "HEAD") -> str:
    """The commit that a ref means."""
    out = subprocess.run(["git", "-C", str(folder), "rev-parse", ref], check=True, capture_output=True, text=True)
    return out.stdout.strip()


def test_where_a_change_began(tmp_path: Path) -> None:
    """The commit where both part; the ref's own where they have no history in common; steps back from a name."""
    git(tmp_path, "init", "-q", "-b", "main")
    for message in ("one", "two"):
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", message)
    git(tmp_path, "checkout", "-q", "-b", "work")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "three")
    assert base_of([str(tmp_path)], "main").commit == head(tmp_path, "main")
    assert base_of([str(tmp_path)], "HEAD~2").commit == head(tmp_path, "main~1")
    git(tmp_path, "checkout", "-q", "--orphan", "other")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "else")
    apart = base_of([str(tmp_path)], "main")
    assert apart.commit == head(tmp_path, "main")
    assert apart.doubt
    assert apart.doubt.code == "no-common-commit"
    with pytest.raises(RepositoryError, match="does not go back"):
        base_of([str(tmp_path)], "main^2")
    assert not base_of([str(tmp_path)], "other").others
    for ref in ("--all", "main:x", "a..b", "~1", ""):
        with pytest.raises(RepositoryError, match="not the name of a ref"):
            base_of([str(tmp_path)], ref)


def test_branches_that_were_merged_into_each_other(tmp_path: Path) -> None:
    """They part at two commits: both are the base."""
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    git(tmp_path, "checkout", "-q", "-b", "work")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "two")
    git(tmp_path, "checkout", "-q", "-b", "before", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "three")
    git(tmp_path, "checkout", "-q", "-B", "main")
    git(tmp_path, "merge", "-q", "--no-edit", "work")
    git(tmp_path, "checkout", "-q", "work")
    git(tmp_path, "merge", "-q", "--no-edit", "before")
    base = base_of([str(tmp_path)], "main")
    assert {base.commit, *(one.commit for one in base.others)} == {
        head(tmp_path, "before"),
        head(tmp_path, "work~1"),
    }


def test_a_clone_without_the_contents(tmp_path: Path) -> None:
    """What a partial clone does not hold is not fetched, and said."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    git(origin, "config", "uploadpack.allowFilter", "true")
    for text in ("before\n", "after\n"):
        (origin / "file").write_text(text)
        git(origin, "add", "-A")
        git(origin, "commit", "-q", "-m", text)
    git(tmp_path, "clone", "-q", "--filter=blob:none", origin.as_uri(), str(clone))
    with pytest.raises(RepositoryError, match="not in this clone"):
        base_of([str(clone)], "HEAD~1").read("file")


def test_files_at_the_base(tmp_path: Path) -> None:
    """Their bytes as they were, whether the work tree still has them or not."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "kept").write_text("same\n")
    (tmp_path / "changed").write_text("before\n")
    (tmp_path / "gone").write_text("gone\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    (tmp_path / "changed").write_text("after\n")
    (tmp_path / "gone").unlink()
    base = base_of([str(tmp_path)], "HEAD")
    assert [base.read(name) for name in ("kept", "changed", "gone", "never")] == [
        b"same\n",
        b"before\n",
        b"gone\n",
        None,
    ]


def test_outside_git(tmp_path: Path) -> None:
    """There is nothing to compare with."""
    with pytest.raises(UsageError, match="needs a git work tree"):
        base_of([str(tmp_path)], "main")


def test_several_repositories(tmp_path: Path) -> None:
    """A change is one repository's: lockfiles of another would be taken for its own."""
    for name in ("one", "two"):
        (tmp_path / name / "sub").mkdir(parents=True)
        git(tmp_path / name, "init", "-q", "-b", "main")
        git(tmp_path / name, "commit", "-q", "--allow-empty", "-m", "one")
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    assert base_of([one, f"{one}/sub"], "main").top == one
    with pytest.raises(UsageError, match="compares one repository"):
        base_of([one, two], "main")
