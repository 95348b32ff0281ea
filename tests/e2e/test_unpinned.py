"""`advisord run --once` where a requirement is not pinned any more, or only its lockfile is gone: nothing is closed (law 6)."""

import json
import zipfile
from pathlib import Path

import pytest
from running import Advisord

from advisord.demo import repository

CLOSED = "\nstate: closed\n"
NOTE = "stays open, because it is named there, but not pinned any more: nobody can say which version is used"


@pytest.fixture
def shop(world: Path) -> repository.Workshop:
    """The world's repository with two more lockfiles, and an advisory about both of their packages."""
    folder = world / "feeds/osv"
    record = {
        "id": "GHSA-462w-v97r-4m45",
        "modified": "2024-11-18T22:41:17Z",
        "published": "2019-04-10T14:30:24Z",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "jinja2"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.11.3"}]}],
            }
        ],
    }
    inside = folder / "PyPI"
    inside.mkdir()
    line = f"{record['modified']},{{}}{record['id']}\n"
    (inside / "modified_id.csv").write_text(line.format(""))
    with zipfile.ZipFile(inside / "all.zip", "w") as archive:
        archive.writestr(f"{record['id']}.json", json.dumps(record))
    everything = folder / "modified_id.csv"
    everything.write_text(line.format("PyPI/") + everything.read_text())
    (folder / "ecosystems.txt").write_text("PyPI\ncrates.io\nnpm\n")
    shop = repository.Workshop(str(world / "shop"))
    shop.commit("main", {"requirements.txt": "jinja2==2.10\n", "requirements-dev.txt": "pytest\n"}, "Use Python too")
    return shop


def issue(world: Path) -> str:
    """The text of jinja2's issue."""
    (text,) = (text for path in (world / "issues").glob("*.md") if " package=jinja2 " in (text := path.read_text()))
    return text


def let_go(advisord: Advisord, world: Path, shop: repository.Workshop, line: str) -> None:
    """The requirement is written without an exact version: the issue stays open, and says so once."""
    assert advisord("run", "--once").status == 0
    assert CLOSED not in issue(world)
    shop.commit("main", {"requirements.txt": line}, "Let it go")
    ran = advisord("run", "--once")
    assert ran.status == 0
    assert CLOSED not in issue(world)
    said = "This can't be called fixed: `jinja2` is named there, but not pinned any more"
    assert issue(world).count(said) == 1
    again = advisord("run", "--once")
    assert "0 actions on the tracker" in again.out
    assert NOTE in advisord("plan").out
    assert issue(world).count(said) == 1


@pytest.mark.parametrize(
    "line",
    [
        "jinja2>=2.10,<2.11\n",
        "jinja2 @ git+https://git.example/pallets/jinja@0123456789abcdef0123456789abcdef01234567\n",
    ],
)
def test_removed_after_a_range(advisord: Advisord, world: Path, shop: repository.Workshop, line: str) -> None:
    """What is really gone is closed."""
    let_go(advisord, world, shop, line)
    shop.commit("main", {"requirements.txt": "x==1\n"}, "Do without it")
    advisord("run", "--once")
    assert CLOSED in issue(world)
    assert "Fixed: `jinja2` is not locked any more." in issue(world)


