"""Streams on the wire: frames of one byte for the kind, four for the length (big-endian), and the payload."""

from __future__ import annotations

import json
import struct
from typing import Any, Callable, Iterator, Optional, Tuple, Union

from .contract import Contract, Schema
from .errors import CodedError, from_envelope, to_envelope
from .limits import Limits
from .schema import parse_json

DATA, RECORD, REQUEST, STATUS = 1, 2, 3, 4
_NAMES = {DATA: "data", RECORD: "record", REQUEST: "request", STATUS: "status"}
_HEAD = struct.Struct(">BI")

#: Kind and payload.
Frame = Tuple[int, bytes]
#: Reads exactly so many bytes, or fewer at the end of the body.
Read = Callable[[int], bytes]


def encode_frame(kind: int, payload: bytes) -> bytes:
    return _HEAD.pack(kind, len(payload)) + payload


def status_frame(error: Optional[BaseException] = None) -> bytes:
    """The frame that ends a stream: well, or with an error."""
    body = {} if error is None else to_envelope(error)[1]
    return encode_frame(STATUS, json.dumps(body).encode("utf-8"))


def item_frames(contract: Contract, kind: Union[str, Schema], item: Any, limits: Limits) -> Iterator[bytes]:
    """The frames of one item. Bytes are split, so that no frame is larger than a reader takes; no bytes are no frame."""
    if isinstance(kind, dict):
        yield encode_frame(RECORD, contract.write(kind, item))
        return
    data = memoryview(item)
    for at in range(0, len(data), limits.data_frame_bytes):
        yield encode_frame(DATA, bytes(data[at : at + limits.data_frame_bytes]))


def read_frame(read: Read, limits: Limits, json_bytes: int, subject: str) -> Optional[Frame]:
    """The next frame, None at the end of the body."""
    head = read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise CodedError("WIRE_STREAM_BROKEN", f"{subject}: the stream ended inside a frame")
    kind, length = _HEAD.unpack(head)
    if kind not in _NAMES:
        raise CodedError("WIRE_STREAM_BROKEN", f"{subject}: {kind} is no kind of frame")
    limit = limits.data_frame_bytes if kind == DATA else json_bytes
    if length > limit:
        raise CodedError(
            "WIRE_TOO_LARGE",
            f"{subject}: a frame of {length} bytes, where {limit} are allowed",
            details={"length": length, "limit": limit},
        )
    payload = read(length)
    if len(payload) < length:
        raise CodedError("WIRE_STREAM_BROKEN", f"{subject}: the stream ended inside a frame")
    return kind, payload


def read_items(
    read: Read,
    contract: Contract,
    kind: Union[str, Schema],
    limits: Limits,
    json_bytes: int,
    code: str,
    subject: str,
) -> Iterator[Any]:
    """The items of a stream. Fails with the error of its status frame, and when it ends without one."""
    wanted = RECORD if isinstance(kind, dict) else DATA
    while True:
        frame = read_frame(read, limits, json_bytes, subject)
        if frame is None:
            raise CodedError("WIRE_STREAM_BROKEN", f"{subject}: the stream was cut")
        found, payload = frame
        if found == STATUS:
            status = parse_json(payload, limits.depth, code, subject)
            if isinstance(status, dict) and "error" not in status:
                return
            raise from_envelope(status, subject)
        if found != wanted:
            raise CodedError(
                "WIRE_STREAM_BROKEN", f"{subject}: a {_NAMES[found]} frame in a stream of {_NAMES[wanted]}"
            )
        yield contract.read(kind, payload, limits.depth, code, subject) if isinstance(kind, dict) else payload
