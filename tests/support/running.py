"""Running the real command in a process of its own."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Ran(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


class Advisord:
    """`advisord …` in a folder, with a home of its own: nothing of the user's takes part."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()

    def __call__(self, *arguments: object, env: Mapping[str, str] | None = None) -> Ran:
        """Run it to its end; a traceback or a warning is a failure of the test."""
        # No test reaches beyond loopback: whoever tries meets a proxy that is not there.
        nowhere = {
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "ALL_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        kept = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START", "LANG") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "advisord", *map(str, arguments)],
            cwd=self.folder,
            env={**kept, **nowhere, "HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache"), **(env or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert "Warning" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)


def cramped(folder: Path, room: int, *arguments: object) -> Ran:
    """Run it to its end where no file can become larger than `room` bytes, as on a disk that is full."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "advisord", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)
