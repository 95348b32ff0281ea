"""`advisord scan --base`: what a change introduced, apart from what was there before."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from running import Advisord

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def lock(**versions: str) -> str:
    """A Cargo.lock with these crates of the registry."""
    packages = "".join(
        f'\n[[package]]\nname = "{name}"\nversion = "{version}"\nsource = "{REGISTRY}"\n'
        for name, version in versions.items()
    )
    return f"version = 4\n{packages}"


class Project:
    """A repository on the branch `main`, and the scan of what is checked out."""

    def __init__(self, folder: Path, advisord: Advisord) -> None:
        self.folder = folder
        self.advisord = advisord
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> None:
        """Run git with a name and without the user's settings."""
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(self.folder), *who, *arguments], check=True, capture_output=True)

    def commit(self, files: Mapping[str, str | None]) -> None:
        """Write or delete files and commit."""
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")

    def scan(self, *options: str, base: str = "main") -> tuple[int, dict[str, Any]]:
        """Exit status and report of a scan against the base."""
        ran = self.advisord("scan", "project", "--db", "advisord.db", "--base", base, "--format", "json", *options)
        assert ran.out, ran.err
        return ran.status, json.loads(ran.out)

    def changes(self, *options: str, base: str = "main") -> tuple[set[str], set[str]]:
        """The packages whose findings were introduced, and resolved."""
        _, report = self.scan(*options, base=base)
        introduced = {f"{f['lockfile']}: {f['package']}" for f in report["findings"] if f["introduced"]}
        return introduced, {f"{f['lockfile']}: {f['package']}" for f in report["resolved"]}


@pytest.fixture
def project(advisord: Advisord, synced: Path) -> Project:
    """`main` has an affected hyper in Cargo.lock; the branch `work` is checked out."""
    made = Project(synced / "project", advisord)
    made.commit({"Cargo.lock": lock(hyper="0.14.9")})
    made.git("checkout", "-q", "-b", "work")
    return made


def test_nothing_changed(project: Project) -> None:
    """What was there before is told apart, and fails only when nobody asked for new findings only."""
    assert project.changes() == (set(), set())
    assert project.scan()[0] == 1
    assert project.scan("--only-introduced")[0] == 0


def test_a_new_package(project: Project) -> None:
    """A package that the change adds is new."""
    project.commit({"Cargo.lock": lock(hyper="0.14.9", regex="1.5.4")})
    assert project.changes() == ({"project/Cargo.lock: regex"}, set())
    assert project.scan("--only-introduced")[0] == 1


def test_a_bump_to_another_affected_version(project: Project) -> None:
    """The same vulnerability in another version is not new; an older fixed one that becomes affected is."""
    project.commit({"Cargo.lock": lock(hyper="0.14.8", regex="1.5.5")})
    assert project.changes() == (set(), set())
    project.git("checkout", "-q", "-b", "down")
    project.commit({"Cargo.lock": lock(hyper="0.14.8", regex="1.5.4")})
    assert project.changes(base="work") == ({"project/Cargo.lock: regex"}, set())


def test_a_fix(project: Project) -> None:
    """What is gone is resolved."""
    project.commit({"Cargo.lock": lock(hyper="0.14.28")})
    assert project.changes() == (set(), {"project/Cargo.lock: hyper"})
    assert project.scan()[0] == 0


def test_a_moved_lockfile(project: Project) -> None:
    """A lockfile that moves, with another change in it, takes its old findings along."""
    project.commit({"Cargo.lock": None, "server/Cargo.lock": lock(hyper="0.14.9", regex="1.5.4")})
    assert project.changes() == ({"project/server/Cargo.lock: regex"}, set())


def test_a_second_lockfile(project: Project) -> None:
    """The same package in a further lockfile is new there."""
    project.commit({"tool/Cargo.lock": lock(hyper="0.14.9")})
    assert project.changes() == ({"project/tool/Cargo.lock: hyper"}, set())


