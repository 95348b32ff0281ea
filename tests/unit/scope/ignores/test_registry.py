"""Ignore files of other tools."""

from textwrap import dedent

import pytest

from advisord.scope.ignores.interface import Entry
from advisord.scope.ignores.registry import Imported, acceptances, drift, format_of, read

DENY = """
    [advisories]
    # Only in tests.
    ignore = [
        "RUSTSEC-2020-0001", # review by 2026-03-01
        # The fork goes away.
        { id = "RUSTSEC-2021-0002", reason = "No input reaches it. Re-audit trigger: next engine bump, or by 2026-10-23." },
        { crate = "old@1.2.3", reason = "yanked by mistake" },
    ]
"""
AUDIT = """
    [advisories]
    ignore = [
      # Until "the-fork" is replaced by upstream.
      "RUSTSEC-2020-0001"
    ]
"""
OSV = """
    [[IgnoredVulns]]
    id = "GO-2022-0968"
    ignoreUntil = 2027-01-31
    reason = "No ssh server here."

    [[PackageOverrides]]
    name = "left-pad"
    ecosystem = "npm"
    version = "1.3.0"
    ignore = true
    effectiveUntil = 2026-12-24T00:00:00Z
    reason = "Never called."

    [[PackageOverrides]]
    name = "counted"
    license.override = ["MIT"]
"""
TRIVY = """
    # Not in the image.
    CVE-2024-1234 exp:2026-12-01
    CVE-2024-9999
    # CVE-2024-0000 was here
    AVD-DS-0002
"""
TRIVY_YAML = """
    vulnerabilities:
      - id: CVE-2024-1234
        paths:
          - "tools/yarn.lock"
        statement: Development only
        expired_at: 2026-12-01
      - id: GHSA-aaaa-bbbb-cccc
    misconfigurations:
      - id: AVD-1
"""
GRYPE = """
    ignore:
      - vulnerability: CVE-2024-1234
        reason: no fix
        package:
          name: libx
          version: 1.0
      - package:
          name: tool
      - fix-state: unknown
"""
SNYK = """
    version: v1.25.0
    ignore:
      SNYK-JS-LODASH-567746:
        - 'app > @scope/kit@2 > lodash@4.17.4':
            reason: no input
            expires: 2026-12-31T00:00:00.000Z
        - '*':
            reason: all of it
    patch: {}
"""
WORKFLOW = """
    jobs:
      audit:
        steps:
          # expires 2026-09-09
          - run: pip-audit --ignore-vuln PYSEC-2023-1 --ignore-vuln=GHSA-aaaa-bbbb-cccc
          # - run: pip-audit --ignore-vuln PYSEC-2023-2
          - uses: example/audit-action@v1
            with:
              ignore-vulns: |
                CVE-2024-1
                # nothing follows
                PYSEC-2024-7
              inputs: CVE-2024-9
"""
VEX = """
    {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [
      {"vulnerability": {"name": "CVE-2024-1234"}, "status": "not_affected", "impact_statement": "not compiled in",
       "products": [{"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:npm/%40scope/name@1.0?x=y"}]}]},
      {"vulnerability": "CVE-2024-5678", "status": "not_affected", "justification": "component_not_present"},
      {"vulnerability": "CVE-2024-9999", "status": "under_investigation"}
    ]}
"""
LOCKED = {"engine": ("0.4.2",), "the-fork": ("8.3.0",), "old": ("1.2.3",), "two": ("1.0", "2.0")}


def imported(path: str, text: str) -> list[Imported]:
    """The entries of a file that can be read."""
    found, problems = read(path, dedent(text).strip().encode(), LOCKED)
    assert problems == []
    return found


def said(path: str, text: str) -> list[tuple[str, str, str, str]]:
    """Advisory, package, expiry and origin of each."""
    return [
        (one.acceptance.advisory, one.acceptance.package, one.acceptance.until.date, one.acceptance.origin)
        for one in imported(path, text)
    ]


def test_deny() -> None:
    """Texts and tables; what stands in prose is proposed only."""
    assert said("deny.toml", DENY) == [
        ("RUSTSEC-2020-0001", "", "", "deny.toml:4"),
        ("RUSTSEC-2021-0002", "", "", "deny.toml:6"),
        ("", "old", "", "deny.toml:7"),
    ]
    first, second, third = imported("deny.toml", DENY)
    assert first.proposal.date == "2026-03-01"
    assert (second.proposal.date, second.proposal.packages) == ("2026-10-23", (("engine", "0.4.2"),))
    assert second.acceptance.why.startswith("No input reaches it.")
    assert third.acceptance.until.packages == (("old", "1.2.3"),)


def test_cargo_audit() -> None:
    """The condition in the comment."""
    (entry,) = imported(".cargo/audit.toml", AUDIT)
    assert entry.acceptance.origin == ".cargo/audit.toml:4"
    assert entry.proposal.packages == (("the-fork", "8.3.0"),)


def test_osv_scanner() -> None:
    """Dates that the format has a place for are the acceptance's own."""
    assert said("tools/osv-scanner.toml", OSV) == [
        ("GO-2022-0968", "", "2027-01-31", "tools/osv-scanner.toml:2"),
        ("", "left-pad", "2026-12-24", "tools/osv-scanner.toml:7"),
    ]


