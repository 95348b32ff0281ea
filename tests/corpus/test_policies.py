"""Five real policy texts, drafted: what each states, on which line; and real ignore files, read."""

import tomllib
from pathlib import Path

import pytest

from advisord.scope import policy
from advisord.scope.draft.facts import Fact
from advisord.scope.draft.reader import draft
from advisord.scope.draft.writer import policy_text
from advisord.scope.ignores.registry import read

STATED: dict[str, list[tuple[int, str, str]]] = {
    "000": [
        (7, "disclosure", "after fix"),
        *((11, "in_scope", path) for path in ("crates/", "tests/", "benches/", "scripts/")),
        (14, "out_of_scope", "third-party"),
        (15, "out_of_scope", "etcd"),
        (16, "out_of_scope", "scanners"),
        (17, "ack", "7 days"),
        (18, "triage", "14 days"),
        (19, "fix", "90 days"),
        (19, "fix", "next minor release"),
        (20, "disclosure", "after fix"),
    ],
    "001": [
        (20, "ack", "48 hours"),
        (21, "update", "unspecified"),
        (31, "supported", "1.x.x"),
        (32, "unsupported", "< 1.0"),
    ],
    "002": [
        (5, "disclosure", "after fix"),
        (7, "out_of_scope", "Cosmetic"),
        (8, "out_of_scope", "do not distribute yet"),
        (9, "out_of_scope", "DoS"),
        (10, "out_of_scope", "headers"),
        (20, "ack", "3 business days"),
        (21, "triage", "7 business days"),
        (22, "fix", "14 days"),
        (23, "fix", "30 days"),
        (24, "disclosure", "after fix"),
        (24, "disclosure", "90 days"),
        (25, "update", "7 business days"),
        (26, "disclosure", "coordinated"),
        (29, "disclosure", "after fix"),
        (31, "disclosure", "90 days"),
    ],
    "003": [(21, "ack", "3 business days"), (22, "update", "unspecified"), (35, "supported", "latest minor")],
    "004": [
        (21, "ack", "3 business days"),
        (22, "triage", "7 business days"),
        (23, "update", "14 days"),
        (24, "fix", "30 days"),
        (25, "fix", "60 days"),
        (26, "fix", "next minor release"),
        (27, "disclosure", "90 days"),
        (27, "disclosure", "7 days"),
        (30, "severity_scheme", "CVSS 3.1"),
        (37, "in_scope", "services/"),
        (37, "in_scope", "libs/"),
        (38, "in_scope", "proto/"),
        (38, "in_scope", "sdks/"),
        (39, "in_scope", "apps/web/"),
        (40, "in_scope", "infra/"),
        *((line, "out_of_scope", "") for line in (43, 44, 45, 46, 48)),
        (52, "supported", "main"),
        (54, "supported", "Latest minor"),
        (56, "supported", "Previous minor"),
        (58, "unsupported", "Older versions"),
        (59, "supported", "main"),
        (59, "supported", "latest tag"),
    ],
}
"""Every deadline, scope path, exclusion and supported line: line, kind, value (or words of the text)."""

ALSO = {("001", 23, "disclosure"), ("002", 2, "in_scope"), ("000", 11, "in_scope"), ("000", 12, "in_scope"),
        ("004", 31, "severity_scheme"), ("004", 40, "in_scope"), ("004", 41, "in_scope")}  # fmt: skip
"""Stated as well, though neither deadline, path, exclusion nor line."""


def _says(fact: Fact, line: int, kind: str, value: str) -> bool:
    said = fact.value if kind != "out_of_scope" else fact.text
    return (fact.line, fact.kind) == (line, kind) and value.casefold() in said.casefold()


@pytest.mark.parametrize("number", sorted(STATED))
def test_stated_found_wrong_missed(policy_texts: Path, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything stated is found on its line, nothing else is."""
    (path,) = policy_texts.glob(f"{number}_*.txt")
    read_draft = draft(path.read_text(encoding="utf-8"))
    facts = [fact for fact in read_draft.facts if fact.kind != "contact"]
    stated = STATED[number]
    missed = [row for row in stated if not any(_says(fact, *row) for fact in facts)]
    wrong = [
        fact
        for fact in facts
        if not any(_says(fact, *row) for row in stated) and (number, fact.line, fact.kind) not in ALSO
    ]
    with capsys.disabled():
        print(
            f"\n{path.stem}: stated {len(stated)}, found {len(stated) - len(missed)}, wrong {len(wrong)}, missed {len(missed)}"
        )
    assert missed == []
    assert wrong == []
    text = policy_text(read_draft, path.stem)
    assert policy.compile(text).rules
    for line, _kind, _value in stated:
        assert f"line {line}" in text


def _locked(path: Path) -> dict[str, tuple[str, ...]]:
    locked: dict[str, tuple[str, ...]] = {}
    for package in tomllib.loads(path.read_text(encoding="utf-8"))["package"]:
        locked[package["name"]] = (*locked.get(package["name"], ()), package["version"])
    return locked


def test_review_dates_and_triggers_of_a_real_deny_toml(corpus: Path) -> None:
    """Three advisories, a date in prose, and the package whose change brings each back."""
    folder = corpus / "workspaces" / "humancto__mango"
    found, problems = read("deny.toml", (folder / "deny.toml").read_bytes(), _locked(folder / "Cargo.lock"))
    assert problems == []
    assert [(one.acceptance.advisory, one.proposal.date, dict(one.proposal.packages)) for one in found] == [
        ("RUSTSEC-2025-0141", "2026-10-23", {"madsim": "0.2.30"}),
        ("RUSTSEC-2024-0437", "2026-10-23", {"raft-engine": "0.4.2"}),
        ("RUSTSEC-2025-0057", "2026-10-23", {"raft": "0.7.0"}),
    ]
    assert all(one.acceptance.until.date == "" for one in found)


def test_the_condition_in_a_real_audit_toml(corpus: Path) -> None:
    """A fork that is to be replaced."""
    folder = corpus / "workspaces" / "mossida__sync"
    (one,), _problems = read(
        ".cargo/audit.toml", (folder / ".cargo/audit.toml").read_bytes(), _locked(folder / "Cargo.lock")
    )
    assert one.acceptance.advisory == "RUSTSEC-2023-0071"
    assert dict(one.proposal.packages) == {"surrealdb-jsonwebtoken": "8.3.0-surreal.1"}