def test_a_deleted_lockfile(project: Project) -> None:
    """What only a deleted lockfile had is resolved; what it had in common with another is not new there."""
    project.git("checkout", "-q", "main")
    project.commit({"old/Cargo.lock": lock(hyper="0.14.9", regex="1.5.4")})
    project.git("checkout", "-q", "-B", "work")
    project.commit({"old/Cargo.lock": None})
    assert project.changes() == (set(), {"old/Cargo.lock: regex"})
    project.commit({"Cargo.lock": lock(hyper="0.14.9", regex="1.5.4")})
    assert project.changes() == (set(), set())


def test_a_lockfile_that_is_taken_away(project: Project) -> None:
    """Its manifest stays: nobody knows what is locked now, so nothing is resolved; a note says so."""
    project.git("checkout", "-q", "main")
    manifest = '[package]\nname = "x"\nversion = "0.1.0"\n'
    project.commit({"Cargo.toml": manifest, "web/package.json": "{}"})
    project.git("checkout", "-q", "-B", "work")
    project.commit({"Cargo.lock": None, "api/Cargo.lock": lock(itoa="1.0.0")})
    _, report = project.scan()
    assert report["resolved"] == []
    assert [one["subject"] for one in report["problems"] if one["code"] == "lockfile-lost"] == ["Cargo.lock"]
    project.commit({"Cargo.toml": None})
    _, report = project.scan()
    assert {one["package"] for one in report["resolved"]} == {"hyper"}
    assert {one["code"] for one in report["problems"]} == {"not-covered"}, "of what no lockfile covered before"


def test_the_base_moved_on(project: Project) -> None:
    """What main fixed since the branch began is not the branch's doing, nor what main added."""
    project.commit({"README": "work\n"})
    project.git("checkout", "-q", "main")
    project.commit({"Cargo.lock": lock(hyper="0.14.28", regex="1.5.4")})
    project.git("checkout", "-q", "work")
    assert project.changes() == (set(), set())


def test_a_merge_from_the_base(project: Project) -> None:
    """What a merge brings from main is not introduced by the branch; what the branch adds besides is."""
    project.git("checkout", "-q", "main")
    project.commit({"other/Cargo.lock": lock(regex="1.5.4")})
    project.git("checkout", "-q", "work")
    project.commit({"tool/Cargo.lock": lock(h2="0.3.3")})
    project.git("merge", "-q", "--no-edit", "main")
    assert project.changes() == ({"project/tool/Cargo.lock: h2"}, set())


def test_uncommitted_work_counts(project: Project) -> None:
    """The work tree is what is scanned: an edit that is not committed yet is part of the change."""
    (project.folder / "Cargo.lock").write_text(lock(hyper="0.14.9", regex="1.5.4"))
    assert project.changes(base="HEAD") == ({"project/Cargo.lock: regex"}, set())


def test_an_unreadable_base_lockfile(project: Project) -> None:
    """What can't be read at the base is a note, and its findings count as introduced: never green by silence."""
    project.git("checkout", "-q", "main")
    project.commit({"Cargo.lock": "not a lockfile\n"})
    project.git("checkout", "-q", "-B", "work")
    project.commit({"Cargo.lock": lock(hyper="0.14.9")})
    status, report = project.scan("--only-introduced")
    assert status == 1
    assert [(p["code"], p["blocking"]) for p in report["problems"]] == [("unreadable-base", False)]


POLICY = """\
[[rules]]
id = "nothing"
reason = "We do not care."
then = "out"
"""


def test_the_policy_of_the_base_counts(project: Project) -> None:
    """A change can't silence what it introduces, unless the policy's new state is asked for."""
    project.commit({"advisord-policy.toml": POLICY, "Cargo.lock": lock(hyper="0.14.9", regex="1.5.4")})
    status, report = project.scan("--only-introduced")
    assert status == 1
    assert [problem["code"] for problem in report["problems"]] == ["policy-not-at-base"]
    assert project.scan("--only-introduced", "--policy-from", "head")[0] == 0
    named = str(project.folder / "advisord-policy.toml")
    assert project.scan("--only-introduced", "--policy", named)[0] == 1
    outside = project.folder.parent / "policy.toml"
    outside.write_text(POLICY)
    assert project.scan("--only-introduced", "--policy", str(outside))[0] == 0


