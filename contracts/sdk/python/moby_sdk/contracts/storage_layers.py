"""storage.layers 0.1.0: Snapshots of image layers by chainID: the root file systems of containers.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class InfoResponse:
    #: Name that docker clients know: overlay2, vfs
    name: str
    status: List[List[Any]]
    #: A layer may be unpacked without its parent and be given it at commit: layers are then
    #: unpacked side by side
    rebase: Optional[bool] = None
    #: Layers that a snapshot may stand on at most; an image of more is refused before it is
    #: unpacked. No limit when absent
    most_layers: Optional[int] = None


@dataclass
class PrepareRequest:
    key: str
    parent: Optional[str] = None
    #: Kept with the snapshot
    labels: Optional[Dict[str, str]] = None


@dataclass
class Mount:
    #: File system type, or `bind`
    type: str
    source: str
    #: As in fstab: flags and file system options
    options: List[str]


@dataclass
class PrepareResponse:
    mounts: List[Mount]


@dataclass
class ViewRequest:
    key: str
    parent: str


@dataclass
class ViewResponse:
    mounts: List[Mount]


@dataclass
class MountsRequest:
    key: str


@dataclass
class MountsResponse:
    mounts: List[Mount]


@dataclass
class ApplyRequest:
    key: str
    #: None when absent. All members and frames are read
    compression: Optional[str] = None


@dataclass
class Input:
    #: `sha256:` and hex, of the bytes that came in
    digest: str
    #: Bytes that came in
    size: int


@dataclass
class ApplyResponse:
    #: `sha256:` and hex, of the uncompressed archive
    diff_id: str
    #: Bytes of file content unpacked
    size: int
    input: Input


@dataclass
class CommitRequest:
    key: str
    name: str
    parent: Optional[str] = None


@dataclass
class CommitResponse:
    #: Bytes that this layer adds
    size: int


@dataclass
class DiffRequest:
    key: str
    #: Absolute paths that are left out as far as the snapshot added them, and the folders above
    #: with them that have changed in nothing else: mount points that were made for a container
    without: Optional[List[str]] = None


@dataclass
class ChangesRequest:
    key: str


@dataclass
class ChangesItem:
    path: str
    kind: str


@dataclass
class UsageRequest:
    key: str


@dataclass
class UsageResponse:
    #: Bytes
    size: int
    #: Files, directories and others
    inodes: int


@dataclass
class StatRequest:
    key: str


@dataclass
class StatResponse:
    key: str
    kind: str
    #: When it was made or committed
    created_at: str
    parent: Optional[str] = None


@dataclass
class Snapshot:
    key: str
    kind: str
    #: When it was made or committed
    created_at: str
    parent: Optional[str] = None


@dataclass
class RemoveRequest:
    key: str


class StorageLayers(Driver):
    """Snapshots of image layers by chainID: the root file systems of containers.
    """

    def info(self, request: Nothing, call: Call) -> InfoResponse:
        """What the driver stands on, for `docker info`: the driver name that clients expect and rows
        of status.
        """
        raise NotImplementedError

    def prepare(self, request: PrepareRequest, call: Call) -> PrepareResponse:
        """Makes an active (writable) snapshot on a committed parent, or an empty one without parent.
        What is not committed is no parent: SNAPSHOT_NOT_FOUND.

        Errors: SNAPSHOT_EXISTS, SNAPSHOT_NOT_FOUND, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
        """
        raise NotImplementedError

    def view(self, request: ViewRequest, call: Call) -> ViewResponse:
        """Makes a read-only snapshot of a committed parent.

        Errors: SNAPSHOT_EXISTS, SNAPSHOT_NOT_FOUND, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
        """
        raise NotImplementedError

    def mounts(self, request: MountsRequest, call: Call) -> MountsResponse:
        """The mounts of an active snapshot or view; mounting them one over another gives the tree.

        Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE.
        """
        raise NotImplementedError

    def apply(self, request: ApplyRequest, stream: Iterator[bytes], call: Call) -> ApplyResponse:
        """Unpacks one layer archive, plain or compressed, into an active snapshot, by the rules of the
        image specification (layer.md): whiteouts, opaque directories, hard links, xattrs. Nothing
        outside the snapshot can be touched whatever the archive holds. On error the snapshot must
        be removed.

        Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE, ARCHIVE_INVALID, ARCHIVE_ESCAPES,
        ARCHIVE_LIMIT, ARCHIVE_TRUNCATED, STORAGE_FULL.
        """
        raise NotImplementedError

    def commit(self, request: CommitRequest, call: Call) -> CommitResponse:
        """Turns an active snapshot into a committed one named by its chainID. Fails with
        SNAPSHOT_EXISTS when that name is there already, which for equal chainIDs means that the
        work was done by another. A driver that can `rebase` puts a snapshot without parent on the
        one given.

        Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE, SNAPSHOT_EXISTS, SNAPSHOT_TOO_DEEP,
        STORAGE_FULL, NOT_SUPPORTED.
        """
        raise NotImplementedError

    def diff(self, request: DiffRequest, call: Call) -> Iterator[bytes]:
        """What a snapshot changed against its parent, as an uncompressed layer archive with whiteouts;
        equal trees give equal bytes.

        Errors: SNAPSHOT_NOT_FOUND.
        """
        raise NotImplementedError

    def changes(self, request: ChangesRequest, call: Call) -> Iterator[ChangesItem]:
        """What a snapshot changed against its parent, path by path, parents before children. Paths
        begin with a slash.

        Errors: SNAPSHOT_NOT_FOUND.
        """
        raise NotImplementedError

    def usage(self, request: UsageRequest, call: Call) -> UsageResponse:
        """What a snapshot itself occupies, without its parents.

        Errors: SNAPSHOT_NOT_FOUND.
        """
        raise NotImplementedError

    def stat(self, request: StatRequest, call: Call) -> StatResponse:
        """One snapshot.

        Errors: SNAPSHOT_NOT_FOUND.
        """
        raise NotImplementedError

    def list(self, request: Nothing, call: Call) -> Iterator[Snapshot]:
        """Every snapshot.
        """
        raise NotImplementedError

    def remove(self, request: RemoveRequest, call: Call) -> None:
        """Removes a snapshot and frees its space. A missing one is success. One with children, also
        while these are being made, is refused.

        Errors: SNAPSHOT_IN_USE.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"info.request": {"type":"object","additionalProperties":false,"properties":{}},
