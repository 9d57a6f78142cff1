"""state.store 0.1.0: Where the engine keeps what must survive it.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class InfoResponse:
    schema_version: int
    #: Newest
    revision: int


@dataclass
class GetRequest:
    #: Segments joined by slashes: containers/0123
    key: str


@dataclass
class Entry:
    #: Segments joined by slashes: containers/0123
    key: str
    #: JSON
    value: Any
    #: Revision of the store when it was written last
    revision: int


@dataclass
class GetResponse:
    entry: Optional[Entry] = None


@dataclass
class ListRequest:
    prefix: str
    #: Segments joined by slashes: containers/0123
    after: Optional[str] = None
    limit: Optional[int] = None


@dataclass
class ListResponse:
    entries: List[Entry]
    #: Revision that the list shows
    revision: int
    more: bool


@dataclass
class CommitRequest:
    changes: List[Any]
    durability: str


@dataclass
class CommitResponse:
    #: Of this commit
    revision: int


@dataclass
class WatchRequest:
    prefix: str
    #: Revision; absent: from now on
    after: Optional[int] = None


@dataclass
class WatchItem:
    #: Segments joined by slashes: containers/0123
    key: str
    deleted: bool
    #: Of the change
    revision: int
    value: Optional[Any] = None


class StateStore(Driver):
    """Where the engine keeps what must survive it.
    """

    def info(self, request: Nothing, call: Call) -> InfoResponse:
        """Version of the stored schema and the newest revision.
        """
        raise NotImplementedError

    def get(self, request: GetRequest, call: Call) -> GetResponse:
        """One key; `entry` is absent when it does not exist.

        Errors: STATE_CORRUPT.
        """
        raise NotImplementedError

    def list(self, request: ListRequest, call: Call) -> ListResponse:
        """Keys that begin with the prefix, in the order of their UTF-8 bytes, at most `limit` after
        `after`.

        Errors: STATE_CORRUPT.
        """
        raise NotImplementedError

    def commit(self, request: CommitRequest, call: Call) -> CommitResponse:
        """Applies changes together, in their order; to delete a key that does not exist is no error.
        `power-loss`: when it answers they survive a loss of power (commits of several callers share
        one flush); `process`: they survive the death of the process.

        Errors: STATE_CONFLICT, STATE_CORRUPT, STATE_FULL, STATE_WRITE_FAILED.
        """
        raise NotImplementedError

    def watch(self, request: WatchRequest, call: Call) -> Iterator[WatchItem]:
        """Changes under a prefix after a revision, each once, in order. Deleted keys come without
        value.

        Errors: STATE_REVISION_GONE.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"info.request": {"type":"object","additionalProperties":false,"properties":{}},
"info.response": {"type":"object","required":["schemaVersion","revision"],"x-type":"InfoResponse","properties":{"schemaVersion":{"type":"integer"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Newest"}}},
"get.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"GetRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"}}},
"get.response": {"type":"object","x-type":"GetResponse","properties":{"entry":{"type":"object","required":["key","value","revision"],"x-type":"Entry","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{"description":"JSON"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision of the store when it was written last"}}}}},
"list.request": {"type":"object","required":["prefix"],"additionalProperties":false,"x-type":"ListRequest","properties":{"prefix":{"type":"string"},"after":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"limit":{"type":"integer","minimum":1,"maximum":10000}}},
"list.response": {"type":"object","required":["entries","revision","more"],"x-type":"ListResponse","properties":{"entries":{"type":"array","items":{"type":"object","required":["key","value","revision"],"x-type":"Entry","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{"description":"JSON"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision of the store when it was written last"}}}},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision that the list shows"},"more":{"type":"boolean"}}},
"commit.request": {"type":"object","required":["changes","durability"],"additionalProperties":false,"x-type":"CommitRequest","properties":{"changes":{"type":"array","minItems":1,"maxItems":10000,"items":{"anyOf":[{"type":"object","required":["put","value"],"properties":{"put":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{},"expect":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision that the key must have"}},"additionalProperties":false},{"type":"object","required":["delete"],"properties":{"delete":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"expect":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision that the key must have"}},"additionalProperties":false}]}},"durability":{"type":"string","enum":["power-loss","process"]}}},
"commit.response": {"type":"object","required":["revision"],"x-type":"CommitResponse","properties":{"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Of this commit"}}},
"watch.request": {"type":"object","required":["prefix"],"additionalProperties":false,"x-type":"WatchRequest","properties":{"prefix":{"type":"string"},"after":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision; absent: from now on"}}},
"watch.output": {"type":"object","required":["key","deleted","revision"],"x-type":"WatchItem","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{},"deleted":{"type":"boolean"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Of the change"}}}
}'''
)


StateStore.contract = Contract(
    "state.store",
    "0.1.0",
    [
        Method(
            "info",
            "info",
            request=_SCHEMAS["info.request"],
            response=_SCHEMAS["info.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "get",
            "get",
            request=_SCHEMAS["get.request"],
            response=_SCHEMAS["get.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "list",
            "list",
            request=_SCHEMAS["list.request"],
            response=_SCHEMAS["list.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=True,
            max_bytes=67108864,
        ),
        Method(
            "commit",
            "commit",
            request=_SCHEMAS["commit.request"],
            response=_SCHEMAS["commit.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=False,
            max_bytes=67108864,
        ),
        Method(
            "watch",
            "watch",
            request=_SCHEMAS["watch.request"],
            response=None,
            input=None,
            output=_SCHEMAS["watch.output"],
            deadline_ms=0,
            idempotent=True,
        ),
    ],
    [
        InfoResponse,
        GetRequest,
        Entry,
        GetResponse,
        ListRequest,
        ListResponse,
        CommitRequest,
        CommitResponse,
        WatchRequest,
        WatchItem,
    ],
)
