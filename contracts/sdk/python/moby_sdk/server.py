"""Serves drivers on a Unix socket: `POST /<contract>/<method>`, and the handshake."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from typing import Any, Dict, Optional, Sequence

from .attempts import Attempts
from .call import Call
from .contract import Driver, Method, contracts_of
from .errors import CodedError
from .http1 import CALL_HEADER, EXCHANGE_HEADER, IDEMPOTENCY_HEADER, Body, Connection, Cut
from .limits import DEFAULT_LIMITS, Limits
from .log import Log
from .pairs import Pairs, exchange_id
from .serve_call import Exchange, Served, serve_call
from .watch import Watch

_PATH = re.compile(r"/([a-z0-9.]+)/([A-Za-z0-9]+)(/input)?")
_REQUEST = re.compile(r"([A-Z]+) (\S+) HTTP/1\.1")

#: Seconds in which input that nobody wants is read off, so that its sender gets the answer.
_DRAIN_SECONDS = 5.0


class Server:
    """A thread a connection, one call after the other on each."""

    def __init__(
        self,
        component: str,
        version: str,
        drivers: Sequence[Driver],
        log: Optional[Log] = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._served = {driver.contract.id: driver for driver in drivers}
        self._limits = limits
        self._log = log or Log()
        self._pairs = Pairs(limits)
        self._attempts = Attempts()
        self._watch = Watch()
        self._places = threading.BoundedSemaphore(limits.connections)
        self._idle = threading.Condition()
        self._connections: Dict[socket.socket, bool] = {}
        self._closing = False
        self._handshake = json.dumps(
            {"Implements": [], "component": component, "version": version, "contracts": contracts_of(drivers)}
        ).encode("utf-8")

    def listen(self, path: str) -> None:
        """Begins to serve. A socket that an earlier process left is replaced."""
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._listener.bind(path)
        # A Unix socket refuses whoever comes while the queue is full; the kernel bounds it by net.core.somaxconn.
        self._listener.listen(4096)
        threading.Thread(target=self._accept, name="moby-accept", daemon=True).start()

    def close(self, grace: float = 5.0) -> None:
        """Refuses new calls, lets those in flight end for some seconds, then cuts them."""
        self._closing = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        end = time.monotonic() + grace
        with self._idle:
            while any(self._connections.values()) and time.monotonic() < end:
                self._idle.wait(max(0.0, end - time.monotonic()))
            left = list(self._connections)
        for sock in left:
            _shut(sock)
        self._watch.close()

    def _accept(self) -> None:
        while True:
            self._places.acquire()
            try:
                sock, _ = self._listener.accept()
            except OSError:
                self._places.release()
                if self._closing:
                    return
                # Out of descriptors, for one: the next moment may be better.
                time.sleep(0.05)
                continue
            with self._idle:
                self._connections[sock] = False
            threading.Thread(target=self._serve, args=(sock,), name="moby-connection", daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        connection = Connection(sock, self._limits)
        try:
            while not self._closing and self._serve_one(connection):
                pass
        except Cut:
            # The caller went away or does not speak HTTP: there is nobody to tell.
            pass
        except Exception as defect:  # noqa: BLE001 - a defect of one connection must not end the component
            self._log.error("a connection failed", defect)
        finally:
            with self._idle:
                del self._connections[sock]
                self._idle.notify_all()
            connection.close()
            self._places.release()

    def _serve_one(self, connection: Connection) -> bool:
        """One exchange; True when the connection can carry another."""
        head = connection.read_head(self._limits.idle_seconds)
        if head is None:
            return False
        with self._idle:
            self._connections[connection.sock] = True
        start, headers = head
        match = _REQUEST.fullmatch(start)
        if match is None:
            raise Cut("no request")
        call = Call(headers.get(CALL_HEADER, ""))
        exchange = Exchange(connection, Body(connection, headers), headers, call, self._limits, self._watch)
        try:
            self._route(match.group(1), match.group(2), exchange)
        except Cut:
            call.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever a driver throws becomes an answer
            self._tell(error, exchange, match.group(2))
            if exchange.begun:
                raise Cut("the answer was cut") from error
            exchange.answer_error(error)
        finally:
            exchange.unwatch()
        with self._idle:
            self._connections[connection.sock] = False
            self._idle.notify_all()
        return self._read_off(exchange) and headers.get("connection", "").lower() != "close"

    def _route(self, verb: str, path: str, exchange: Exchange) -> None:
        if verb != "POST":
            raise CodedError("WIRE_REQUEST_INVALID", f"{verb}: only POST is served")
        if path == "/Plugin.Activate":
            return exchange.answer(200, self._handshake)
        match = _PATH.fullmatch(path)
        if match is None:
            raise CodedError("WIRE_REQUEST_INVALID", f"{path} is not /<contract>/<method>")
        served = self._look_up(match.group(1), match.group(2))
        if match.group(3) is not None:
            self._pairs.offer(exchange_id(exchange.headers, EXCHANGE_HEADER), exchange.body)
            return exchange.answer(200, b"{}")
        key = exchange.headers.get(IDEMPOTENCY_HEADER)
        if key is None or len(key) > 64:
            return serve_call(served, exchange, self._pairs)
        with self._attempts.in_turn(f"{served.subject} {key}"):
            if not exchange.call.cancelled:
                serve_call(served, exchange, self._pairs)

    def _look_up(self, contract: str, name: str) -> Served:
        driver = self._served.get(contract)
        if driver is None:
            raise CodedError("WIRE_CONTRACT_UNKNOWN", f"this component does not serve {contract}")
        method: Optional[Method] = driver.contract.methods.get(name)
        function: Any = getattr(driver, method.attribute, None) if method is not None else None
        if method is None or function is None:
            version = driver.contract.version
            raise CodedError("WIRE_METHOD_UNKNOWN", f"{contract} {version} has no method {name} here")
        return Served(driver.contract, method, function, self._tell_defect)

    def _read_off(self, exchange: Exchange) -> bool:
        """Reads what is left of a request after its answer; a sender that goes on and on is cut."""
        if exchange.body.over:
            return True
        exchange.connection.deadline = time.monotonic() + _DRAIN_SECONDS
        for _ in exchange.body:
            pass
        exchange.connection.deadline = None
        return True

    def _tell(self, error: BaseException, exchange: Exchange, path: str) -> None:
        if not isinstance(error, (CodedError, NotImplementedError)):
            self._tell_defect(error, path, exchange.call)

    def _tell_defect(self, error: BaseException, subject: str, call: Call) -> None:
        if not call.cancelled:
            self._log.error(f"{subject} failed without a code", error, call=call.id)


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass

