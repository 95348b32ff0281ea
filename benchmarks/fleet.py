"""A made-up fleet in the shape of real feeds and lockfiles: a few packages are wanted by all, most by hardly anybody.

300,000 advisories stand on 78,418 packages in 1.3 intervals each; a lockfile locks 505 packages, 6 of a hundred
affected; 10,000 lockfiles hold 5 million rows of some 460,000 distinct versions.
"""

import json
import random
import zipfile
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from advisord.model.inventory import Inventory, Package

ECOSYSTEM = "crates.io"
ADVISORIES = 300_000
NAMED = 78_418
LOCKED = 60_000
"""How many packages lockfiles choose from; every third of them is named by advisories."""
SIZE = 505

_REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
_WEIGHTS = list(accumulate(1 / (rank + 20) ** 0.8 for rank in range(LOCKED)))


def versions_of(rank: int) -> int:
    """How many versions lockfiles choose from."""
    return 8 + 8000 // (rank + 100)


def version(step: int) -> str:
    """The version of that number."""
    return f"{step // 12}.{step // 3 % 4}.{step % 3}"


def name(rank: int) -> str:
    """The package of that rank; those beyond `LOCKED` are in no lockfile."""
    return f"package-{rank}"


def rows(number: int, size: int = SIZE, fresh: int = 0) -> list[tuple[str, str]]:
    """The packages (name, version) of a lockfile; `fresh` of them in a version that nobody else has."""
    chance = random.Random(number)
    total = _WEIGHTS[-1]
    found: dict[str, str] = {}
    while len(found) < size - fresh:
        rank = bisect(_WEIGHTS, chance.random() * total)
        behind = min(int(chance.expovariate(0.33)), versions_of(rank) - 1)
        found[name(rank)] = version(versions_of(rank) - behind)
    while len(found) < size:
        found[name(chance.randrange(LOCKED))] = f"0.0.{1000 + number}"
    return sorted(found.items())


def inventory(number: int, size: int = SIZE, fresh: int = 0) -> Inventory:
    """The lockfile as its parser would hand it over."""
    packages = tuple(Package(ECOSYSTEM, *row) for row in rows(number, size, fresh))
    return Inventory("cargo", packages, None, None)


def lockfile(number: int, size: int = SIZE) -> str:
    """The lockfile as text: a root that wants the first package, and each package wants its next ones."""
    locked = rows(number, size)
    parts = ["version = 3", f'[[package]]\nname = "shop"\nversion = "1.0.0"\ndependencies = [\n "{locked[0][0]}",\n]']
    for place, (package, text) in enumerate(locked):
        wanted = [f' "{other}",' for other, _ in locked[2 * place + 1 : 2 * place + 3]]
        lines = ["[[package]]", f'name = "{package}"', f'version = "{text}"', f'source = "{_REGISTRY}"']
        parts.append("\n".join([*lines, *(["dependencies = [", *wanted, "]"] if wanted else [])]))
    return "\n\n".join(parts) + "\n"


def record(number: int, modified: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    """One advisory as OSV writes it: one of four about a package that lockfiles hold, the others mostly malware."""
    chance = random.Random(-1 - number)
    held = number % 4 == 0
    rank = 3 * chance.randrange(LOCKED // 3) if held else LOCKED + number % (NAMED - LOCKED // 3)
    value: dict[str, Any] = {
        "schema_version": "1.7.3",
        "id": f"RUSTSEC-2026-{number}",
        "modified": modified,
        "published": "2026-01-01T00:00:00Z",
        "summary": f"Something is wrong in {name(rank)}",
        "details": "A text about what is wrong and how it was found. " * (20 if held else 4),
        "references": [{"type": "WEB", "url": f"https://advisories.example/{number}/{n}"} for n in range(3)],
    }
    events = [{"introduced": "0"}]
    if held:
        fixed = versions_of(rank) - int(chance.expovariate(0.09)) - 1
        begun = max(fixed - chance.randrange(1, 9), 0)
        events = [{"introduced": version(begun)}, {"fixed": version(max(fixed, begun + 1))}]
        value["aliases"] = [f"CVE-2026-{number}"]
        value["severity"] = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
    if number % 10 < 3:
        events += [{"introduced": "900.0.0"}, {"fixed": "900.1.0"}] if held else []
        events = events if held else [{"introduced": "0"}, {"fixed": "0.1.0"}, {"introduced": "900.0.0"}]
    package = {"ecosystem": ECOSYSTEM, "name": name(rank), "purl": f"pkg:cargo/{name(rank)}"}
    value["affected"] = [{"package": package, "ranges": [{"type": "SEMVER", "events": events}]}]
    return value


def feed(folder: Path, size: int = ADVISORIES) -> None:
    """The advisories as OSV publishes them."""
    (folder / ECOSYSTEM).mkdir(parents=True, exist_ok=True)
    with (
        zipfile.ZipFile(folder / ECOSYSTEM / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        (folder / ECOSYSTEM / "modified_id.csv").open("w") as listing,
    ):
        for value in map(record, range(size)):
            archive.writestr(f"{value['id']}.json", json.dumps(value))
            listing.write(f"{value['modified']},{value['id']}\n")


def held(size: int = ADVISORIES) -> Iterator[int]:
    """The numbers of the advisories about packages that lockfiles hold."""
    return iter(range(0, size, 4))
