"""As much of HTTP/1.1 as the wire needs, over a stream socket: heads, and bodies with a length or in chunks."""

from __future__ import annotations

import socket
import time
from typing import Dict, Iterator, Optional, Tuple

from .errors import CodedError
from .limits import Limits

STREAM_TYPE = "application/vnd.moby.stream"
EXCHANGE_HEADER = "moby-exchange"
IDEMPOTENCY_HEADER = "idempotency-key"
CALL_HEADER = "x-moby-call"
DRIVER_HEADER = "x-moby-driver"

_CHUNK = 64 * 1024

#: Start line and headers, whose names are in lower case.
Head = Tuple[str, Dict[str, str]]


class Cut(Exception):
    """The other side closed the connection inside a message, was too slow, or broke its form."""


class Connection:
    """A socket that is read through a buffer, each use until a moment of `time.monotonic()`, or for ever.

    Everything fails with `Cut`, so that it cannot be taken for an error of a driver.
    """

    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        self.sock = sock
        self._limits = limits
        self._buffer = bytearray()
        #: When it is too late; None: never.
        self.deadline: Optional[float] = None

    def read_head(self, first: Optional[float]) -> Optional[Head]:
        """The head of the next message, None when the other side closes before it. `first`: seconds until it begins."""
        self.deadline = None if first is None else time.monotonic() + first
        while not self._buffer:
            if not self._fill():
                return None
        self.deadline = time.monotonic() + self._limits.head_seconds
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                break
            if len(self._buffer) > self._limits.head_bytes or not self._fill():
                raise Cut("no head of a message")
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        self.deadline = None
        headers: Dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon:
                raise Cut("no header")
            headers[name.strip().lower()] = value.strip()
        return lines[0], headers

    def read_some(self, most: int) -> bytes:
        """What is there, at most so many bytes; nothing at the end."""
        if not self._buffer and not self._fill():
            return b""
        data = bytes(self._buffer[:most])
        del self._buffer[:most]
        return data

    def read_line(self) -> bytes:
        while True:
            end = self._buffer.find(b"\r\n")
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[: end + 2]
                return line
            if len(self._buffer) > self._limits.head_bytes or not self._fill():
                raise Cut("no line")

    def write(self, data: bytes) -> None:
        try:
            self.sock.settimeout(self._left())
            self.sock.sendall(data)
        except OSError as cause:
            raise Cut(str(cause)) from cause

    def close(self) -> None:
        try:
            self.sock.close()
        except OSError:
            pass

    def _fill(self) -> bool:
        try:
            self.sock.settimeout(self._left())
            data = self.sock.recv(_CHUNK)
        except OSError as cause:
            raise Cut(str(cause)) from cause
        self._buffer += data
        return bool(data)

    def _left(self) -> Optional[float]:
        if self.deadline is None:
            return None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("it was too late")
        return left


class Body:
    """The body of a message, read once from its beginning to its end."""

    def __init__(self, connection: Connection, headers: Dict[str, str], until_close: bool = False) -> None:
        self._connection = connection
        self._chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        length = headers.get("content-length", "0")
        if not self._chunked and not (length.isascii() and length.isdigit()):
            raise Cut("no length")
        #: Bytes that the sender announced; None for a body in chunks.
        self.announced: Optional[int] = None if self._chunked else int(length)
        self._left = self.announced or 0
        self._until_close = until_close and not self._chunked and "content-length" not in headers
        #: True when it has been read to its end.
        self.over = not self._chunked and not self._until_close and self._left == 0

    def read_some(self, most: int = _CHUNK) -> bytes:
        """What is there; nothing at the end. Fails with `Cut` when the connection closes before."""
        if self.over:
            return b""
        if self._until_close:
            data = self._connection.read_some(most)
            self.over = not data
            return data
        if self._chunked and self._left == 0 and not self._next_chunk():
            return b""
        data = self._connection.read_some(min(most, self._left))
        if not data:
            raise Cut("the body was cut")
        self._left -= len(data)
        if self._left == 0:
            if self._chunked:
                self._connection.read_line()
            else:
                self.over = True
        return data

    def read_exactly(self, count: int) -> bytes:
        """So many bytes, or fewer at the end."""
        parts, have = [], 0
        while have < count:
            data = self.read_some(count - have)
            if not data:
                break
            parts.append(data)
            have += len(data)
        return b"".join(parts)

    def read_all(self, limit: int, subject: str) -> bytes:
        """The whole body. Fails with WIRE_TOO_LARGE as soon as it is over the limit."""
        if self.announced is not None and self.announced > limit:
            raise _too_large(self.announced, limit, subject)
        parts, have = [], 0
        for data in self:
            have += len(data)
            if have > limit:
                raise _too_large(have, limit, subject)
            parts.append(data)
        return b"".join(parts)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            data = self.read_some()
            if not data:
                return
            yield data

    def _next_chunk(self) -> bool:
        size = self._connection.read_line().split(b";")[0].strip()
        try:
            self._left = int(size, 16)
        except ValueError as cause:
            raise Cut("no chunk") from cause
        if self._left > 0:
            return True
        while self._connection.read_line():
            pass
        self.over = True
        return False


def chunk(data: bytes) -> bytes:
    """Bytes as one chunk of a body in chunks; no bytes end it."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def _too_large(length: int, limit: int, subject: str) -> CodedError:
    return CodedError(
        "WIRE_TOO_LARGE",
        f"{subject}: a body of at least {length} bytes, where {limit} are allowed",
        details={"length": length, "limit": limit},
    )