def test_a_broken_policy_at_the_base(project: Project, advisord: Advisord) -> None:
    """The change that mends it is told how to be scanned."""
    project.git("checkout", "-q", "main")
    project.commit({"advisord-policy.toml": "[["})
    project.git("checkout", "-q", "-B", "work")
    project.commit({"advisord-policy.toml": ""})
    ran = advisord("scan", "project", "--db", "advisord.db", "--base", "main")
    assert ran.status == 2
    assert "A change that mends it is scanned with --policy-from head." in ran.err
    assert project.scan("--policy-from", "head")[0] == 1


def test_what_comes_into_scope_is_introduced(project: Project) -> None:
    """A package that was for development only and is shipped now is new to those who look at what is shipped."""
    policy = '[[rules]]\nid = "dev"\nreason = "Not shipped."\nwhen = { reach = "dev" }\nthen = "out"\n'
    policy += '[[rules]]\nid = "all"\nreason = "Shipped."\nthen = "in"\n'
    lockfile = (
        '{"name":"w","lockfileVersion":3,"packages":{"":{"name":"w",%s},"node_modules/minimist":{"version":"1.2.5"%s}}}'
    )
    dev = lockfile % ('"devDependencies":{"minimist":"^1"}', ',"dev":true')
    project.git("checkout", "-q", "main")
    project.commit({"package-lock.json": dev, "advisord-policy.toml": policy})
    project.git("checkout", "-q", "-B", "work")
    assert project.changes() == (set(), set())
    project.commit({"package-lock.json": lockfile % ('"dependencies":{"minimist":"^1"}', "")})
    assert project.changes() == ({"project/package-lock.json: minimist"}, set())


def test_bad_bases(project: Project, advisord: Advisord) -> None:
    """A base that is not there is an error with a hint; outside git, and without --base, it is bad usage."""
    ran = advisord("scan", "project", "--db", "advisord.db", "--base", "nowhere")
    assert (ran.status, "there is no ref 'nowhere'" in ran.err, "fetch it" in ran.err) == (3, True, True)
    assert "does not go back" in advisord("scan", "project", "--db", "advisord.db", "--base", "HEAD~9").err
    assert advisord("scan", "feeds", "--db", "advisord.db", "--base", "main").status == 2
    assert advisord("scan", "project", "--db", "advisord.db", "--only-introduced").status == 2
    assert advisord("scan", "project", "--db", "advisord.db", "--base", "").status == 2


def test_a_copied_lockfile(project: Project) -> None:
    """A copy is new where it lies; the original is not."""
    project.commit({"copy/Cargo.lock": lock(hyper="0.14.9")})
    status, report = project.scan("--only-introduced")
    assert status == 1
    assert {f["lockfile"]: f["introduced"] for f in report["findings"]} == {
        "project/Cargo.lock": False,
        "project/copy/Cargo.lock": True,
    }


def test_renamed_folders_and_bumps_at_once(project: Project) -> None:
    """A folder is renamed, with a bump to another affected version and a new package in it: only the package is new."""
    project.git("checkout", "-q", "main")
    project.commit({"web/Cargo.lock": lock(regex="1.5.3"), "api/Cargo.lock": lock(h2="0.3.3")})
    project.git("checkout", "-q", "-B", "work")
    project.git("mv", "web", "site")
    project.git("mv", "api", "server")
    project.commit({"site/Cargo.lock": lock(regex="1.5.4"), "server/Cargo.lock": lock(h2="0.3.3", hyper="0.14.9")})
    assert project.changes() == ({"project/server/Cargo.lock: hyper"}, set())