"info.response": {"type":"object","required":["name","status"],"x-type":"InfoResponse","properties":{"name":{"type":"string","description":"Name that docker clients know: overlay2, vfs"},"status":{"type":"array","items":{"type":"array","additionalItems":false,"minItems":2,"items":[{"type":"string"},{"type":"string"}]}},"rebase":{"type":"boolean","description":"A layer may be unpacked without its parent and be given it at commit: layers are then unpacked side by side"},"mostLayers":{"type":"integer","minimum":1,"description":"Layers that a snapshot may stand on at most; an image of more is refused before it is unpacked. No limit when absent"}}},
"prepare.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"PrepareRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"labels":{"type":"object","description":"Kept with the snapshot","patternProperties":{"^.*$":{"type":"string"}}}}},
"prepare.response": {"type":"object","required":["mounts"],"x-type":"PrepareResponse","properties":{"mounts":{"type":"array","minItems":1,"items":{"type":"object","required":["type","source","options"],"x-type":"Mount","properties":{"type":{"type":"string","description":"File system type, or `bind`"},"source":{"type":"string"},"options":{"type":"array","description":"As in fstab: flags and file system options","items":{"type":"string"}}}}}}},
"view.request": {"type":"object","required":["key","parent"],"additionalProperties":false,"x-type":"ViewRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"view.response": {"type":"object","required":["mounts"],"x-type":"ViewResponse","properties":{"mounts":{"type":"array","minItems":1,"items":{"type":"object","required":["type","source","options"],"x-type":"Mount","properties":{"type":{"type":"string","description":"File system type, or `bind`"},"source":{"type":"string"},"options":{"type":"array","description":"As in fstab: flags and file system options","items":{"type":"string"}}}}}}},
"mounts.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"MountsRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"mounts.response": {"type":"object","required":["mounts"],"x-type":"MountsResponse","properties":{"mounts":{"type":"array","minItems":1,"items":{"type":"object","required":["type","source","options"],"x-type":"Mount","properties":{"type":{"type":"string","description":"File system type, or `bind`"},"source":{"type":"string"},"options":{"type":"array","description":"As in fstab: flags and file system options","items":{"type":"string"}}}}}}},
"apply.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"ApplyRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"compression":{"type":"string","enum":["none","gzip","zstd"],"description":"None when absent. All members and frames are read"}}},
"apply.response": {"type":"object","required":["diffId","size","input"],"x-type":"ApplyResponse","properties":{"diffId":{"type":"string","description":"`sha256:` and hex, of the uncompressed archive"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of file content unpacked"},"input":{"type":"object","required":["digest","size"],"x-type":"Input","properties":{"digest":{"type":"string","description":"`sha256:` and hex, of the bytes that came in"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes that came in"}}}}},
"commit.request": {"type":"object","required":["key","name"],"additionalProperties":false,"x-type":"CommitRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"name":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"commit.response": {"type":"object","required":["size"],"x-type":"CommitResponse","properties":{"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes that this layer adds"}}},
"diff.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"DiffRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"without":{"type":"array","description":"Absolute paths that are left out as far as the snapshot added them, and the folders above with them that have changed in nothing else: mount points that were made for a container","items":{"type":"string"}}}},
"changes.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"ChangesRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"changes.output": {"type":"object","required":["path","kind"],"x-type":"ChangesItem","properties":{"path":{"type":"string"},"kind":{"type":"string","enum":["added","modified","deleted"]}}},
"usage.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"UsageRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"usage.response": {"type":"object","required":["size","inodes"],"x-type":"UsageResponse","properties":{"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"inodes":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Files, directories and others"}}},
"stat.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"StatRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"stat.response": {"type":"object","required":["key","kind","createdAt"],"x-type":"StatResponse","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"kind":{"type":"string","enum":["active","view","committed"]},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made or committed"}}},
"list.request": {"type":"object","additionalProperties":false,"properties":{}},
"list.output": {"type":"object","required":["key","kind","createdAt"],"x-type":"Snapshot","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"kind":{"type":"string","enum":["active","view","committed"]},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made or committed"}}},
"remove.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"remove.response": {"type":"object","properties":{}}
}'''
)


StorageLayers.contract = Contract(
    "storage.layers",
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
            "prepare",
            "prepare",
            request=_SCHEMAS["prepare.request"],
            response=_SCHEMAS["prepare.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "view",
            "view",
            request=_SCHEMAS["view.request"],
            response=_SCHEMAS["view.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "mounts",
            "mounts",
            request=_SCHEMAS["mounts.request"],
            response=_SCHEMAS["mounts.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "apply",
            "apply",
            request=_SCHEMAS["apply.request"],
            response=_SCHEMAS["apply.response"],
            input="bytes",
            output=None,
            deadline_ms=0,
            idempotent=False,
        ),
        Method(
            "commit",
            "commit",
            request=_SCHEMAS["commit.request"],
            response=_SCHEMAS["commit.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "diff",
            "diff",
            request=_SCHEMAS["diff.request"],
            response=None,
            input=None,
            output="bytes",
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "changes",
            "changes",
            request=_SCHEMAS["changes.request"],
            response=None,
            input=None,
            output=_SCHEMAS["changes.output"],
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "usage",
            "usage",
            request=_SCHEMAS["usage.request"],
            response=_SCHEMAS["usage.response"],
            input=None,
            output=None,
            deadline_ms=120000,
            idempotent=True,
        ),
        Method(
            "stat",
            "stat",
            request=_SCHEMAS["stat.request"],
            response=_SCHEMAS["stat.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "list",
            "list",
            request=_SCHEMAS["list.request"],
            response=None,
            input=None,
            output=_SCHEMAS["list.output"],
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "remove",
            "remove",
            request=_SCHEMAS["remove.request"],
            response=_SCHEMAS["remove.response"],
            input=None,
            output=None,
            deadline_ms=120000,
            idempotent=True,
        ),
    ],
    [
        InfoResponse,
        PrepareRequest,
        Mount,
        PrepareResponse,
        ViewRequest,
        ViewResponse,
        MountsRequest,
        MountsResponse,
        ApplyRequest,
        Input,
        ApplyResponse,
        CommitRequest,
        CommitResponse,
        DiffRequest,
        ChangesRequest,
        ChangesItem,
        UsageRequest,
        UsageResponse,
        StatRequest,
        StatResponse,
        Snapshot,
        RemoveRequest,
    ],
)
