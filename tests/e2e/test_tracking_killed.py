"""Kill -9 at every step that leaves a trace, with the real store and a folder of issues."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from advisord.store.database import open_writer
from advisord.store.lockfiles import repository_id
from advisord.store.outbox import Outbox

SUPPORT = Path(__file__).resolve().parents[1] / "support"

PROGRAM = """
import os, signal, sys
from tracking import REPOSITORY, Clock, decision, finding
from advisord.model.advisory import Severity
from advisord.store.database import open_writer
from advisord.store.lockfiles import repository_id
from advisord.store.outbox import Outbox
from advisord.tracking import state
from advisord.tracking.apply import Limits, apply
from advisord.tracking.plan import plan
from advisord.tracking.trackers.local import LocalTracker

home, step, minutes = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
clock = Clock()
clock.pass_by(minutes=minutes)
db = open_writer(home + "/advisord.db")
outbox = Outbox(db, repository_id(db, REPOSITORY), "issues")
tracker = LocalTracker("issues", home + "/issues", clock)
left = step

def deadly(function):
    def called(*arguments, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*arguments, **options)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return called

for name in ("begin", "finish"):
    setattr(outbox, name, deadly(getattr(outbox, name)))
os.replace = deadly(os.replace)
severity = Severity.HIGH if minutes < 10 else Severity.LOW
decided = [(finding(f"A-{n}", severity=severity), decision()) for n in range(2)]
known = outbox.known()
made = plan(REPOSITORY, "issues", decided, state.read(tracker, known), known, {}, clock())
result = apply(made, tracker, outbox, clock, lambda _: None, Limits(0.0))
print(len(made.actions), result.complete, result.stopped)
"""


def run(home: Path, step: int, minutes: float) -> subprocess.CompletedProcess[str]:
    """One process that dies at a step, or gets through."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(SUPPORT), str(SUPPORT.parents[1])))}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), str(step), str(minutes)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("step", [1, 2, 4, 6, 8])
def test_the_next_process_finishes(tmp_path: Path, step: int) -> None:
    """Two issues, each comment once, whatever was cut off, while opening and while updating."""
    assert run(tmp_path, step, 0).returncode == -signal.SIGKILL
    for minutes in (2, 4):
        assert run(tmp_path, -1, minutes).returncode == 0
    assert run(tmp_path, -1, 6).stdout == "0 True \n"
    killed = run(tmp_path, step, 20)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert run(tmp_path, -1, 22).returncode == 0
    assert run(tmp_path, -1, 24).stdout == "0 True \n"
    files = sorted((tmp_path / "issues").glob("*.md"))
    assert len(files) == 2
    for file in files:
        assert file.read_text(encoding="utf-8").count("now **low**") == 1


def test_two_processes_have_one_lease(tmp_path: Path) -> None:
    """The second one waits while the first lives, and does not wait for a dead one."""
    db = open_writer(str(tmp_path / "advisord.db"))
    row = repository_id(db, "octo/crab")
    first, second = Outbox(db, row, "issues"), Outbox(db, row, "issues")
    assert first.claim(60.0)
    assert not second.claim(60.0)
    first.release()
    assert second.claim(60.0)
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    db.execute("UPDATE lease SET holder = replace(holder, ?, ?)", (f":{os.getpid()}:", f":{dead.stdout.strip()}:"))
    assert first.claim(60.0)
    db.close()
