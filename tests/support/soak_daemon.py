"""`advisord run` under somebody who starts it again, as a service manager does, and who writes down how it is."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import soak_clock

PAUSE = 0.5


class Sample(NamedTuple):
    """How the process is at a moment: resident memory and write-ahead log in bytes."""

    at: float
    pid: int
    memory: int
    files: int
    threads: int
    log: int


class Supervised:
    """The daemon of a folder with an `advisord.toml`; everything it says is appended to `log`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.log = folder / "log"
        self.exits: list[tuple[int, str]] = []
        """How it ended by itself or was killed, each with its last words."""
        self.samples: list[Sample] = []
        self.address = ""
        """Where its pages are."""
        self._folder = folder
        self._environment = dict(environment)
        self._words: deque[str] = deque(maxlen=3)
        self._next = 0.0
        self.start()

    def start(self) -> None:
        """Start it, with a pipe as its output: what limits the files that it writes limits no log."""
        self.process = subprocess.Popen(
            [sys.executable, soak_clock.__file__, "run", "--config", "advisord.toml"],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout
        with self.log.open("ab") as file, process.stdout as lines:
            for line in lines:
                file.write(line)
                file.flush()
                if b'"action": "serve"' in line:
                    self.address = json.loads(line)["message"].removeprefix("listening on ")
                if not line.startswith(b"{"):  # else it is a line of the log, and no last word
                    self._words.append(line.decode("utf-8", "replace").strip())

    def keep(self) -> None:
        """Start it again when it has ended; write down how it is, every second."""
        if self.process.poll() is not None:
            self._reader.join()
            self.exits.append((self.process.returncode, "; ".join(self._words)))
            self._words.clear()
            time.sleep(PAUSE)
            self.start()
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 1.0
            with contextlib.suppress(OSError, LookupError, ValueError):
                self._measure()

    def _measure(self) -> None:
        pid = self.process.pid
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        wal = self._folder / "state/advisord.db-wal"
        self.samples.append(
            Sample(
                time.time(),
                pid,
                int(status["VmRSS"].split()[0]) * 1024,
                len(os.listdir(f"/proc/{pid}/fd")),
                int(status["Threads"]),
                wal.stat().st_size if wal.exists() else 0,
            )
        )

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def fill_the_disk(self) -> None:
        """No file that it or its git writes may become larger than a few bytes more than its database is."""
        self._limit((self._folder / "state/advisord.db").stat().st_size + 4096)

    def empty_the_disk(self) -> None:
        """Room again."""
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def stop(self) -> int:
        """End it in good order; its exit status."""
        self.signal(signal.SIGTERM)
        try:
            status = self.process.wait(60)
        finally:
            self.process.kill()
            self._reader.join()
        return status
