"""test.sample 0.3.1: Methods of every shape.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from moby_sdk.contract import Call, Contract, Driver, Method, Nothing


@dataclass
class Part:
    name: str
    #: Any
    data: bytes


@dataclass
class EchoRequest:
    text: Optional[str] = None
    #: Words
    labels: Optional[Dict[str, str]] = None
    #: Large
    big: Optional[int] = None
    #: Any
    bytes: Optional[bytes] = None
    parts: Optional[List[Part]] = None
    free: Optional[Any] = None


@dataclass
class EchoResponse:
    got: Any
    #: The same
    bytes: Optional[bytes] = None


@dataclass
class UploadRequest:
    stop_after: Optional[int] = None


@dataclass
class UploadResponse:
    #: Bytes
    length: int
    digest: str


@dataclass
class DownloadRequest:
    chunks: int
    size: int
    fail_after: Optional[int] = None


@dataclass
class RecordsRequest:
    count: int


@dataclass
class RecordsItem:
    n: int
    #: n zeros
    data: bytes


@dataclass
class TalkRequest:
    greeting: str


@dataclass
class TalkItem:
    said: str


class TestSample(Driver):
    """Methods of every shape.
    """

    def echo(self, request: EchoRequest, call: Call) -> EchoResponse:
        """Answers with what it got.
        """
        raise NotImplementedError

    def act(self, request: Nothing, call: Call) -> None:
        """Does something once.
        """
        raise NotImplementedError

    def hurry(self, request: Nothing, call: Call) -> None:
        """Must not take long.
        """
        raise NotImplementedError

    def upload(self, request: UploadRequest, stream: Iterator[bytes], call: Call) -> UploadResponse:
        """Counts bytes.
        """
        raise NotImplementedError

    def download(self, request: DownloadRequest, call: Call) -> Iterator[bytes]:
        """Sends bytes.
        """
        raise NotImplementedError

    def records(self, request: RecordsRequest, call: Call) -> Iterator[RecordsItem]:
        """Counts.
        """
        raise NotImplementedError

    def talk(self, request: TalkRequest, stream: Iterator[bytes], call: Call) -> Iterator[TalkItem]:
        """Answers each piece with its upper case.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"echo.request": {"type":"object","additionalProperties":false,"x-type":"EchoRequest","properties":{"text":{"type":"string","maxLength":1000000},"labels":{"type":"object","description":"Words","patternProperties":{"^.*$":{"type":"string"}}},"big":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Large"},"bytes":{"type":"string","contentEncoding":"base64","description":"Any"},"parts":{"type":"array","items":{"type":"object","required":["name","data"],"additionalProperties":false,"x-type":"Part","properties":{"name":{"type":"string"},"data":{"type":"string","contentEncoding":"base64","description":"Any"}}}},"free":{}}},
"echo.response": {"type":"object","required":["got"],"x-type":"EchoResponse","properties":{"got":{},"bytes":{"type":"string","contentEncoding":"base64","description":"The same"}}},
"act.request": {"type":"object","additionalProperties":false,"properties":{}},
"act.response": {"type":"object","properties":{}},
"hurry.request": {"type":"object","additionalProperties":false,"properties":{}},
"hurry.response": {"type":"object","properties":{}},
"upload.request": {"type":"object","additionalProperties":false,"x-type":"UploadRequest","properties":{"stopAfter":{"type":"integer"}}},
"upload.response": {"type":"object","required":["length","digest"],"x-type":"UploadResponse","properties":{"length":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"digest":{"type":"string"}}},
"download.request": {"type":"object","required":["chunks","size"],"additionalProperties":false,"x-type":"DownloadRequest","properties":{"chunks":{"type":"integer"},"size":{"type":"integer"},"failAfter":{"type":"integer"}}},
"records.request": {"type":"object","required":["count"],"additionalProperties":false,"x-type":"RecordsRequest","properties":{"count":{"type":"integer"}}},
"records.output": {"type":"object","required":["n","data"],"additionalProperties":false,"x-type":"RecordsItem","properties":{"n":{"type":"integer"},"data":{"type":"string","contentEncoding":"base64","description":"n zeros"}}},
"talk.request": {"type":"object","required":["greeting"],"additionalProperties":false,"x-type":"TalkRequest","properties":{"greeting":{"type":"string"}}},
"talk.output": {"type":"object","required":["said"],"x-type":"TalkItem","properties":{"said":{"type":"string"}}}
}'''
)


TestSample.contract = Contract(
    "test.sample",
    "0.3.1",
    [
        Method(
            "echo",
            "echo",
            request=_SCHEMAS["echo.request"],
            response=_SCHEMAS["echo.response"],
            input=None,
            output=None,
            deadline_ms=20000,
            idempotent=True,
        ),
        Method(
            "act",
            "act",
            request=_SCHEMAS["act.request"],
            response=_SCHEMAS["act.response"],
            input=None,
            output=None,
            deadline_ms=20000,
            idempotent=False,
        ),
        Method(
            "hurry",
            "hurry",
            request=_SCHEMAS["hurry.request"],
            response=_SCHEMAS["hurry.response"],
            input=None,
            output=None,
            deadline_ms=300,
            idempotent=False,
        ),
        Method(
            "upload",
            "upload",
            request=_SCHEMAS["upload.request"],
            response=_SCHEMAS["upload.response"],
            input="bytes",
            output=None,
            deadline_ms=0,
            idempotent=False,
        ),
        Method(
            "download",
            "download",
            request=_SCHEMAS["download.request"],
            response=None,
            input=None,
            output="bytes",
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "records",
            "records",
            request=_SCHEMAS["records.request"],
            response=None,
            input=None,
            output=_SCHEMAS["records.output"],
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "talk",
            "talk",
            request=_SCHEMAS["talk.request"],
            response=None,
            input="bytes",
            output=_SCHEMAS["talk.output"],
            deadline_ms=0,
            idempotent=False,
        ),
    ],
    [
        Part,
        EchoRequest,
        EchoResponse,
        UploadRequest,
        UploadResponse,
        DownloadRequest,
        RecordsRequest,
        RecordsItem,
        TalkRequest,
        TalkItem,
    ],
)
