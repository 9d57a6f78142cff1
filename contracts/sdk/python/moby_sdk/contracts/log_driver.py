"""log.driver 0.1.0: Where the output of containers goes, and comes back from.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class CapabilitiesResponse:
    read: bool


@dataclass
class ValidateRequest:
    #: `--log-opt`
    options: Dict[str, str]


@dataclass
class LogInfo:
    #: `--log-opt`
    options: Dict[str, str]
    container_id: str
    #: With leading slash
    container_name: str
    entrypoint: str
    args: List[str]
    image_id: str
    image_name: str
    #: When the container was created
    created_at: str
    env: List[str]
    #: Labels of the container
    labels: Dict[str, str]
    daemon_name: str


@dataclass
class OpenRequest:
    log: str
    info: LogInfo


@dataclass
class LogPosition:
    #: Bytes of stdout
    stdout: int
    #: Bytes of stderr
    stderr: int


@dataclass
class OpenResponse:
    position: LogPosition
    #: File that holds the log, when there is one
    path: Optional[str] = None


@dataclass
class Partial:
    #: The same for all pieces of a line
    id: str
    ordinal: int
    #: True for the piece that ended in a line feed
    last: bool


@dataclass
class LogRecord:
    stream: str
    #: When the end of the line was read, with nanoseconds
    time: str
    #: Without the line feed
    line: bytes
    partial: Optional[Partial] = None


@dataclass
class WriteRequest:
    log: str
    #: Together not more than 8 MiB
    records: List[LogRecord]
    position: LogPosition


@dataclass
class ReadRequest:
    log: str
    #: Not before
    since: Optional[str] = None
    #: Not after
    until: Optional[str] = None
    tail: Optional[int] = None
    follow: Optional[bool] = None
    streams: Optional[List[str]] = None


@dataclass
class CloseRequest:
    log: str


@dataclass
class RemoveRequest:
    log: str


class LogDriver(Driver):
    """Where the output of containers goes, and comes back from.
    """

    def capabilities(self, request: Nothing, call: Call) -> CapabilitiesResponse:
        """Whether logs can be read back.
        """
        raise NotImplementedError

    def validate(self, request: ValidateRequest, call: Call) -> None:
        """Checks the options of a container before it is created.

        Errors: LOG_OPTION_INVALID.
        """
        raise NotImplementedError

    def open(self, request: OpenRequest, call: Call) -> OpenResponse:
        """Opens the log of a container, made at the first call. The answer tells what it holds
        already: writing goes on from there. One that is open already is opened anew with the
        options given, and loses nothing.

        Errors: LOG_OPTION_INVALID.
        """
        raise NotImplementedError

    def write(self, request: WriteRequest, call: Call) -> None:
        """Appends records that reach up to `position`. When the driver answers it has them: they
        survive its death and that of the engine. A batch whose position the log has reached
        already, in both streams, is dropped. A log that is closed is LOG_NOT_FOUND, until it is
        opened again.

        Errors: LOG_NOT_FOUND.
        """
        raise NotImplementedError

    def read(self, request: ReadRequest, call: Call) -> Iterator[List[LogRecord]]:
        """Records in the order written, in batches. `tail` counts whole lines of both streams from the
        end of the log, 0 for none, absent for all; `since`, `until` and `streams` then choose among
        these. A format that holds text gives U+FFFD for what is no UTF-8. A log that is closed can
        be read as well. With `follow` the stream goes on until the log is closed or removed, a
        record is later than `until`, or the caller gives up; a driver may also end it when that
        time has passed.

        Errors: LOG_NOT_FOUND, LOG_NOT_READABLE.
        """
        raise NotImplementedError

    def close(self, request: CloseRequest, call: Call) -> None:
        """No more records will come until the next open. Followers end after the last record. An
        unknown one is success.
        """
        raise NotImplementedError

    def remove(self, request: RemoveRequest, call: Call) -> None:
        """Removes a log and its files. An unknown one is success.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["read"],"x-type":"CapabilitiesResponse","properties":{"read":{"type":"boolean"}}},
