"""Reads the request of a call, calls the method and answers."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Optional, Union

from .call import Call
from .contract import Contract, Method, Schema
from .errors import CodedError, to_envelope
from .frames import REQUEST, item_frames, read_frame, read_items, status_frame
from .http1 import EXCHANGE_HEADER, STREAM_TYPE, Body, Connection, Cut, chunk
from .limits import Limits
from .pairs import Pairs, exchange_id
from .watch import Watch


@dataclass
class Served:
    """What is called."""

    contract: Contract
    method: Method
    function: Callable[..., Any]
    #: Told of what is thrown without a code inside a stream.
    on_defect: Callable[[BaseException, str, Call], None]

    @property
    def subject(self) -> str:
        return f"{self.contract.id} {self.method.name}"


class Exchange:
    """A request that came in, and the way back."""

    def __init__(
        self, connection: Connection, body: Body, headers: Dict[str, str], call: Call, limits: Limits, watch: Watch
    ) -> None:
        self.connection = connection
        self.body = body
        self.headers = headers
        self.call = call
        self.limits = limits
        #: True when the head of the answer has been sent.
        self.begun = False
        self._watch = watch
        self._end_watch: Optional[Callable[[], None]] = None

    def watch(self) -> None:
        """From now on the call is cancelled when the caller closes the connection."""
        if self._end_watch is None:
            self._end_watch = self._watch.add(self.connection.sock, self.call.cancel)

    def unwatch(self) -> None:
        if self._end_watch is not None:
            self._end_watch()

    def answer(self, status: int, body: bytes) -> None:
        self.begun = True
        head = f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}\r\nContent-Type: application/json\r\n"
        self.connection.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body)

    def answer_error(self, error: BaseException) -> None:
        status, body = to_envelope(error)
        self.answer(status, json.dumps(body).encode("utf-8"))

    def begin_stream(self) -> None:
        self.begun = True
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {STREAM_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.connection.write(head.encode("latin-1"))


_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 409: "Conflict", 500: "Internal Server Error"}


def serve_call(served: Served, exchange: Exchange, pairs: Pairs) -> None:
    """Raises what can still be answered with an error."""
    method = served.method
    if method.input is None:
        request = _read_request(served, exchange)
        exchange.watch()
        if method.output is None:
            return _answer(served, exchange, served.function(request, exchange.call))
        return _stream(served, exchange, method.output, lambda: served.function(request, exchange.call))
    if method.output is None:
        return _serve_input(served, exchange, method.input)
    return _serve_two_way(served, exchange, pairs, method.input, method.output)


def _serve_input(served: Served, exchange: Exchange, kind: Union[str, Schema]) -> None:
    """Input and an answer: one exchange, whose first frame is the request."""
    exchange.watch()
    read = _reader(exchange.body, served.subject)
    frame = read_frame(read, exchange.limits, served.method.max_bytes, served.subject)
    if frame is None or frame[0] != REQUEST:
        raise CodedError("WIRE_REQUEST_INVALID", f"{served.subject}: the first frame is not a request")
    request = _parse(served, exchange, frame[1])
    items = _items(served, exchange, read, kind)
    _answer(served, exchange, served.function(request, items, exchange.call))


def _serve_two_way(
    served: Served, exchange: Exchange, pairs: Pairs, kind: Union[str, Schema], output: Union[str, Schema]
) -> None:
    """Input and output: two exchanges that share an id. This is the one that carries the output."""
    id = exchange_id(exchange.headers, EXCHANGE_HEADER)
    pair = pairs.call(id)
    try:
        request = _read_request(served, exchange)
        exchange.watch()

        def items() -> Iterator[Any]:
            read = _reader(pairs.wait_input(id, pair), served.subject)
            yield from _items(served, exchange, read, kind)

        _stream(served, exchange, output, lambda: served.function(request, items(), exchange.call))
    finally:
        pairs.finish(id, pair)


def _items(served: Served, exchange: Exchange, read: Callable[[int], bytes], kind: Union[str, Schema]) -> Iterator[Any]:
    limit = served.method.max_bytes
    return read_items(
        read, served.contract, kind, exchange.limits, limit, "WIRE_REQUEST_INVALID", served.subject
    )


def _reader(body: Body, subject: str) -> Callable[[int], bytes]:
    def read(count: int) -> bytes:
        try:
            return body.read_exactly(count)
        except Cut as cause:
            raise CodedError("WIRE_STREAM_BROKEN", f"{subject}: the input was cut") from cause

    return read


def _read_request(served: Served, exchange: Exchange) -> Any:
    exchange.connection.deadline = time.monotonic() + exchange.limits.body_seconds
    try:
        data = exchange.body.read_all(served.method.max_bytes, served.subject)
    finally:
        exchange.connection.deadline = None
    return _parse(served, exchange, data or b"{}")


def _parse(served: Served, exchange: Exchange, data: bytes) -> Any:
    depth = exchange.limits.depth
    return served.contract.read(served.method.request, data, depth, "WIRE_REQUEST_INVALID", served.subject)


def _answer(served: Served, exchange: Exchange, value: Any) -> None:
    exchange.answer(200, served.contract.write(served.method.response, value))


def _stream(served: Served, exchange: Exchange, kind: Union[str, Schema], open: Callable[[], Iterator[Any]]) -> None:
    """The head goes out before the first item, so that the caller knows that it is served; errors come as status."""
    exchange.begin_stream()
    items: Optional[Iterator[Any]] = None
    end = status_frame()
    try:
        items = open()
        for item in items:
            for frame in item_frames(served.contract, kind, item, exchange.limits):
                exchange.connection.write(chunk(frame))
            if exchange.call.cancelled:
                raise Cut("the caller has gone")
    except Cut:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a driver throws becomes a status
        if not isinstance(error, (CodedError, NotImplementedError)):
            served.on_defect(error, served.subject, exchange.call)
        end = status_frame(error)
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()
    exchange.connection.write(chunk(end) + chunk(b""))
