"""The logs below one folder."""

import threading
from pathlib import Path
from typing import Dict

from log_file import LogFile
from moby_sdk import CodedError


class LogStore:
    """Logs that were open when the process ended are open again: the engine writes on without a word."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._open: Dict[str, LogFile] = {each.name: LogFile(each) for each in folder.iterdir()}

    def open(self, log: str) -> LogFile:
        with self._lock:
            if log not in self._open:
                self._open[log] = LogFile(self._folder / log)
            return self._open[log]

    def find(self, log: str) -> LogFile:
        """Fails with LOG_NOT_FOUND for a log that is not open."""
        with self._lock:
            found = self._open.get(log)
        if found is None:
            raise CodedError("LOG_NOT_FOUND", f"there is no log {log}")
        return found

    def read(self, log: str) -> LogFile:
        """A log to be read, open or not. Fails with LOG_NOT_FOUND."""
        with self._lock:
            if log not in self._open and (self._folder / log).exists():
                closed = LogFile(self._folder / log)
                closed.close()
                return closed
        return self.find(log)

    def close(self, log: str) -> None:
        with self._lock:
            found = self._open.pop(log, None)
        if found is not None:
            found.close()

    def remove(self, log: str) -> None:
        self.close(log)
        try:
            (self._folder / log).unlink()
        except FileNotFoundError:
            pass
