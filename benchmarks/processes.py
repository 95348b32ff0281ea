"""What a step costs in a process of its own, so that each has its own peak of memory."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Cost(NamedTuple):
    """Seconds of CPU, the peak of memory in MB, and what the step counted."""

    seconds: float
    peak: float
    counted: tuple[float, ...]


def measured(script: str, *arguments: object) -> Cost:
    """Run a script; its last line is what `tell` prints."""
    ran = subprocess.run([sys.executable, script, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
    seconds, peak, *counted = map(float, ran.stdout.splitlines()[-1].split())
    return Cost(seconds, peak, tuple(counted))


def tell(seconds: float, *counted: float) -> None:
    """Say what this process has cost, to whoever measures it."""
    # Not `getrusage`: its peak begins with that of the process that started this one.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(seconds, int(peak.split()[1]) / 1024, *counted)


class Watch:
    """CPU time of this process, in all and inside one function."""

    def __init__(self) -> None:
        self.total = self.inside = 0.0
        self.calls = 0

    def run(self, act: Callable[[], Any]) -> float:
        """Do it and add what it took."""
        begun = time.process_time()
        act()
        spent = time.process_time() - begun
        self.total += spent
        return spent

    def within(self, module: Any, name: str) -> None:
        """Watch a function of a module too."""
        setattr(module, name, self.watched(getattr(module, name)))

    def watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, watched."""

        def watched(*arguments: Any, **named: Any) -> Any:
            begun = time.process_time()
            self.calls += 1
            try:
                return function(*arguments, **named)
            finally:
                self.inside += time.process_time() - begun

        return watched


def spread(times: Sequence[float]) -> tuple[float, float, float]:
    """Median, 95 of a hundred, and the last one, which is the widest."""
    return statistics.median(times[:-1]), statistics.quantiles(times[:-1], n=20)[-1], times[-1]