def test_pinned_after_a_range(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """A release that is not affected closes it, with the commit that was read."""
    let_go(advisord, world, shop, "jinja2>=2.10,<2.11\n")
    commit = shop.commit("main", {"requirements.txt": "jinja2==3.1.6\n"}, "Pin it")
    advisord("run", "--once")
    assert CLOSED in issue(world)
    assert "Fixed: no locked version of `jinja2` is affected any more." in issue(world)
    assert f"holds `3.1.6`, commit `{commit[:12]}`" in issue(world)


def test_a_lockfile_that_never_pinned_it(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """It says nothing of a finding in another lockfile, as long as that one tells which version it holds."""
    shop.commit("main", {"requirements-dev.txt": "jinja2\n"}, "Test with it, too")
    advisord("run", "--once")
    shop.commit("main", {"requirements.txt": "jinja2==3.1.6\n"}, "Fix it")
    advisord("run", "--once")
    assert CLOSED in issue(world)


def test_one_of_two_places(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """A place that is not pinned any more is not called fixed, and is remembered when the other one is."""
    shop.commit("main", {"requirements-dev.txt": "jinja2==2.10\n"}, "Pin it twice")
    advisord("run", "--once")
    shop.commit("main", {"requirements.txt": "jinja2\n"}, "Let one go")
    advisord("run", "--once")
    assert "No longer pinned in `requirements.txt` on `main`: nobody can say which version is used." in issue(world)
    assert "No longer affected" not in issue(world)
    shop.commit("main", {"requirements-dev.txt": "jinja2==3.1.6\n"}, "Fix the other")
    advisord("run", "--once")
    assert CLOSED not in issue(world)
    shop.commit("main", {"requirements.txt": "jinja2==3.1.6\n"}, "Fix both")
    advisord("run", "--once")
    assert CLOSED in issue(world)


UNLOCKED = (
    "This can't be called fixed: `jinja2` is not locked any more, but only the lockfile is gone, not what it locked"
)


def drop(world: Path, *names: str) -> None:
    """Take files out of the work tree: the next commit is without them."""
    for name in names:
        (world / "shop" / name).unlink()


@pytest.fixture
def api(advisord: Advisord, world: Path, shop: repository.Workshop) -> repository.Workshop:
    """A project in a folder of its own lost its lockfile; its manifest is still there."""
    files = {
        "api/pyproject.toml": '[project]\nname = "api"\ndependencies = ["jinja2"]\n',
        "api/requirements.txt": "jinja2==2.10\n",
    }
    shop.commit("main", {"requirements.txt": "x==1\n", **files}, "Move it into the API")
    assert advisord("run", "--once").status == 0
    assert CLOSED not in issue(world)
    drop(world, "api/requirements.txt")
    shop.commit("main", {"README": "Run pip-compile yourself.\n"}, "Do without the lockfile")
    assert advisord("run", "--once").status == 0
    assert CLOSED not in issue(world)
    assert issue(world).count(UNLOCKED) == 1
    assert "- `api/pyproject.toml` on `main`: `api/requirements.txt` is gone" in issue(world)
    return shop


def test_only_the_lockfile_is_gone(advisord: Advisord, world: Path, api: repository.Workshop) -> None:
    """It is said once, and stays so."""
    assert "0 actions on the tracker" in advisord("run", "--once").out
    assert "stays open, because it is not locked any more" in advisord("plan").out
    assert issue(world).count(UNLOCKED) == 1
    api.commit("main", {"api/main.py": "1\n"}, "Go on")
    assert "0 actions on the tracker" in advisord("run", "--once").out


def test_the_manifest_is_gone_too(advisord: Advisord, world: Path, api: repository.Workshop) -> None:
    """Then it is gone."""
    drop(world, "api/pyproject.toml")
    api.commit("main", {"README": "There is no API.\n"}, "Drop the API")
    advisord("run", "--once")
    assert CLOSED in issue(world)


@pytest.mark.parametrize("held", ["3.1.6", ""])
def test_another_package_manager(advisord: Advisord, world: Path, api: repository.Workshop, held: str) -> None:
    """Its lockfile says what is used now."""
    packages = (
        f'[[package]]\nname = "jinja2"\nversion = "{held}"\n' if held else '[[package]]\nname = "x"\nversion = "1"\n'
    )
    api.commit("main", {"api/poetry.lock": f'{packages}\n[metadata]\nlock-version = "2.1"\n'}, "Use Poetry")
    advisord("run", "--once")
    assert CLOSED in issue(world)
    assert ("is affected any more" if held else "is not locked any more.") in issue(world)
