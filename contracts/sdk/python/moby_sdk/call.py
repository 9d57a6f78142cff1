"""What a method is told about the call that it serves."""

from __future__ import annotations

import threading
from typing import Callable, List

from .errors import CodedError


class Call:
    """One call. It is cancelled when the caller closes its connection: because it gave up, or its deadline passed."""

    def __init__(self, id: str = "") -> None:
        #: Correlation id, the same at every process that the work passes.
        self.id = id
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._listeners: List[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits; True as soon as the call is cancelled."""
        return self._event.wait(seconds)

    def check(self) -> None:
        """Fails with CANCELLED when the call is: to be asked from time to time by work that lasts."""
        if self.cancelled:
            raise CodedError("CANCELLED", "the caller gave the call up")

    def on_cancel(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` once, from another thread, when the call is cancelled. Answers what takes it back."""
        with self._lock:
            if not self.cancelled:
                self._listeners.append(listener)
                return lambda: self._forget(listener)
        listener()
        return lambda: None

    def cancel(self) -> None:
        """Called by what serves the call."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def _forget(self, listener: Callable[[], None]) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
