"""What is said where there is nothing: that there is nothing, or that git does not keep it yet."""

import subprocess
from pathlib import Path

from running import Advisord

LOCK = 'version = 4\n\n[[package]]\nname = "hyper"\nversion = "0.14.9"\n'


def _repository(folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["git", "-C", str(folder), "init", "-q"], check=True)
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "Cargo.lock").write_text(LOCK)
    return folder


def test_lockfiles_that_git_does_not_keep_yet(advisord: Advisord, synced: Path) -> None:
    """They are counted and named, with what to do; once they are staged they are scanned."""
    folder = _repository(synced / "new")
    ran = advisord("scan", "new", "--db", "advisord.db")
    assert ran.status == 3
    assert "2 lockfiles here are neither committed nor staged (a/Cargo.lock, b/Cargo.lock): `git add` them" in ran.out
    subprocess.run(["git", "-C", str(folder), "add", "a"], check=True)
    assert "neither committed" not in advisord("scan", "new", "--db", "advisord.db").out


def test_nothing_but_what_is_not_read(advisord: Advisord, synced: Path) -> None:
    """A manifest without a lockfile, a lockfile that is left out or of a format nobody reads: nothing was looked at."""
    for name in ("package.json", "vendor/Cargo.lock", "bun.lockb"):
        folder = synced / name.replace("/", "-")
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("{}", encoding="utf-8")
        ran = advisord("scan", folder, "--db", "advisord.db")
        assert ran.status == 3, name
        assert f"{name}: is " in ran.out, "the note says what is there"
        assert "holds no lockfile that advisord reads" in ran.out


def test_a_lockfile_that_is_a_link(advisord: Advisord, synced: Path) -> None:
    """Whatever it leads to is not read, and that is said; where nothing else is there, nothing was looked at."""
    (synced / "shop/linked").mkdir()
    (synced / "shop/linked/yarn.lock").symlink_to("../README.md")
    subprocess.run(["git", "-C", str(synced / "shop"), "add", "linked"], check=True)
    ran = advisord("scan", "shop", "--db", "advisord.db")
    assert ran.status == 1
    assert "note: shop/linked/yarn.lock: is a symbolic link, which is not followed [link]" in ran.out
    assert advisord("scan", "shop/linked", "--db", "advisord.db").status == 3


def test_an_ignore_file_that_git_does_not_keep_yet(advisord: Advisord, synced: Path) -> None:
    """Nothing in it counts, and that is said."""
    (_repository(synced / "new") / ".trivyignore").write_text("CVE-2021-32714\n")
    out = advisord("acceptances", "new", "--db", "advisord.db").out
    assert "1 ignore file here is neither committed nor staged (.trivyignore)" in out


def test_packages_of_an_empty_folder(advisord: Advisord, tmp_path: Path) -> None:
    """As a scan says it."""
    (tmp_path / "empty").mkdir()
    ran = advisord("packages", "empty")
    assert (ran.status, ran.out) == (3, "error: empty: holds no lockfile that advisord reads\n")


def test_why_of_a_package(advisord: Advisord, world: Path) -> None:
    """Only the lockfiles that lock it; one that none locks is an error, with what it may have been meant to be."""
    ran = advisord("packages", "shop", "--why", "lodash")
    assert ran.status == 0
    assert "Cargo.lock" not in ran.out
    missing = advisord("packages", "shop", "--why", "lodas")
    assert (missing.status, missing.out) == (2, "")
    assert "no package is called 'lodas' in 2 lockfiles" in missing.err
    assert "near: lodash" in missing.err


def test_a_note_names_the_file_that_it_is_about(advisord: Advisord, synced: Path) -> None:
    """A manifest is named by its own path, not behind its lockfile's."""
    (synced / "shop/services/api/Cargo.toml").write_text("[package\n")
    out = advisord("scan", "shop", "--db", "advisord.db").out
    assert "note: shop/services/api/Cargo.toml: " in out
    assert "Cargo.lock: services" not in out
