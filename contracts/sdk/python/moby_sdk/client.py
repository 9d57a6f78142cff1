"""Calls what a component requires, served by the engine on a Unix socket."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Type, TypeVar, Union, cast

from .call import Call
from .contract import Contract, Driver, Method, Schema
from .errors import CodedError, from_envelope
from .frames import REQUEST, encode_frame, item_frames, read_items, status_frame
from .http1 import (
    CALL_HEADER,
    DRIVER_HEADER,
    EXCHANGE_HEADER,
    IDEMPOTENCY_HEADER,
    STREAM_TYPE,
    Body,
    Connection,
    Cut,
    chunk,
)
from .limits import DEFAULT_LIMITS, Limits
from .schema import parse_json

D = TypeVar("D", bound=Driver)

#: Connections that are kept for later calls.
_KEPT = 8


class Peer:
    """A process that serves contracts. Nothing is opened before the first call."""

    def __init__(self, path: str, limits: Limits = DEFAULT_LIMITS) -> None:
        self._path = path
        self._limits = limits
        self._lock = threading.Lock()
        self._free: List[Connection] = []
        self._closed = False

    def contract(self, kind: Type[D], driver: Optional[str] = None) -> D:
        """A driver behind the socket, with the methods of its class; `driver` picks one of several.

        Each method takes the request, the input where there is one, and as `call` the call that it is part of:
        when that is cancelled, this one is too.
        """
        contract = kind.contract
        methods = {
            method.attribute: _method(_Remote(self, contract, method, driver)) for method in contract.methods.values()
        }
        return cast(D, type(f"Remote{kind.__name__}", (kind,), methods)())

    def close(self) -> None:
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for connection in free:
            connection.close()

    def take(self, subject: str, fresh: bool) -> Connection:
        """A connection for one exchange."""
        with self._lock:
            if self._closed:
                raise CodedError("WIRE_PEER_UNREACHABLE", f"{subject}: the way to {self._path} was closed")
            if self._free and not fresh:
                return self._free.pop()
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            sock.connect(self._path)
        except OSError as cause:
            sock.close()
            raise unreachable(subject, self._path, cause) from cause
        return Connection(sock, self._limits)

    def give_back(self, connection: Connection) -> None:
        connection.deadline = None
        with self._lock:
            if not self._closed and len(self._free) < _KEPT:
                self._free.append(connection)
                return
        connection.close()

    @property
    def path(self) -> str:
        return self._path

    @property
    def limits(self) -> Limits:
        return self._limits


def unreachable(subject: str, path: str, cause: BaseException) -> CodedError:
    return CodedError(
        "WIRE_PEER_UNREACHABLE", f"{subject}: no answer from {path} ({cause})", details={"socketPath": path}
    )


class _Remote:
    """A method of a peer."""

    def __init__(self, peer: Peer, contract: Contract, method: Method, driver: Optional[str]) -> None:
        self.peer = peer
        self.contract = contract
        self.method = method
        self.driver = driver
        self.path = f"/{contract.id}/{method.name}"
        self.subject = f"{contract.id} {method.name}"

    def head(self, path: str, headers: Dict[str, str], call: Optional[Call]) -> bytes:
        every = {"Host": "moby", CALL_HEADER: call.id if call and call.id else str(uuid.uuid4()), **headers}
        if self.driver is not None:
            every[DRIVER_HEADER] = self.driver
        lines = "".join(f"{name}: {value}\r\n" for name, value in every.items())
        return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


def _method(remote: _Remote) -> Callable[..., Any]:
    method = remote.method

    # Only these two differ in what they take; the class of the driver has the full signature.
    def without_input(_self: Any, request: Any = None, call: Optional[Call] = None) -> Any:
        if method.output is not None:
            return _stream(remote, request, None, method.output, call)
        return _answer(remote, request, call)

    def with_input(_self: Any, request: Any, stream: Iterator[Any], call: Optional[Call] = None) -> Any:
        if method.output is not None:
            return _stream(remote, request, stream, method.output, call)
        return _upload(remote, request, stream, call)

    return without_input if method.input is None else with_input


class _Scope:
    """The time in which a call may last: until its deadline, or until the call that it is part of is cancelled."""

    def __init__(self, remote: _Remote, call: Optional[Call]) -> None:
        self._subject = remote.subject
        self._deadline_ms = remote.method.deadline_ms
        self._call = call
        self.deadline = time.monotonic() + self._deadline_ms / 1000 if self._deadline_ms else None
        self._forget: Callable[[], None] = lambda: None

    def bind(self, connection: Connection) -> None:
        connection.deadline = self.deadline
        if self._call is not None:
            self._forget = self._call.on_cancel(lambda: _shut(connection))

    def release(self) -> None:
        self._forget()

    def translate(self, cut: Cut, remote: _Remote, broken: bool) -> CodedError:
        """What a cut connection means to the caller."""
        if self._call is not None and self._call.cancelled:
            return CodedError("CANCELLED", f"{self._subject}: the caller gave up")
        if self.deadline is not None and time.monotonic() >= self.deadline:
            ms = self._deadline_ms
            return CodedError("WIRE_DEADLINE", f"{self._subject}: no answer within {ms} ms", details={"deadlineMs": ms})
        if broken:
            return CodedError("WIRE_STREAM_BROKEN", f"{self._subject}: the peer closed the connection")
        return unreachable(self._subject, remote.peer.path, cut)


def _answer(remote: _Remote, request: Any, call: Optional[Call]) -> Any:
    method = remote.method
    data = remote.contract.write(method.request, request)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    if method.idempotent:
        headers[IDEMPOTENCY_HEADER] = str(uuid.uuid4())
    message = remote.head(remote.path, headers, call) + data
    scope = _Scope(remote, call)
    try:
        # A connection that was kept may have been closed meanwhile: only what may be repeated uses one.
        return _exchange(remote, message, scope, fresh=not method.idempotent)
    except CodedError as error:
        repeated = method.idempotent and error.code == "WIRE_PEER_UNREACHABLE" and not (call and call.cancelled)
        if not repeated:
            raise
    return _exchange(remote, message, scope, fresh=True)


def _exchange(remote: _Remote, message: bytes, scope: _Scope, fresh: bool) -> Any:
    connection = remote.peer.take(remote.subject, fresh)
    kept = False
    try:
        scope.bind(connection)
        connection.write(message)
        status, body = _read_head(connection, scope.deadline)
        value = _read_result(remote, status, body)
        kept = body.over
        return value
    except Cut as cut:
        raise scope.translate(cut, remote, broken=False) from cut
    finally:
        scope.release()
        if kept:
            remote.peer.give_back(connection)
        else:
            connection.close()


def _upload(remote: _Remote, request: Any, stream: Iterator[Any], call: Optional[Call]) -> Any:
    """Input and an answer. It is never repeated: the stream is spent."""
    method, scope = remote.method, _Scope(remote, call)
    connection = remote.peer.take(remote.subject, fresh=True)
    first = encode_frame(REQUEST, remote.contract.write(method.request, request))
    head = remote.head(remote.path, {"Content-Type": STREAM_TYPE, "Transfer-Encoding": "chunked"}, call)
    feed = _Feed(remote, connection, method.input or "bytes", stream)
    try:
        scope.bind(connection)
        connection.write(head + chunk(first))
        feed.start()
        status, body = _read_head(connection, scope.deadline)
        return _read_result(remote, status, body)
    except Cut as cut:
        raise feed.failure or scope.translate(cut, remote, broken=False) from cut
    except CodedError as error:
        raise feed.failure or error from None
    finally:
        scope.release()
        _shut(connection)
        feed.join()
        connection.close()


def _stream(
    remote: _Remote, request: Any, stream: Optional[Iterator[Any]], kind: Union[str, Schema], call: Optional[Call]
) -> Iterator[Any]:
    """The call begins with the first item; to close the iterator ends it at once."""
    method, scope, exchange = remote.method, _Scope(remote, call), str(uuid.uuid4())
    data = remote.contract.write(method.request, request)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    if stream is not None:
        headers[EXCHANGE_HEADER] = exchange
    connection = remote.peer.take(remote.subject, fresh=True)
    feed: Optional[_Feed] = None
    try:
        scope.bind(connection)
        connection.write(remote.head(remote.path, headers, call) + data)
        if stream is not None:
            other = remote.peer.take(remote.subject, fresh=True)
            feed = _Feed(remote, other, method.input or "bytes", stream)
            more = {"Content-Type": STREAM_TYPE, "Transfer-Encoding": "chunked", EXCHANGE_HEADER: exchange}
            other.write(remote.head(f"{remote.path}/input", more, call))
            feed.start()
        status, body = _read_stream_head(remote, connection, scope)
        if status != 200:
            _read_result(remote, status, body)
        yield from read_items(
            lambda count: body.read_exactly(count),
            remote.contract,
            kind,
            remote.peer.limits,
            method.max_bytes,
            "WIRE_RESPONSE_INVALID",
            remote.subject,
        )
    except Cut as cut:
        raise scope.translate(cut, remote, broken=True) from cut
    finally:
        scope.release()
        connection.close()
        if feed is not None:
            feed.stop()


class _Feed:
    """An input on its way to the peer, as fast as the peer takes it, from a thread of its own."""

    def __init__(self, remote: _Remote, connection: Connection, kind: Union[str, Schema], stream: Iterator[Any]) -> None:
        self._remote = remote
        self._connection = connection
        self._kind = kind
        self._stream = stream
        #: What the source raised, if it did: the cause of the peer's error.
        self.failure: Optional[Exception] = None
        self._thread = threading.Thread(target=self._run, name="moby-feed", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def stop(self) -> None:
        _shut(self._connection)
        self.join()
        self._connection.close()

    def _run(self) -> None:
        send, remote = self._connection, self._remote
        try:
            for item in self._stream:
                for frame in item_frames(remote.contract, self._kind, item, remote.peer.limits):
                    send.sock.sendall(chunk(frame))
            send.sock.sendall(chunk(status_frame()) + chunk(b""))
        except OSError as error:
            if not isinstance(error, (BrokenPipeError, ConnectionError)) and error.errno is None:
                self._fail(error)
        except Exception as error:  # noqa: BLE001 - a failure of the source travels as its status
            self._fail(error)
        finally:
            close = getattr(self._stream, "close", None)
            if close is not None:
                close()

    def _fail(self, error: Exception) -> None:
        self.failure = error
        try:
            self._connection.sock.sendall(chunk(status_frame(error)) + chunk(b""))
        except OSError:
            pass


def _read_head(connection: Connection, deadline: Optional[float]) -> Tuple[int, Body]:
    first = None if deadline is None else max(0.001, deadline - time.monotonic())
    head = connection.read_head(first)
    if head is None:
        raise Cut("the connection was closed")
    connection.deadline = deadline
    start, headers = head
    parts = start.split(" ")
    if len(parts) < 2 or not parts[1].isdigit():
        raise Cut("no answer of HTTP")
    return int(parts[1]), Body(connection, headers, until_close=True)


def _read_stream_head(remote: _Remote, connection: Connection, scope: _Scope) -> Tuple[int, Body]:
    """A peer that does not even begin to answer is stuck, however long the stream itself may last."""
    seconds = remote.peer.limits.stream_head_seconds
    limit = time.monotonic() + seconds
    try:
        head = _read_head(connection, limit if scope.deadline is None else min(limit, scope.deadline))
    except Cut as cut:
        if time.monotonic() < limit:
            raise
        text = f"{remote.subject}: no answer began within {seconds} s"
        raise CodedError("WIRE_DEADLINE", text) from cut
    connection.deadline = scope.deadline
    return head


def _read_result(remote: _Remote, status: int, body: Body) -> Any:
    limits, method = remote.peer.limits, remote.method
    if status != 200:
        subject = f"{remote.subject}: answer with status {status}"
        data = body.read_all(limits.body_bytes, subject)
        raise from_envelope(parse_json(data, limits.depth, "WIRE_RESPONSE_INVALID", subject), subject)
    data = body.read_all(method.max_bytes, remote.subject)
    return remote.contract.read(method.response, data, limits.depth, "WIRE_RESPONSE_INVALID", remote.subject)


def _shut(connection: Connection) -> None:
    try:
        connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
