"""`advisord run`: the steps again and again, each feed and each repository in its own rhythm, for years."""

import contextlib
import os
import signal
import sqlite3
from collections.abc import Callable

from advisord.cycle.work import Work
from advisord.daemon.log import Log
from advisord.daemon.loop import Daemon
from advisord.daemon.notify import Notifier, watchdog_seconds
from advisord.daemon.pulse import LEASE, Pulse
from advisord.errors import StoreError
from advisord.settings import Settings
from advisord.store.database import open_writer
from advisord.store.lease import Lease


def run(
    work: Work, log: Log, path: str, load: Callable[[], Settings], follow: Callable[[Settings], object] = lambda _: None
) -> bool:
    """Work until SIGTERM or SIGINT; the step under way is finished first, within `[run] drain`. Whether it was.

    `load` reads the configuration at `path` again: after SIGHUP, and when the file has changed. `follow` is told of each
    that is good, also of the first, and may refuse it by an AdvisordError: then the one before it stays. Raises StoreError when
    another process works on the same store, and whatever is no data: a full disk, a damaged database.
    """
    run_settings = work.settings.run
    notifier = Notifier()
    store = work.settings.store.path
    with contextlib.closing(open_writer(store)) as db:
        lease = Lease(db, "daemon")
        if not lease.claim(LEASE):
            raise StoreError(
                f"another advisord works on this store: {lease.holder()}",
                subject=store,
                hint="stop that one first, or give this one a store of its own; one that is gone is forgotten after two minutes",
                code="store-held",
            )
        pulse = Pulse(
            lease,
            notifier.alive,
            lambda: os.kill(os.getpid(), signal.SIGALRM),
            watchdog=watchdog_seconds(),
            limit=run_settings.step_limit,
        )
        log.beat = pulse.beat
        try:
            follow(work.settings)  # only now: whom another one keeps from the store must not ask for its address either
            work.watch()
            return Daemon(work, log, pulse, notifier, path, load, follow).run()
        finally:
            with contextlib.suppress(sqlite3.Error):
                lease.release()
