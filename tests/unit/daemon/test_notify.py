"""The service manager's socket."""

import os
import socket
from pathlib import Path

import pytest

from advisord.daemon.notify import Notifier, watchdog_seconds


@pytest.mark.parametrize("abstract", [False, True])
def test_messages_arrive(tmp_path: Path, abstract: bool) -> None:
    """At a socket in the file system and at an abstract one; one datagram each."""
    name = f"@advisord-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name[1:]}" if abstract else name)
        manager.settimeout(5)
        notifier = Notifier(name)
        notifier.ready()
        notifier.status("two\nlines")
        notifier.reloading()
        notifier.alive()
        notifier.stopping()
        said = [manager.recv(4096).decode() for _ in range(5)]
    assert said[:2] == ["READY=1", "STATUS=two lines"]
    assert said[2].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert said[3:] == ["WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "vsock:2:1234"])
def test_nobody_listens(address: str) -> None:
    """Without a manager, or without one that listens, nothing happens."""
    Notifier(address).ready()


def test_the_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NOTIFY_SOCKET names it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "n"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        Notifier().ready()
        assert manager.recv(100) == b"READY=1"


def test_the_watchdog_is_ours_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """WATCHDOG_USEC counts when it is meant for this process."""
    for name in ("WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    assert watchdog_seconds() == 0.0
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    assert watchdog_seconds() == 30.0
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_seconds() == 0.0
    monkeypatch.setenv("WATCHDOG_USEC", "nonsense")
    assert watchdog_seconds() == 0.0
