"""Parse time of every format beside its bare floor: `python benchmarks/parsing.py [CORPUS]`.

The floor is what a library needs to turn the same bytes into values: tomllib, json, PyYAML's CBaseLoader, ElementTree.
Formats of their own have none. Both are measured in turn, in one run; the best of several rounds counts.
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
    **dict.fromkeys(("npm", "pipenv", "composer", "nuget", "conan", "swift"), json.loads),
    **dict.fromkeys(("pnpm", "pub", "pixi", "conda-lock"), _yaml),
    **dict.fromkeys(("pom", "gradle-verification"), ET.fromstring),
    "bun": _json5,
}


def _best(run: Callable[[bytes], object], data: bytes) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run(data)
        best = min(best, time.perf_counter() - begun)
    return best * 1000


def _measure(name: str, files: list[bytes]) -> tuple[int, list[tuple[float, float]]]:
    """Packages read, and (our time, the floor's time) of each file in milliseconds."""
    parse, floor = load(name).parse, FLOORS.get(name)
    packages, times = 0, []
    for data in files:
        packages += len(parse(data).packages)
        times.append((_best(parse, data), _best(floor, data) if floor else 0.0))
    return packages, times


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
        f"{'format':20} {'files':>5} {'packages':>8} {'MB':>6} {'ours ms':>8} {'floor ms':>8} {'ratio':>6} {'largest':>8}"
    )
    for name, found in files.items():
        usable = sorted((data for data in found if _readable(name, data)), key=len)
        if not usable:
            continue
        packages, times = _measure(name, usable)
        ours, floor = (sum(column) for column in zip(*times, strict=True))
        ratio = f"{ours / floor:6.2f} {times[-1][0] / times[-1][1]:8.2f}" if floor else f"{'-':>6} {'-':>8}"
        size = sum(map(len, usable)) / 1e6
        print(f"{name:20} {len(usable):5} {packages:8} {size:6.2f} {ours:8.1f} {floor:8.1f} {ratio}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/corpus"))
