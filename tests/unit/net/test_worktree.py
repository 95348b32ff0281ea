"""Files of a folder: what git tracks where there is git, and never through a symbolic link."""

import os
import subprocess
from pathlib import Path

import pytest

from advisord.demo.repository import Workshop
from advisord.errors import RepositoryError
from advisord.net import worktree


def test_files_of_a_work_tree(tmp_path: Path) -> None:
    """Committed and staged files, also below a folder; nothing untracked."""
    shop = Workshop(str(tmp_path / "shop"))
    shop.commit("main", {"Cargo.lock": "", "web/yarn.lock": ""}, "Begin")
    (tmp_path / "shop/untracked.lock").write_text("")
    top = str(tmp_path / "shop")
    assert worktree.top_of(str(tmp_path / "shop/web")) == top
    assert worktree.files(top) == ["Cargo.lock", "web/yarn.lock"]
    assert worktree.files(top, "web") == ["web/yarn.lock"]


def test_files_of_a_plain_folder(tmp_path: Path) -> None:
    """Every file, without those of version control."""
    (tmp_path / "a/.hg").mkdir(parents=True)
    (tmp_path / "a/.hg/store").write_text("")
    (tmp_path / "a/Cargo.lock").write_text("")
    (tmp_path / "b.txt").write_text("")
    assert worktree.files(str(tmp_path)) == ["a/Cargo.lock", "b.txt"]
    assert worktree.top_of(str(tmp_path / "b.txt")) == str(tmp_path)


def test_symbolic_links_are_told_apart(tmp_path: Path) -> None:
    """In git and out of it: they are no files, and not nothing."""
    (tmp_path / "Cargo.lock").write_text("")
    (tmp_path / "web").mkdir()
    (tmp_path / "web/yarn.lock").symlink_to("../Cargo.lock")
    expected = worktree.Listing(["Cargo.lock"], ["web/yarn.lock"])
    assert worktree.listing(str(tmp_path)) == expected
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "-A"], check=True)
    assert worktree.listing(str(tmp_path)) == expected
    assert worktree.listing(str(tmp_path), "web") == worktree.Listing([], ["web/yarn.lock"])


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    """A link to a secret is not read, in git or out of it."""
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    (tmp_path / "Cargo.lock").symlink_to(secret)
    assert worktree.read(str(tmp_path), "Cargo.lock") is None
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/Cargo.toml").write_text("s3cret")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/member").symlink_to(tmp_path / "outside")
    assert worktree.read(str(tmp_path / "inside"), "member/Cargo.toml") is None
    assert worktree.read(str(tmp_path), "missing") is None
    assert worktree.read(str(tmp_path), "secret") == b"s3cret"


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder and a pipe are no lockfiles; nobody waits for a pipe's writer."""
    os.mkfifo(tmp_path / "Cargo.lock")
    assert worktree.read(str(tmp_path), "Cargo.lock") is None
    assert worktree.read(str(tmp_path), ".") is None


def test_too_large(tmp_path: Path) -> None:
    """A file that no lockfile has the size of is an error with its name."""
    with (tmp_path / "Cargo.lock").open("wb") as file:
        file.truncate(65 << 20)
    with pytest.raises(RepositoryError, match="are not read") as error:
        worktree.read(str(tmp_path), "Cargo.lock")
    assert error.value.subject == "Cargo.lock"
