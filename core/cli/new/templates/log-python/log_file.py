"""One log."""

import base64
import json
import os
import threading
from pathlib import Path
from typing import BinaryIO, Iterator, List, Tuple

from moby_sdk import CodedError
from moby_sdk.contracts.log_driver import LogPosition, LogRecord, Partial


class LogFile:
    """A file with a batch a line, each with the position that it reaches up to.

    A batch is there as a whole or not at all: what follows the last line feed, because the process died meanwhile, is
    cut off at the next open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = LogPosition(0, 0)
        self.closed = False
        #: Told at each write, and when the log is closed.
        self.changed = threading.Condition()
        self._size = 0
        self._file = open(path, "ab", buffering=0)
        self._size = os.fstat(self._file.fileno()).st_size
        whole = 0
        with self.opened() as file:
            lines = list(self._lines(file, 0))
        for line, end in lines:
            self.position = LogPosition(**json.loads(line)["position"])
            whole = end
        self._file.truncate(whole)
        self._size = whole

    def write(self, records: List[LogRecord], position: LogPosition) -> None:
        """Appends a batch, on the disk when it returns; one that the log has already is dropped."""
        with self.changed:
            if self.closed:
                raise CodedError("LOG_NOT_FOUND", f"the log {self.path.name} was closed meanwhile")
            if position.stdout <= self.position.stdout and position.stderr <= self.position.stderr:
                return
            line = json.dumps({"position": vars(position), "records": [_pack(each) for each in records]}).encode() + b"\n"
            try:
                written = self._file.write(line)
                if written != len(line):
                    raise OSError(f"only {written} of {len(line)} bytes could be written to {self.path}")
                os.fdatasync(self._file.fileno())
            except OSError:
                self._file.truncate(self._size)
                raise
            self._size += len(line)
            self.position = position
            self.changed.notify_all()

    def opened(self) -> BinaryIO:
        """The file for one reader, who has its last batch also when the log is removed meanwhile."""
        try:
            return open(self.path, "rb")
        except FileNotFoundError:
            raise CodedError("LOG_NOT_FOUND", f"the log {self.path.name} was removed meanwhile") from None

    def batches(self, file: BinaryIO, start: int) -> Iterator[Tuple[List[LogRecord], int]]:
        """The batches from an offset on that are there now, with the offset behind each."""
        for line, end in self._lines(file, start):
            yield [_unpack(each) for each in json.loads(line)["records"]], end

    def close(self) -> None:
        with self.changed:
            if not self.closed:
                self.closed = True
                self._file.close()
                self.changed.notify_all()

    def _lines(self, file: BinaryIO, start: int) -> Iterator[Tuple[bytes, int]]:
        size = self._size
        file.seek(start)
        while file.tell() < size:
            line = file.readline()
            if not line.endswith(b"\n"):
                return
            yield line, file.tell()


def _pack(record: LogRecord) -> dict:
    partial = None if record.partial is None else vars(record.partial)
    line = base64.b64encode(record.line).decode()
    return {"stream": record.stream, "time": record.time, "line": line, "partial": partial}


def _unpack(packed: dict) -> LogRecord:
    partial = None if packed["partial"] is None else Partial(**packed["partial"])
    return LogRecord(packed["stream"], packed["time"], base64.b64decode(packed["line"]), partial)