def test_another_package_manager(project: Project) -> None:
    """The lockfile of another format in place of the old one brings nothing new but what it adds."""
    npm = '{"name":"w","lockfileVersion":3,"packages":{"":{"name":"w"},"node_modules/minimist":{"version":"1.2.5"}}}'
    yarn = (
        '# yarn lockfile v1\n\n\nminimist@^1.2.0:\n  version "1.2.4"\n  resolved "https://registry.npm.example/m.tgz"\n'
    )
    project.git("checkout", "-q", "main")
    project.commit({"package-lock.json": npm, "package.json": "{}"})
    project.git("checkout", "-q", "-B", "work")
    project.commit({"package-lock.json": None, "yarn.lock": yarn})
    assert project.changes() == (set(), set())


def test_lockfiles_that_change_places(project: Project) -> None:
    """Two folders that are swapped bring nothing new, nor resolve anything."""
    project.git("checkout", "-q", "main")
    project.commit({"next/Cargo.lock": lock(regex="1.5.4")})
    project.git("checkout", "-q", "-B", "work")
    project.commit({"Cargo.lock": lock(regex="1.5.4"), "next/Cargo.lock": lock(hyper="0.14.9")})
    assert project.changes() == (set(), set())


def test_a_second_affected_version(project: Project) -> None:
    """Beside the one that was there it is new, while a bump of it is not."""
    project.commit({"Cargo.lock": lock(hyper="0.14.8") + lock(hyper="0.14.9").partition("\n")[2]})
    _, report = project.scan()
    told = {f["version"]: f["introduced"] for f in report["findings"]}
    assert told == {"0.14.8": True, "0.14.9": False}


def test_branches_that_were_merged_into_each_other(project: Project) -> None:
    """What came from main by a merge is main's, though git names two commits where the branches part."""
    project.commit({"work/Cargo.lock": lock(regex="1.5.4")})
    project.git("checkout", "-q", "-b", "before", "main")
    project.commit({"other/Cargo.lock": lock(h2="0.3.3")})
    project.git("checkout", "-q", "-B", "main")
    project.git("merge", "-q", "--no-edit", "work")
    project.git("checkout", "-q", "work")
    project.git("merge", "-q", "--no-edit", "before")
    project.commit({"tool/Cargo.lock": lock(regex="1.5.4")})
    assert project.changes() == ({"project/tool/Cargo.lock: regex"}, set())


def test_a_folder_of_the_repository(project: Project) -> None:
    """What moves into the scanned folder from outside of it was there before, too."""
    project.commit({"Cargo.lock": None, "server/Cargo.lock": lock(hyper="0.14.9", regex="1.5.4")})
    ran = project.advisord(
        "scan", "project/server", "--db", "advisord.db", "--base", "main", "--format", "json", "--only-introduced"
    )
    assert {f["package"]: f["introduced"] for f in json.loads(ran.out)["findings"]} == {"hyper": False, "regex": True}


def test_a_merge_commit_as_the_base(project: Project) -> None:
    """Both sides of a merge were there before; so was the merge's own resolution."""
    project.git("checkout", "-q", "main")
    project.commit({"a/Cargo.lock": lock(regex="1.5.4")})
    project.git("checkout", "-q", "-b", "side", "main~1")
    project.commit({"b/Cargo.lock": lock(h2="0.3.3")})
    project.git("checkout", "-q", "main")
    project.git("merge", "-q", "--no-edit", "side")
    project.git("checkout", "-q", "-B", "work")
    project.commit({"c/Cargo.lock": lock(hyper="0.14.8")})
    assert project.changes() == ({"project/c/Cargo.lock: hyper"}, set())
    # HEAD^1 of the merge lacks what the side brought.
    assert project.changes(base="main^1") == (
        {"project/b/Cargo.lock: h2", "project/c/Cargo.lock: hyper"},
        set(),
    )


def test_a_base_without_common_history(project: Project) -> None:
    """It is compared with as it is, and that is said: nobody knows what happened in between."""
    project.git("checkout", "-q", "--orphan", "other")
    project.commit({"Cargo.lock": lock(hyper="0.14.9", regex="1.5.4")})
    status, report = project.scan("--only-introduced")
    assert status == 1
    assert [problem["code"] for problem in report["problems"]] == ["no-common-commit"]
    assert project.changes() == ({"project/Cargo.lock: regex"}, set())


