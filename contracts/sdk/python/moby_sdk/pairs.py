"""Brings the two exchanges of two-way calls together, in whichever order they arrive."""

from __future__ import annotations

import re
import threading
from typing import Dict, Optional

from .errors import CodedError
from .http1 import Body
from .limits import Limits

_ID = re.compile(r"[A-Za-z0-9-]{16,64}")


class Pair:
    def __init__(self) -> None:
        self.input: Optional[Body] = None
        self.offered = threading.Event()
        self.called = threading.Event()
        self.over = threading.Event()


class Pairs:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._pairs: Dict[str, Pair] = {}

    def call(self, id: str) -> Pair:
        """The side of the call: `wait_input` gives the other one, `finish` must be called at the end."""
        with self._lock:
            pair = self._pair(id)
            if pair.called.is_set():
                raise CodedError("WIRE_REQUEST_INVALID", f"exchange {id} is called twice")
            pair.called.set()
            return pair

    def wait_input(self, id: str, pair: Pair) -> Body:
        if not pair.offered.wait(self._limits.pair_seconds) or pair.input is None:
            raise CodedError("WIRE_STREAM_BROKEN", f"the input of exchange {id} did not come")
        return pair.input

    def finish(self, id: str, pair: Pair) -> None:
        with self._lock:
            self._pairs.pop(id, None)
        pair.over.set()

    def offer(self, id: str, body: Body) -> None:
        """The side of the input: returns when the call has no more use for it."""
        with self._lock:
            pair = self._pair(id)
            if pair.offered.is_set():
                raise CodedError("WIRE_REQUEST_INVALID", f"exchange {id} has two inputs")
            pair.input = body
            pair.offered.set()
        if not pair.called.wait(self._limits.pair_seconds):
            with self._lock:
                if not pair.called.is_set():
                    self._pairs.pop(id, None)
                    raise CodedError("WIRE_STREAM_BROKEN", f"the call of exchange {id} did not come")
        pair.over.wait()

    def _pair(self, id: str) -> Pair:
        known = self._pairs.get(id)
        if known is not None:
            return known
        waiting = sum(each.called.is_set() != each.offered.is_set() for each in self._pairs.values())
        if waiting >= self._limits.waiting_pairs:
            raise CodedError("WIRE_TOO_LARGE", f"{waiting} exchanges wait for their other half already")
        self._pairs[id] = Pair()
        return self._pairs[id]


def exchange_id(headers: Dict[str, str], header: str) -> str:
    """The id that joins the exchanges of a two-way call."""
    id = headers.get(header, "")
    if _ID.fullmatch(id):
        return id
    raise CodedError("WIRE_REQUEST_INVALID", f"a two-way call needs the header {header}")
