"""The log of a component: one JSON record a line on standard error, which the engine reads."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from typing import Any, Optional

_LONGEST = 16 * 1024


class Log:
    """Records with a level; further arguments are fields: plain JSON."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def debug(self, message: str, **fields: Any) -> None:
        self._write("debug", message, fields)

    def info(self, message: str, **fields: Any) -> None:
        self._write("info", message, fields)

    def warn(self, message: str, **fields: Any) -> None:
        self._write("warn", message, fields)

    def error(self, message: str, error: Optional[BaseException] = None, **fields: Any) -> None:
        """With `error`, its trace is a field."""
        if error is not None:
            trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            fields["trace"] = trace[-_LONGEST // 2 :]
        self._write("error", message, fields)

    def _write(self, level: str, message: str, fields: Any) -> None:
        record = {**fields, "level": level, "message": message}
        line = json.dumps(record, default=str)
        if len(line) >= _LONGEST:
            line = json.dumps({"level": level, "message": message[: _LONGEST // 8], "cut": True})
        with self._lock:
            try:
                sys.stderr.write(line + "\n")
                sys.stderr.flush()
            except (OSError, ValueError):
                # Nobody reads any more, and a log must not end the component.
                pass
