"""Looking for planted tokens."""

import base64
import contextlib
import os
from pathlib import Path


def processes() -> bytes:
    """What everybody sees of every process."""
    seen = []
    for number in filter(str.isdecimal, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            seen.append(Path("/proc", number, "cmdline").read_bytes())
    return b"\n".join(seen)


def forms(token: str) -> list[bytes]:
    """A token as it is, and as it is sent to a git server."""
    sent = base64.b64encode(f"x-access-token:{token}".encode())
    return [token.encode(), sent]
