"""Sees when a caller closes its connection while its call is being served."""

from __future__ import annotations

import os
import select
import socket
import threading
from typing import Callable, Dict

_GONE = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR


class Watch:
    """One thread that waits for the ends of many connections."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._lock = threading.Lock()
        self._listeners: Dict[int, Callable[[], None]] = {}
        self._wake_read, self._wake_write = os.pipe()
        self._epoll.register(self._wake_read, select.EPOLLIN)
        self._thread = threading.Thread(target=self._run, name="moby-watch", daemon=True)
        self._thread.start()

    def add(self, sock: socket.socket, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls the listener once when the other side has closed. Answers what ends the watching."""
        fd = sock.fileno()
        with self._lock:
            self._listeners[fd] = listener
            self._epoll.register(fd, _GONE | select.EPOLLONESHOT)

        def end() -> None:
            with self._lock:
                if self._listeners.get(fd) is listener:
                    del self._listeners[fd]
                try:
                    self._epoll.unregister(fd)
                except (OSError, ValueError):
                    pass

        return end

    def close(self) -> None:
        os.write(self._wake_write, b"x")
        self._thread.join()
        self._epoll.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _run(self) -> None:
        while True:
            for fd, _events in self._epoll.poll():
                if fd == self._wake_read:
                    return
                with self._lock:
                    listener = self._listeners.pop(fd, None)
                if listener is not None:
                    listener()
