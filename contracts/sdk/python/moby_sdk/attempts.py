"""Keeps the attempts of one call apart."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Dict, Iterator


@dataclass
class _Turns:
    lock: threading.Lock = field(default_factory=threading.Lock)
    count: int = 0


class Attempts:
    """A second attempt begins when the first, cut off from its caller, is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: Dict[str, _Turns] = {}

    @contextmanager
    def in_turn(self, key: str) -> Iterator[None]:
        with self._lock:
            turns = self._keys.setdefault(key, _Turns())
            turns.count += 1
        try:
            with turns.lock:
                yield
        finally:
            with self._lock:
                turns.count -= 1
                if turns.count == 0:
                    del self._keys[key]
