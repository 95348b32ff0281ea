"""Parse time of every format beside its bare floor: `python benchmarks/parsing.py [CORPUS]`.

The floor is what a library needs to turn the same bytes into values: tomllib, json, PyYAML's CBaseLoader, ElementTree.
Formats of their own have none. All are measured in turn, in one run; the best of several rounds counts. "whole" is
parsing and everything that a format leaves for later: lines, groups, who requires whom.
"""

import json
import re
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import yaml

from advisord.errors import LockfileError
from advisord.lockfiles.registry import FORMATS, load, recognise

ROUNDS = 5
TRAILING_COMMA = re.compile(rb",(\s*[}\]])")

Floor = Callable[[bytes], object]


def _toml(data: bytes) -> object:
    return tomllib.loads(data.decode())


def _yaml(data: bytes) -> object:
    return list(yaml.load_all(data, Loader=yaml.CBaseLoader))


def _json5(data: bytes) -> object:
    return json.loads(TRAILING_COMMA.sub(rb"\1", data))


FLOORS: dict[str, Floor] = {
    **dict.fromkeys(("cargo", "poetry", "uv", "pdm", "pylock"), _toml),
    **dict.fromkeys(("npm", "deno", "pipenv", "composer", "nuget", "conan", "swift"), json.loads),
    **dict.fromkeys(("pnpm", "pub", "pixi", "conda-lock"), _yaml),
    **dict.fromkeys(("pom", "gradle-verification"), ET.fromstring),
    "bun": _json5,
}


def _nothing(_: bytes) -> None:
    pass


def _measure(name: str, data: bytes) -> list[float]:
    """Milliseconds of one file: parsing, parsing with everything, the floor."""
    parse = load(name).parse
    runs = (parse, lambda data: parse(data).whole(), FLOORS.get(name, _nothing))
    best = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for index, run in enumerate(runs):
            begun = time.perf_counter()
            run(data)
            best[index] = min(best[index], (time.perf_counter() - begun) * 1000)
    return best


def _readable(name: str, data: bytes) -> bool:
    try:
        load(name).parse(data)
    except LockfileError:
        return False
    return True


def main(corpus: Path) -> None:
    files: dict[str, list[bytes]] = {name: [] for name in FORMATS}
    for path in sorted((corpus / "lockfiles").rglob("*")):
        name = recognise(path.relative_to(corpus).as_posix()) if path.is_file() else None
        if name:
            files[name].append(path.read_bytes())
    print(
        f"{'format':20} {'files':>5} {'packages':>8} {'MB':>6} {'floor ms':>8} {'parse ms':>8} {'whole ms':>8}"
        f" {'parse':>6} {'whole':>6} {'largest':>8}"
    )
    for name, found in files.items():
        usable = sorted((data for data in found if _readable(name, data)), key=len)
        if not usable:
            continue
        packages = sum(len(load(name).parse(data).packages) for data in usable)
        times = [_measure(name, data) for data in usable]
        parse, whole, floor = (sum(column) for column in zip(*times, strict=True))
        size = sum(map(len, usable)) / 1e6
        line = f"{name:20} {len(usable):5} {packages:8} {size:6.2f}"
        if name in FLOORS:
            largest = times[-1][0] / times[-1][2]
            print(
                f"{line} {floor:8.1f} {parse:8.1f} {whole:8.1f} {parse / floor:6.2f} {whole / floor:6.2f} {largest:8.2f}"
            )
        else:
            print(f"{line} {'-':>8} {parse:8.1f} {whole:8.1f} {'-':>6} {'-':>6} {'-':>8}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/corpus"))