def test_a_shallow_clone_without_the_base(project: Project, advisord: Advisord) -> None:
    """What CI's usual checkout lacks is said, with what to do; the scan is not green."""
    base = project.folder.parent / "base.txt"
    project.commit({"README": "more\n"})
    at = subprocess.run(
        ["git", "-C", str(project.folder), "rev-parse", "main"], check=True, capture_output=True, text=True
    )
    base.write_text(at.stdout)
    shallow = ["git", "clone", "-q", "--depth", "1", "-b", "work", f"file://{project.folder}", "shallow"]
    subprocess.run(shallow, cwd=project.folder.parent, check=True, capture_output=True)
    for ref in ("origin/main", base.read_text().strip(), "HEAD~1"):
        ran = advisord("scan", "shallow", "--db", "advisord.db", "--base", ref, "--only-introduced")
        assert (ran.status, ran.out) == (3, "")
        assert "fetch it first (in CI: a checkout with the whole history)" in ran.err


ACCEPTED = """\
[[rules]]
id = "all"
reason = "Ours."
then = "in"
[[acceptances]]
advisory = "RUSTSEC-2021-0079"
who = "the maintainers"
why = "No proxy in front of it."
since = 2020-01-05
until = { date = %s }
"""


def test_an_expired_acceptance(project: Project) -> None:
    """It was there before, so it fails only when asked; as long as it holds, it never does."""
    project.git("checkout", "-q", "main")
    project.commit({"advisord-policy.toml": ACCEPTED % "2020-02-01", "Cargo.lock": lock(hyper="0.14.9")})
    project.git("checkout", "-q", "-B", "work")
    ended = "RUSTSEC-2021-0079"
    assert project.scan("--only-introduced")[0] == 0
    status, report = project.scan("--only-introduced", "--fail-on-expired")
    assert status == 1
    assert ended in {finding["id"] for finding in report["findings"] if finding["fails"]}
    project.git("checkout", "-q", "main")
    project.commit({"advisord-policy.toml": ACCEPTED % "2999-02-01"})
    project.git("checkout", "-q", "-B", "work")
    assert project.scan("--only-introduced", "--fail-on-expired")[0] == 0


def test_undecided_findings(project: Project) -> None:
    """A version that can't be understood fails when asked, and only when it is new; becoming clear is new too."""
    lockfile = '{"name":"w","lockfileVersion":3,"packages":{"":{"name":"w"},"node_modules/minimist":{"version":"%s"}}}'
    project.commit({"package-lock.json": lockfile % "odd"})
    assert project.scan("--only-introduced")[0] == 0
    assert project.scan("--only-introduced", "--fail-on-undecided")[0] == 1
    project.git("checkout", "-q", "main")
    project.git("merge", "-q", "work")
    project.git("checkout", "-q", "-B", "work")
    assert project.scan("--only-introduced", "--fail-on-undecided")[0] == 0
    project.commit({"package-lock.json": lockfile % "1.2.5"})
    assert project.scan("--only-introduced", "--fail-on-undecided")[0] == 1


def test_a_change_of_the_policy_is_said(project: Project) -> None:
    """The base's policy counts, and a note says that the change edits it; what was not touched is not mentioned."""
    project.git("checkout", "-q", "main")
    project.commit({"advisord-policy.toml": POLICY})
    project.git("checkout", "-q", "-b", "policy")
    assert "policy-at-base" not in {one["code"] for one in project.scan()[1]["problems"]}
    project.commit({"advisord-policy.toml": POLICY + "# edited\n"})
    (said,) = [one for one in project.scan()[1]["problems"] if one["code"] == "policy-at-base"]
    assert said["subject"] == "advisord-policy.toml"
    assert "the base's was used" in said["message"]
    assert not said["blocking"]
    notes = project.scan("--policy-from", "head")[1]["problems"]
    assert "policy-at-base" not in {one["code"] for one in notes}
