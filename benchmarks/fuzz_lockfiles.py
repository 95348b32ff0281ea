"""Coverage-guided fuzzing of the parsers (needs `atheris`): `python benchmarks/fuzz_lockfiles.py [FORMAT] [libFuzzer options]`.

Without a format every input goes to the format that its first byte chooses. A parser that raises anything but
LockfileError, or takes more than two seconds, stops the run; the input that did it stands in `crash-*`. The parsers run
without the guard that the registry puts around them: what the guard would hide is what is looked for. Samples are the
tests' own: `tests/unit/lockfiles/data/`.
"""

import sys
import tempfile
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import atheris

SECONDS = 2.0
DATA = Path(__file__).resolve().parents[1] / "tests" / "unit" / "lockfiles" / "data"

with atheris.instrument_imports(include=["advisord.lockfiles"]):
    from advisord.errors import LockfileError
    from advisord.lockfiles.registry import ENTRIES

    PARSERS = {entry.name: import_module(entry.module).FORMAT.parse for entry in ENTRIES}


def parse(name: str, data: bytes) -> None:
    begun = time.monotonic()
    with suppress(LockfileError, RecursionError):  # too deep is the guard's own case
        PARSERS[name](data).whole()
    spent = time.monotonic() - begun
    if spent > SECONDS:
        raise TimeoutError(f"{name} took {spent:.1f} s for {len(data)} bytes")


def main() -> None:
    names = [name for name in sys.argv[1:2] if name in PARSERS]
    options = sys.argv[1 + len(names) :]
    every = list(PARSERS)

    def one(data: bytes) -> None:
        if names:
            parse(names[0], data)
        elif data:
            parse(every[data[0] % len(every)], data[1:])

    seeds = DATA / names[0].replace("-", "_") if names else DATA
    with tempfile.TemporaryDirectory() as found:  # inputs that reach new code are written to the first folder
        atheris.Setup([sys.argv[0], "-max_len=20000", *options, found, str(seeds)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
