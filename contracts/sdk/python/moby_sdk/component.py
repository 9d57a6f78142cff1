"""Runs a component: from the file that the engine wrote to the end of the process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from .call import Call
from .context import Context
from .contract import Driver, Nothing
from .contracts.component_lifecycle import ComponentLifecycle, HealthResponse, StopRequest
from .errors import CodedError
from .log import Log
from .server import Server

#: Seconds that calls in flight have at the end.
_GRACE = 5.0
#: Seconds after which the process ends whatever still runs, when the engine is gone.
_LAST = 10.0


@dataclass
class Running:
    """A component that was created: its drivers, and what it does when the engine starts, watches and stops it."""

    #: One implementation a contract that component.yaml provides.
    drivers: Sequence[Driver]
    #: Called once every component of the assembly has been created: the place to take up work that was left.
    start: Optional[Callable[[], None]] = None
    #: Called with `leave-containers` or `stop-containers` when users of the component have stopped.
    stop: Optional[Callable[[str], None]] = None
    #: What is restricted, None when nothing is. Raise when the component cannot go on: it is started anew.
    health: Optional[Callable[[], Optional[str]]] = None


class _Lifecycle(ComponentLifecycle):
    def __init__(self, running: Running) -> None:
        self._running = running
        self._lock = threading.Lock()
        self._stopped = False

    def start(self, request: Nothing, call: Call) -> None:
        if self._running.start is not None:
            self._running.start()

    def stop(self, request: StopRequest, call: Call) -> None:
        self.end(request.reason)

    def health(self, request: Nothing, call: Call) -> HealthResponse:
        reason = None if self._running.health is None else self._running.health()
        return HealthResponse("ready") if reason is None else HealthResponse("degraded", reason)

    def end(self, reason: str) -> None:
        """Calls the hook once, whoever asks first: the engine, a signal, or the end of the engine."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
        if self._running.stop is not None:
            self._running.stop(reason)


def serve(create: Callable[[Context], Running]) -> None:
    """Makes the component, serves it, and returns when it was asked to end.

    `create` makes the component ready to serve; what it requires is ready by then. It leaves nothing behind when
    it fails. The process ends by SIGTERM, and by the end of standard input: then the engine is gone.
    """
    log = Log()
    asked = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    try:
        context = Context.load(log)
        running = create(context)
        lifecycle = _Lifecycle(running)
        server = Server(context.component.name, context.component.version, [*running.drivers, lifecycle], log)
        server.listen(context.listen)
    except CodedError as error:
        log.error(f"the component does not start: {error}", hint=error.hint)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - whatever it is, the engine has to read it
        log.error(f"the component does not start: {error}", error)
        sys.exit(1)
    threading.Thread(target=_await_end_of_input, args=(asked,), name="moby-stdin", daemon=True).start()
    asked.wait()
    try:
        lifecycle.end("leave-containers")
    except Exception as error:  # noqa: BLE001
        log.error("the component did not stop well", error)
    server.close(_GRACE)


def _await_end_of_input(asked: threading.Event) -> None:
    """The engine holds the other end open as long as it lives."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    asked.set()
    timer = threading.Timer(_LAST, lambda: os._exit(1))
    timer.daemon = True
    timer.start()
