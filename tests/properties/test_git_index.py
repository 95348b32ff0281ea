"""Law: an index that we read ourselves has the files that git says it has; everything else is left to git."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisord.net import gitindex, worktree
from advisord.net.git import Git

PARTS = st.sampled_from(["a", "b", "src", "Cargo.lock", "ä", "x" * 120, "with space", "-"]) | st.text(
    st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12
).filter(lambda name: name.lower() not in {".", "..", ".git", "git~1"} and len(name.encode()) < 200)
PATHS = st.lists(st.lists(PARTS, min_size=1, max_size=3).map("/".join), min_size=1, max_size=12, unique=True)


def git(folder: Path, *arguments: str, text: bytes = b"") -> None:
    """Run git with a name and without the user's settings."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, input=text)


def listed(folder: Path) -> list[str]:
    """What git lists."""
    return sorted(entry.path for entry in Git(str(folder)).list_index())


def linked(folder: Path) -> list[str]:
    """The symbolic links that git lists."""
    out = subprocess.run(["git", "-C", str(folder), "ls-files", "-s", "-z"], check=True, capture_output=True).stdout
    return sorted({os.fsdecode(line.partition(b"\t")[2]) for line in out.split(b"\0") if line.startswith(b"120000")})


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths=PATHS, version=st.sampled_from(["2", "3", "4"]))
def test_what_git_lists(tmp_path_factory: pytest.TempPathFactory, paths: list[str], version: str) -> None:
    """Names of all kinds and lengths, links and submodules among them, in every version of the format."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q")
    blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    modes = ("100644", "100755", "120000", "160000")
    rows = (
        f"{modes[number % 7 % 4]} {blob} 0\t".encode() + os.fsencode(path) + b"\0" for number, path in enumerate(paths)
    )
    subprocess.run(
        ["git", "-C", str(folder), "update-index", "-z", "--index-info"],
        input=b"".join(rows),
        capture_output=True,
        check=False,
    )
    git(folder, "update-index", "--index-version", version)
    if not (folder / ".git/index").exists():
        return
    files, links = gitindex.paths(str(folder)) or ([], [])
    assert sorted(files) == listed(folder)
    assert sorted(links) == linked(folder)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 600), byte=st.integers(0, 255), cut=st.integers(0, 600))
def test_bytes_of_any_kind(repository: Path, place: int, byte: int, cut: int) -> None:
    """A damaged index is read or left to git; it never raises, and never makes up a name."""
    index = repository / ".git/index"
    whole = index.read_bytes()
    data = bytearray(whole)
    data[place % len(data)] = byte
    try:
        index.write_bytes(bytes(data[: len(data) - cut % len(data)] if cut % 3 == 0 else data))
        found = gitindex.paths(str(repository))
        assert found is None or all(os.fsencode(name) in bytes(data) for names in found for name in names)
    finally:
        index.write_bytes(whole)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with some files."""
    folder = tmp_path_factory.mktemp("some")
    git(folder, "init", "-q", "-b", "main")
    for name in ("Cargo.lock", "web/yarn.lock", "web/package.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "begin")
    return folder


def test_states_of_a_work_tree(repository: Path, tmp_path: Path) -> None:
    """Announced and skipped files, a conflict, a linked work tree, a clone."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repository), str(clone))
    (clone / "new.lock").write_text("")
    git(clone, "add", "-N", "new.lock")
    git(clone, "update-index", "--skip-worktree", "Cargo.lock")
    assert sorted((gitindex.paths(str(clone)) or ([], []))[0]) == listed(clone)
    git(clone, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert sorted((gitindex.paths(str(tmp_path / "linked")) or ([], []))[0]) == listed(tmp_path / "linked")
    rows = "".join(f"100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 {stage}\tbun.lock\n" for stage in (1, 2, 3))
    git(clone, "update-index", "--index-info", text=rows.encode())
    assert sorted((gitindex.paths(str(clone)) or ([], []))[0]) == listed(clone)


@pytest.mark.parametrize("unusual", ["split", "sparse", "hash", "none"])
def test_left_to_git(repository: Path, tmp_path: Path, unusual: str) -> None:
    """A split or sparse index, another hash, no index at all: git says what is in it."""
    folder = tmp_path / unusual
    if unusual == "hash":
        folder.mkdir()
        git(folder, "init", "-q", "--object-format=sha256")
        (folder / "Cargo.lock").write_text("")
        git(folder, "add", "-A")
    elif unusual == "none":
        folder.mkdir()
        git(folder, "init", "-q")
    else:
        git(tmp_path, "clone", "-q", str(repository), str(folder))
    if unusual == "split":
        git(folder, "update-index", "--split-index")
    if unusual == "sparse":
        git(folder, "sparse-checkout", "init", "--cone", "--sparse-index")
    assert gitindex.paths(str(folder)) is None
    assert worktree.files(str(folder)) == listed(folder)
    assert worktree.files(str(folder), "web") == [path for path in listed(folder) if path.startswith("web/")]
