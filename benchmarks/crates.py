"""A cargo project that locks what a Cargo.lock does, with empty crates in place of the real ones: no network, no sources.

cargo-deny asks `cargo metadata`, which wants the manifest of every crate. Here they are made from the lockfile: each crate
with the dependencies that the lockfile names, at exactly those versions. Only the packages of the public registry are in it.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

_INDEX = "registry+https://github.com/rust-lang/crates.io-index"
_NO_CHECKSUM = "0" * 64
_SOURCES = """\
[source.crates-io]
replace-with = "made"
[source.made]
directory = "made"
"""
_DENY = """\
[advisories]
db-path = "{database}"
db-urls = ["https://github.com/rustsec/advisory-db"]
maximum-db-staleness = "P9000D"
yanked = "allow"
"""


def project(lockfile: Path, folder: Path, database: Path) -> Path:
    """Make the project in `folder`, with a `deny.toml` that reads the advisories below `database`; returns its manifest."""
    tables = tomllib.loads(lockfile.read_text(encoding="utf-8"))["package"]
    packages = [table for table in tables if table.get("source") == _INDEX]
    known = {(table["name"], table["version"]): number for number, table in enumerate(packages)}
    versions: dict[str, list[str]] = {}
    for name, version in known:
        versions.setdefault(name, []).append(version)
    for table in packages:
        _crate(folder / "made" / f"{table['name']}-{table['version']}", table, _edges(table, versions))
    (folder / ".cargo").mkdir(parents=True)
    (folder / ".cargo/config.toml").write_text(_SOURCES, encoding="utf-8")
    (folder / "deny.toml").write_text(_DENY.format(database=database), encoding="utf-8")
    root = {"name": "benchmark-root", "version": "0.0.0"}
    _manifest(folder, root, sorted(known))
    rows = [_locked(table, _edges(table, versions)) for table in packages] + [_locked(root, sorted(known))]
    (folder / "Cargo.lock").write_text("version = 3\n\n" + "\n".join(rows), encoding="utf-8")
    return folder / "Cargo.toml"


def _edges(table: dict[str, Any], versions: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(name, version) of the registry's crates that a package needs."""
    edges = set()
    for item in table.get("dependencies", []):
        name, _, rest = item.partition(" ")
        version = rest.partition(" ")[0] or (versions.get(name) or [""])[0]
        if version in versions.get(name, []):
            edges.add((name, version))
    return sorted(edges)


def _crate(folder: Path, table: dict[str, Any], edges: list[tuple[str, str]]) -> None:
    _manifest(folder, table, edges)
    checksum = {"files": {}, "package": table.get("checksum", _NO_CHECKSUM)}
    (folder / ".cargo-checksum.json").write_text(json.dumps(checksum), encoding="utf-8")


def _manifest(folder: Path, table: dict[str, Any], edges: list[tuple[str, str]]) -> None:
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src/lib.rs").write_text("", encoding="utf-8")
    lines = ["[package]", f'name = "{table["name"]}"', f'version = "{table["version"]}"', "", "[dependencies]"]
    for name, version in edges:
        key = re.sub(r"[^A-Za-z0-9]", "_", f"{name}_{version}")
        lines.append(f'{key} = {{ package = "{name}", version = "={version}" }}')
    (folder / "Cargo.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _locked(table: dict[str, Any], edges: list[tuple[str, str]]) -> str:
    source = f'source = "{_INDEX}"\nchecksum = "{table.get("checksum", _NO_CHECKSUM)}"\n' if "source" in table else ""
    items = "".join(f' "{name} {version}",\n' for name, version in edges)
    needs = f"dependencies = [\n{items}]\n" if items else ""
    return f'[[package]]\nname = "{table["name"]}"\nversion = "{table["version"]}"\n{source}{needs}'
