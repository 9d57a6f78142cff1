"""What a peer may ask of this process before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    #: Bytes of a JSON body or record, for methods that do not set another limit.
    body_bytes: int = 16 * 1024 * 1024
    #: Bytes of one frame of a byte stream; what is longer is split.
    data_frame_bytes: int = 1024 * 1024
    #: Objects and arrays within one another.
    depth: int = 64
    #: Seconds until a JSON request must have arrived.
    body_seconds: float = 30.0
    #: Seconds that one half of a two-way call waits for the other.
    pair_seconds: float = 10.0
    #: Halves of two-way calls that wait at once.
    waiting_pairs: int = 256
    #: Seconds until the head of an answer that is a stream must have come.
    stream_head_seconds: float = 30.0
    #: Seconds until the head of a request that has begun must have come.
    head_seconds: float = 10.0
    #: Seconds for which an idle connection is kept.
    idle_seconds: float = 60.0
    #: Bytes of the head of a message.
    head_bytes: int = 64 * 1024
    #: Connections at once; more wait to be accepted.
    connections: int = 512


DEFAULT_LIMITS = Limits()