def test_trivy() -> None:
    """Both files."""
    assert said(".trivyignore", TRIVY) == [
        ("CVE-2024-1234", "", "2026-12-01", ".trivyignore:2"),
        ("CVE-2024-9999", "", "", ".trivyignore:3"),
        ("AVD-DS-0002", "", "", ".trivyignore:5"),
    ]
    assert said(".trivyignore.yaml", TRIVY_YAML) == [
        ("CVE-2024-1234", "", "2026-12-01", ".trivyignore.yaml:2"),
        ("GHSA-aaaa-bbbb-cccc", "", "", ".trivyignore.yaml:7"),
    ]


def test_grype() -> None:
    """By id, by package; a rule about neither accepts nothing here."""
    assert said(".grype.yaml", GRYPE) == [
        ("CVE-2024-1234", "libx", "", ".grype.yaml:2"),
        ("", "tool", "", ".grype.yaml:8"),
    ]


def test_snyk() -> None:
    """The last step of a path is the package."""
    assert said(".snyk", SNYK) == [
        ("SNYK-JS-LODASH-567746", "lodash", "2026-12-31", ".snyk:3"),
        ("SNYK-JS-LODASH-567746", "", "", ".snyk:3"),
    ]


def test_pip_audit_in_a_workflow() -> None:
    """Options and the action's list, not what is commented out."""
    found = imported(".github/workflows/ci.yml", WORKFLOW)
    assert [(one.acceptance.advisory, one.entry.line) for one in found] == [
        ("PYSEC-2023-1", 5),
        ("GHSA-aaaa-bbbb-cccc", 5),
        ("CVE-2024-1", 10),
        ("PYSEC-2024-7", 12),
    ]
    assert found[0].proposal.date == "2026-09-09"


def test_openvex() -> None:
    """Only "not affected" accepts."""
    assert said("app.openvex.json", VEX) == [
        ("CVE-2024-1234", "@scope/name", "", "app.openvex.json:2"),
        ("CVE-2024-5678", "", "", "app.openvex.json:4"),
    ]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("deny.toml", b"= 1"),
        (".cargo/audit.toml", b"\xff"),
        ("osv-scanner.toml", b"[[IgnoredVulns"),
        (".trivyignore.yaml", b"a: ["),
        (".grype.yaml", b"{{"),
        (".snyk", b"- : ["),
        ("x.openvex.json", b"[]"),
        ("x.openvex.json", b"{"),
        (".snyk", b"x" * 1_000_001),
    ],
)
def test_an_unreadable_file_accepts_nothing_and_is_shown(path: str, content: bytes) -> None:
    """A problem with the file's name."""
    found, problems = read(path, content)
    assert found == []
    assert [problem.subject for problem in problems] == [path]


@pytest.mark.parametrize(
    "path", ["deny.toml", ".cargo/audit.toml", "osv-scanner.toml", ".trivyignore.yaml", ".grype.yaml", ".snyk"]
)
@pytest.mark.parametrize(
    "content", [b"", b"ignore = 1", b"advisories = []", b"[advisories]\nignore = [1, {}]", b"ignore: [1, {}]", b"- a"]
)
def test_odd_shapes_are_no_crash(path: str, content: bytes) -> None:
    """Whatever stands where entries should be accepts nothing."""
    found, _problems = read(path, content)
    assert found == []


def test_other_files_are_none() -> None:
    """Most files are no ignore files."""
    assert format_of("src/deny.rs") is None
    assert read("Cargo.toml", b"") == ([], [])


def test_drift_between_two_files() -> None:
    """One ignores what the other reports; files of other ecosystems don't count."""
    entries = [*imported("deny.toml", DENY), *imported(".cargo/audit.toml", AUDIT), *imported("osv-scanner.toml", OSV)]
    assert [one.sentence for one in drift(entries)] == [
        "RUSTSEC-2021-0002 is ignored in deny.toml:6, but not in .cargo/audit.toml"
    ]


def test_drift_of_dates() -> None:
    """The same id, two ends."""
    one = '[[IgnoredVulns]]\nid = "CVE-1-1"\nignoreUntil = 2026-01-01\n'
    entries = [*imported("a/osv-scanner.toml", one), *imported("b/osv-scanner.toml", one.replace("2026", "2027"))]
    assert (
        "different dates: 2026-01-01 in a/osv-scanner.toml, 2027-01-01 in b/osv-scanner.toml"
        in drift(entries)[0].sentence
    )


def test_only_what_is_allowed_becomes_an_acceptance() -> None:
    """The server's policy names the files that may accept a risk."""
    entries = imported("deny.toml", DENY)
    assert acceptances(entries, ()) == ()
    assert len(acceptances(entries, ("deny.toml",))) == 3
    assert len(acceptances(entries, ("cargo-deny",))) == 3


def test_an_entry_has_a_place() -> None:
    """Every format says on which line an entry stands."""
    assert Entry(3, "CVE-1").line == 3