"validate.request": {"type":"object","required":["options"],"additionalProperties":false,"x-type":"ValidateRequest","properties":{"options":{"type":"object","description":"`--log-opt`","patternProperties":{"^.*$":{"type":"string"}}}}},
"validate.response": {"type":"object","properties":{}},
"open.request": {"type":"object","required":["log","info"],"additionalProperties":false,"x-type":"OpenRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"info":{"type":"object","required":["options","containerId","containerName","entrypoint","args","imageId","imageName","createdAt","env","labels","daemonName"],"additionalProperties":false,"x-type":"LogInfo","properties":{"options":{"type":"object","description":"`--log-opt`","patternProperties":{"^.*$":{"type":"string"}}},"containerId":{"type":"string"},"containerName":{"type":"string","description":"With leading slash"},"entrypoint":{"type":"string"},"args":{"type":"array","items":{"type":"string"}},"imageId":{"type":"string"},"imageName":{"type":"string"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When the container was created"},"env":{"type":"array","items":{"type":"string"}},"labels":{"type":"object","description":"Labels of the container","patternProperties":{"^.*$":{"type":"string"}}},"daemonName":{"type":"string"}}}}},
"open.response": {"type":"object","required":["position"],"x-type":"OpenResponse","properties":{"position":{"type":"object","required":["stdout","stderr"],"additionalProperties":false,"x-type":"LogPosition","properties":{"stdout":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stdout"},"stderr":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stderr"}}},"path":{"type":"string","description":"File that holds the log, when there is one"}}},
"write.request": {"type":"object","required":["log","records","position"],"additionalProperties":false,"x-type":"WriteRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"records":{"type":"array","maxItems":4096,"description":"Together not more than 8 MiB","items":{"type":"object","required":["stream","time","line"],"additionalProperties":false,"x-type":"LogRecord","properties":{"stream":{"type":"string","enum":["stdout","stderr"]},"time":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When the end of the line was read, with nanoseconds"},"line":{"type":"string","contentEncoding":"base64","description":"Without the line feed"},"partial":{"type":"object","required":["id","ordinal","last"],"additionalProperties":false,"x-type":"Partial","properties":{"id":{"type":"string","description":"The same for all pieces of a line"},"ordinal":{"type":"integer","minimum":1},"last":{"type":"boolean","description":"True for the piece that ended in a line feed"}}}}}},"position":{"type":"object","required":["stdout","stderr"],"additionalProperties":false,"x-type":"LogPosition","properties":{"stdout":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stdout"},"stderr":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stderr"}}}}},
"write.response": {"type":"object","properties":{}},
"read.request": {"type":"object","required":["log"],"additionalProperties":false,"x-type":"ReadRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"since":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"Not before"},"until":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"Not after"},"tail":{"type":"integer","minimum":0},"follow":{"type":"boolean"},"streams":{"type":"array","items":{"type":"string","enum":["stdout","stderr"]}}}},
"read.output": {"type":"array","minItems":1,"maxItems":4096,"description":"Together not more than 8 MiB","items":{"type":"object","required":["stream","time","line"],"additionalProperties":false,"x-type":"LogRecord","properties":{"stream":{"type":"string","enum":["stdout","stderr"]},"time":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When the end of the line was read, with nanoseconds"},"line":{"type":"string","contentEncoding":"base64","description":"Without the line feed"},"partial":{"type":"object","required":["id","ordinal","last"],"additionalProperties":false,"x-type":"Partial","properties":{"id":{"type":"string","description":"The same for all pieces of a line"},"ordinal":{"type":"integer","minimum":1},"last":{"type":"boolean","description":"True for the piece that ended in a line feed"}}}}}},
"close.request": {"type":"object","required":["log"],"additionalProperties":false,"x-type":"CloseRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"close.response": {"type":"object","properties":{}},
"remove.request": {"type":"object","required":["log"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"remove.response": {"type":"object","properties":{}}
}'''
)


LogDriver.contract = Contract(
    "log.driver",
    "0.1.0",
    [
        Method(
            "capabilities",
            "capabilities",
            request=_SCHEMAS["capabilities.request"],
            response=_SCHEMAS["capabilities.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "validate",
            "validate",
            request=_SCHEMAS["validate.request"],
            response=_SCHEMAS["validate.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "open",
            "open",
            request=_SCHEMAS["open.request"],
            response=_SCHEMAS["open.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=True,
        ),
        Method(
            "write",
            "write",
            request=_SCHEMAS["write.request"],
            response=_SCHEMAS["write.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=True,
        ),
        Method(
            "read",
            "read",
            request=_SCHEMAS["read.request"],
            response=None,
            input=None,
            output=_SCHEMAS["read.output"],
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "close",
            "close",
            request=_SCHEMAS["close.request"],
            response=_SCHEMAS["close.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=True,
        ),
        Method(
            "remove",
            "remove",
            request=_SCHEMAS["remove.request"],
            response=_SCHEMAS["remove.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=True,
        ),
    ],
    [
        CapabilitiesResponse,
        ValidateRequest,
        LogInfo,
        OpenRequest,
        LogPosition,
        OpenResponse,
        Partial,
        LogRecord,
        WriteRequest,
        ReadRequest,
        CloseRequest,
        RemoveRequest,
    ],
)
