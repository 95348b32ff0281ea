"""deno's lockfile: what it holds of npm."""

import json
from pathlib import Path
from typing import Any

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.deno import FORMAT
from advisord.model.inventory import Inventory, Reach

DATA = Path(__file__).parent / "data" / "deno"


def _names(inventory: Inventory) -> list[str]:
    return [f"{package.name}@{package.version}" for package in inventory.packages]


def _edges(inventory: Inventory) -> dict[str, list[str]]:
    assert inventory.edges is not None
    names = _names(inventory)
    return {names[at]: [names[to] for to in targets] for at, targets in enumerate(inventory.edges) if targets}


def test_version_5() -> None:
    """Packages with their lines, edges by name, members as roots, and what is loaded through JSR."""
    inventory = FORMAT.parse((DATA / "v5.lock").read_bytes())
    assert [(p.name, p.version, p.line, p.direct) for p in inventory.packages] == [
        ("left", "0.9.0", 19, False),
        ("left", "1.10.0", 22, True),
        ("peered", "4.0.0", 29, True),
        ("right", "2.0.0", 39, False),
        ("watcher", "2.3.3", 42, False),
    ]
    assert _edges(inventory) == {
        "left@1.10.0": ["left@0.9.0", "right@2.0.0"],
        "peered@4.0.0": ["left@1.10.0", "right@2.0.0"],
    }
    names = _names(inventory)
    assert inventory.roots is not None
    assert {root.path: {names[edge.to]: edge.reach for edge in root.edges} for root in inventory.roots} == {
        ".": {
            "left@1.10.0": Reach.RUNTIME,
            "left@0.9.0": Reach.RUNTIME,
            "peered@4.0.0": Reach.RUNTIME,
            "watcher@2.3.3": Reach.RUNTIME,
        },
        "api": {"peered@4.0.0": Reach.UNKNOWN},
    }


@pytest.mark.parametrize(
    "lock",
    [
        {
            "version": "2",
            "remote": {},
            "npm": {
                "specifiers": {"left@1": "left@1.10.0"},
                "packages": {
                    "left@1.10.0": {"integrity": "a", "dependencies": {"right": "right@2.0.0"}},
                    "right@2.0.0": {"integrity": "b", "dependencies": {}},
                },
            },
        },
        {
            "version": "3",
            "packages": {
                "specifiers": {"npm:left@1": "npm:left@1.10.0", "jsr:@a/b": "jsr:@a/b@1.0.0"},
                "npm": {
                    "left@1.10.0": {"integrity": "a", "dependencies": {"right": "right@2.0.0"}},
                    "right@2.0.0": {"integrity": "b", "dependencies": {}},
                },
            },
            "remote": {},
        },
    ],
)
def test_older_versions(lock: dict[str, Any]) -> None:
    """Until version 3 dependencies are tables; without a workspace nobody knows what is direct."""
    inventory = FORMAT.parse(json.dumps(lock, indent=2).encode())
    assert [(p.name, p.version, p.direct, p.line > 0) for p in inventory.packages] == [
        ("left", "1.10.0", None, True),
        ("right", "2.0.0", None, True),
    ]
    assert _edges(inventory) == {"left@1.10.0": ["right@2.0.0"]}
    assert inventory.roots is not None
    assert [(edge.to, edge.requirement) for edge in inventory.roots[0].edges] == [(0, "npm:left@1")]


@pytest.mark.parametrize(
    "lock",
    [
        None,
        {},
        {"version": "99"},
        {"version": "5", "npm": ["a"]},
        {"version": "5", "npm": {"a": {}}},
        {"version": "5", "npm": {"a@1.0.0": []}},
        {"version": "5", "npm": {"a@1.0.0": {"dependencies": "b"}}},
        {"version": "5", "specifiers": ["a"]},
        {"version": "5", "workspace": {"dependencies": {"a": 1}}},
        {"version": "5", "workspace": {"members": {"a": []}}},
    ],
)
def test_refusals(lock: Any) -> None:
    """What is no lockfile of deno is the lockfile error."""
    with pytest.raises(LockfileError):
        FORMAT.parse(json.dumps(lock).encode())
