"""`advisord scan`: where its reports go, and what makes it fail."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from running import Advisord

from advisord.reports.registry import FORMATS


def test_several_reports_at_once(advisord: Advisord, synced: Path) -> None:
    """Every format into a file of its own, the text on the terminal, one scan."""
    outputs = [part for name in FORMATS for part in ("--output", f"{name}=out.{name}")]
    ran = advisord("scan", "shop", "--db", "advisord.db", *outputs)
    assert ran.status == 1
    assert ran.out == (synced / "out.text").read_text(encoding="utf-8")
    for name in ("json", "sarif", "cyclonedx", "openvex", "gitlab"):
        assert json.loads((synced / f"out.{name}").read_bytes())
    assert ET.fromstring((synced / "out.junit").read_bytes()).attrib["errors"] == "0"  # noqa: S314  (our own text)
    assert len(json.loads((synced / "out.sarif").read_bytes())["runs"][0]["results"]) == 6


def test_a_plain_output_takes_the_terminals_report(advisord: Advisord, synced: Path) -> None:
    """`--format F --output FILE`: nothing on the terminal."""
    ran = advisord("scan", "shop", "--db", "advisord.db", "--format", "json", "--output", "out.json")
    assert (ran.status, ran.out) == (1, "")
    assert json.loads((synced / "out.json").read_bytes())["schema"] == "advisord.scan/1"


def test_an_unwritable_file(advisord: Advisord, synced: Path) -> None:
    """Exit 2 with a sentence that names the file."""
    ran = advisord("scan", "shop", "--db", "advisord.db", "--output", "sarif=no/where.sarif")
    assert ran.status == 2
    assert "no/where.sarif: the report can't be written" in ran.err


def test_every_format_says_that_it_could_not_scan(advisord: Advisord, world: Path) -> None:
    """Without data each format is still written, says so, and the exit status is 3."""
    outputs = [part for name in FORMATS for part in ("--output", f"{name}=out.{name}")]
    assert advisord("scan", "shop", "--offline", *outputs).status == 3
    for name in set(FORMATS) - {"openvex"}:
        assert "there is no advisory database yet" in (world / f"out.{name}").read_text(encoding="utf-8").replace(
            "\u200b", ""
        )


def test_only_fixable(advisord: Advisord, synced: Path) -> None:
    """What nobody can fix does not fail the scan when that is asked for."""
    (synced / "Cargo.lock").write_text(
        '[[package]]\nname = "atty"\nversion = "0.2.14"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
    )
    assert advisord("scan", "Cargo.lock", "--db", "advisord.db").status == 1
    assert advisord("scan", "Cargo.lock", "--db", "advisord.db", "--only-fixable").status == 0


def test_untrusted_beats_findings(advisord: Advisord, synced: Path) -> None:
    """With findings and an unreadable lockfile the status is 3, not 1."""
    (synced / "Cargo.lock").write_text("<html>")
    assert advisord("scan", "Cargo.lock", "shop", "--db", "advisord.db").status == 3


def test_undecided_fails_when_asked(advisord: Advisord, synced: Path) -> None:
    """What can't be decided is shown; it fails the scan only with --fail-on-undecided."""
    lock = '{"name":"w","lockfileVersion":3,"packages":{"":{"name":"w"},"node_modules/minimist":{"version":"not-one"}}}'
    (synced / "package-lock.json").write_text(lock)
    ran = advisord("scan", "package-lock.json", "--db", "advisord.db")
    assert ran.status == 0
    assert "undecided: " in ran.out
    assert advisord("scan", "package-lock.json", "--db", "advisord.db", "--fail-on-undecided").status == 1


@pytest.mark.parametrize(("to", "status"), [("| true", 1), (">&-", 1), ("> /dev/full", 3)])
def test_nobody_reads_to_the_end(advisord: Advisord, synced: Path, to: str, status: int) -> None:
    """A reader that goes away, or none, takes no finding back; a report that can't be printed is not green either."""
    packages = ",".join(
        f'"node_modules/x{n}/node_modules/minimist":{{"version":"1.2.{n % 5}.{n}"}}' for n in range(300)
    )
    (synced / "package-lock.json").write_text(f'{{"lockfileVersion":3,"packages":{{"":{{"name":"w"}},{packages}}}}}')
    command = f"{sys.executable} -m advisord scan package-lock.json shop --db advisord.db --format json --verbose {to}"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=synced,
        env={**os.environ, "XDG_CACHE_HOME": str(advisord.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == status, ran.stderr
    assert "defect" not in ran.stderr
    assert ("can't be printed" in ran.stderr) == (status == 3)


def test_no_colour_in_a_file_or_pipe(advisord: Advisord, synced: Path) -> None:
    """Colour is for terminals only."""
    assert "\x1b" not in advisord("scan", "shop", "--db", "advisord.db").out


def test_verbose(advisord: Advisord, synced: Path) -> None:
    """What is out of scope is shown with its reason when it is asked for."""
    assert "lodash" not in advisord("scan", "shop", "--db", "advisord.db").out
    shown = advisord("scan", "shop", "--db", "advisord.db", "--verbose").out
    assert "lodash 4.17.20" in shown
    assert "out of scope by rule development-only" in shown


def test_remediation(advisord: Advisord, synced: Path) -> None:
    """For each tracked package the smallest update, what it removes, and who stands in its way."""
    packages = {
        "": {"name": "w", "dependencies": {"minimist": "~1.2.0", "mkdirp": "*"}},
        "node_modules/minimist": {"version": "1.2.5"},
        "node_modules/mkdirp": {"version": "0.5.1", "dependencies": {"minimist": "1.2.0"}},
        "node_modules/mkdirp/node_modules/minimist": {"version": "1.2.0"},
    }
    lock = {"name": "w", "lockfileVersion": 3, "packages": packages}
    (synced / "package-lock.json").write_text(json.dumps(lock))
    ran = advisord("scan", "package-lock.json", "--db", "advisord.db", "--format", "json")
    found = {update["version"]: update for update in json.loads(ran.out)["updates"]}
    assert {v: (u["to"], u["step"], u["allowed"]) for v, u in found.items()} == {
        "1.2.0": ("1.2.6", "patch", False),
        "1.2.5": ("1.2.6", "patch", True),
    }
    assert found["1.2.0"]["hindered_by"] == [{"name": "mkdirp", "requirement": "1.2.0"}]
    assert found["1.2.5"]["fixes"] == ["GHSA-xvch-5gv4-984h"]
    text = advisord("scan", "package-lock.json", "--db", "advisord.db").out
    assert "minimist 1.2.0  -> update to 1.2.6" in text
    assert (
        "needs more than this update: mkdirp requires 1.2.0: move mkdirp to a version that allows 1.2.6;"
        in " ".join(text.split())
    )
