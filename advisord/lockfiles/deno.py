"""`deno.lock`, version 2 to 5 (docs.deno.com, "Integrity checking and lock files"): its packages from npm.

Packages of JSR and modules by address have no advisory database; what they need from npm is read as the project's own
need, because the file's specifiers are those of everything that is loaded. Nothing in it tells development apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format
from advisord.lockfiles.javascript import Member, Table, direct, flattened, key_lines, split
from advisord.lockfiles.text import decode, expect, load_json
from advisord.model.inventory import Edge, Inventory, Reach

_VERSIONS = ("2", "3", "4", "5")


def parse(data: bytes) -> Inventory:
    """Reads the lockfile alone. A workspace's members are roots; a `package.json` mixes its kinds of needs."""
    text = decode(data)
    lock = expect(dict, load_json(text, unique=False), "the lockfile")
    version = str(lock.get("version", ""))
    if version not in _VERSIONS:
        raise LockfileError(f"has version {version[:20]!r}; versions {', '.join(_VERSIONS)} of deno.lock are read")
    packages, specifiers, level = _sections(lock, version)
    line_of = key_lines(text, "packages" if version == "2" else "npm", "{", level - 1)
    table = Table()
    keys: dict[str, int] = {}
    by_name: dict[str, int] = {}
    for key, value in packages.items():
        line = line_of(key, level)
        expect(dict, value, f"line {line}: {key[:200]!r}")
        name, rest = split(key)
        number = rest.partition("_")[0]  # the versions of its peers follow
        if not name or not number:
            raise LockfileError(f"line {line}: {key[:200]!r} is not the name and version of a package")
        keys[key] = by_name[name] = table.add(name, number, None, line)

    rows: list[dict[int, None]] = [{} for _ in range(len(table))]
    for key, value in packages.items():
        found_targets = (_target(required, keys, by_name) for required in _required(value))
        rows[keys[key]] |= dict.fromkeys(target for target in found_targets if target is not None)
    edges = [list(row) for row in rows]
    found = {spec: keys[key] for spec, key in specifiers if key in keys}
    members = list(_members(expect(dict, lock.get("workspace") or {}, "`workspace`"), found))
    near = direct(members) if "workspace" in lock else None
    own = {edge.to for edge in members[0].edges}
    loaded = [Edge(index, Reach.RUNTIME, spec) for spec, index in found.items() if index not in own]
    members[0] = members[0]._replace(edges=[*members[0].edges, *loaded])
    roots, problems = flattened(members)
    return Inventory("deno", table.packages(near), edges, roots, problems=problems)


def _sections(lock: Mapping[str, Any], version: str) -> tuple[dict[str, Any], list[tuple[str, str]], int]:
    """The packages from npm, each specifier with the key that it leads to, and how deep the keys are indented."""
    if version == "2":
        npm = expect(dict, lock.get("npm") or {}, "`npm`")
        specifiers = expect(dict, npm.get("specifiers") or {}, "`specifiers`")
        pairs = [(f"npm:{spec}", str(key)) for spec, key in specifiers.items()]
        return expect(dict, npm.get("packages") or {}, "`packages`"), pairs, 3
    outer = expect(dict, lock.get("packages") or {}, "`packages`") if version == "3" else lock
    specifiers = expect(dict, outer.get("specifiers") or {}, "`specifiers`")
    pairs = []
    for spec, leads_to in specifiers.items():
        if spec.startswith("npm:"):
            key = str(leads_to)
            pairs.append((spec, key[4:] if version == "3" else f"{split(spec[4:])[0]}@{key}"))
    return expect(dict, outer.get("npm") or {}, "`npm`"), pairs, 3 if version == "3" else 2


def _required(entry: Mapping[str, Any]) -> Iterator[str]:
    """What a package needs: a table of keys (2 and 3), or a list of names, with the version where there are several."""
    for section in ("dependencies", "optionalDependencies"):
        value = entry.get(section) or ()
        if isinstance(value, dict):
            value = value.values()
        elif not isinstance(value, list | tuple):
            raise LockfileError(f"`{section}` of a package should be a list or a table")
        yield from (str(text) for text in value)


def _target(text: str, keys: Mapping[str, int], by_name: Mapping[str, int]) -> int | None:
    """The package of `name`, `name@version`, or `alias@npm:name@version`."""
    _, found, real = text.partition("@npm:")
    wanted = real if found else text
    return keys.get(wanted, by_name.get(wanted))


def _members(workspace: Mapping[str, Any], found: Mapping[str, int]) -> Iterable[Member]:
    """The project at the top, then its members."""
    members = expect(dict, workspace.get("members") or {}, "`members`")
    for path, value in {".": workspace, **members}.items():
        member = expect(dict, value, f"the member {path[:200]!r}")
        manifest = expect(dict, member.get("packageJson") or {}, "`packageJson`")
        needed = [(spec, Reach.RUNTIME) for spec in expect(list, member.get("dependencies") or [], "`dependencies`")]
        needed += [(spec, Reach.UNKNOWN) for spec in expect(list, manifest.get("dependencies") or [], "`dependencies`")]
        yield Member(path, "", [Edge(found[spec], reach, spec) for spec, reach in needed if str(spec) in found])


FORMAT = Format("deno", parse)
