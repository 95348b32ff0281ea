"""The pages beside the daemon: served by a thread of their own, and always as the configuration says now."""

import os
import signal
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Self

from advisord.settings import Settings

if TYPE_CHECKING:
    from advisord.web.server import Service


class Beside:
    """Serves while something else is done in the main thread. Serving that fails ends that too, and is raised on leaving.

    `listen` opens the pages of a configuration; `say` is told where they are.
    """

    def __init__(self, listen: Callable[[Settings], "Service"], say: Callable[[str], object]) -> None:
        self._listen = listen
        self._say = say
        self._service: Service | None = None
        self._thread: Thread | None = None
        self._failure: BaseException | None = None

    def follow(self, settings: Settings) -> None:
        """Serve by this configuration from now on, or no more when it has no table for it.

        Raises AdvisordError when it can't be (a port that is taken, a token that can't be read): what was served before
        then stays as it was. Requests under way are answered first when the address changes.
        """
        if settings.web is None:
            if self._service:
                self._end()
                self._say("the pages are not served any more")
            return
        if self._service and self._service.listen == settings.web.listen:
            self._service.show(settings)
            return
        service = self._listen(settings)
        self._end()
        self._service = service
        self._thread = Thread(target=self._serve, args=[service], name="web")
        self._thread.start()
        self._say(f"listening on {service.address}")

    def _serve(self, service: "Service") -> None:
        try:
            service.run()
        except BaseException as exc:  # noqa: BLE001  (whatever it was: it is raised where it is seen)
            self._failure = exc
        if self._service is service:
            os.kill(os.getpid(), signal.SIGTERM)

    def _end(self) -> None:
        service, self._service = self._service, None
        if service and self._thread:
            service.stop()
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        if self._failure:
            raise self._failure
