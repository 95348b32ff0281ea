"""Telling the service manager how we are (sd_notify(3)): one datagram to the socket that it names, or nothing."""

import os
import socket
import time


class Notifier:
    """Tells the service manager; without one it does nothing, and a manager that does not listen is no error."""

    def __init__(self, address: str | None = None) -> None:
        name = os.environ.get("NOTIFY_SOCKET", "") if address is None else address
        # "@" stands for the zero byte of an abstract socket (unix(7)); other families are not spoken.
        self._address = f"\0{name[1:]}" if name.startswith("@") else name if name.startswith("/") else ""
        self._status = ""

    def __call__(self, *assignments: str, patience: float = 5.0) -> None:
        """Send assignments such as `READY=1`; a manager whose queue stays full for `patience` seconds misses them."""
        if not self._address:
            return
        message = "\n".join(assignments).encode("utf-8", "replace")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.settimeout(patience)
            try:
                sender.sendto(message, self._address)
            except OSError:
                return

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        if text != self._status:
            self._status = text
            self("STATUS=" + " ".join(text.split()), patience=0.0)

    def ready(self) -> None:
        """Started, or done with loading the configuration anew."""
        self("READY=1")

    def reloading(self) -> None:
        """The configuration is being loaded anew; `ready` says when that is done."""
        self("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """No new step begins."""
        self("STOPPING=1")

    def alive(self) -> None:
        """The watchdog's sign of life."""
        self("WATCHDOG=1", patience=0.0)


def watchdog_seconds() -> float:
    """After how many seconds without a sign of life the service manager restarts us; 0 when it does not."""
    try:
        seconds = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6
        mine = int(os.environ.get("WATCHDOG_PID", os.getpid())) == os.getpid()
    except ValueError:
        return 0.0
    return seconds if mine else 0.0
