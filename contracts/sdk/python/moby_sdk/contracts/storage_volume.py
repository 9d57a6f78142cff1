"""storage.volume 0.1.0: Named volumes that outlive containers.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class CapabilitiesResponse:
    scope: str


@dataclass
class CreateRequest:
    name: str
    #: Driver options, `--opt`
    options: Dict[str, str]


@dataclass
class GetRequest:
    name: str


@dataclass
class Volume:
    name: str
    #: Where its files are on the host, when known
    mountpoint: Optional[str] = None
    #: When it was made
    created_at: Optional[str] = None
    #: What it was created with
    options: Optional[Dict[str, str]] = None
    #: Shown as it is by `docker volume inspect`
    status: Optional[Dict[str, Any]] = None


@dataclass
class GetResponse:
    volume: Volume


@dataclass
class ListResponse:
    volumes: List[Volume]


@dataclass
class PathRequest:
    name: str


@dataclass
class PathResponse:
    #: Absolute path on the host
    mountpoint: str


@dataclass
class MountRequest:
    name: str
    #: One user of the mount; the driver counts users by it
    id: str


@dataclass
class MountResponse:
    #: Absolute path on the host
    mountpoint: str


@dataclass
class UnmountRequest:
    name: str
    #: One user of the mount; the driver counts users by it
    id: str


@dataclass
class UsageRequest:
    name: str


@dataclass
class UsageResponse:
    #: Bytes
    size: int


@dataclass
class RemoveRequest:
    name: str


class StorageVolume(Driver):
    """Named volumes that outlive containers.
    """

    def capabilities(self, request: Nothing, call: Call) -> CapabilitiesResponse:
        """Whether its volumes are those of this host or of a cluster.
        """
        raise NotImplementedError

    def create(self, request: CreateRequest, call: Call) -> None:
        """Makes a volume. The same name with the same options again is success; with others it is a
        conflict, and the volume stays as it was. A call that fails or is cancelled leaves a whole
        volume or none.

        Errors: VOLUME_NAME_INVALID, VOLUME_OPTIONS_CONFLICT, VOLUME_OPTION_UNKNOWN,
        VOLUME_OPTION_INVALID, HOST_LACKS.
        """
        raise NotImplementedError

    def get(self, request: GetRequest, call: Call) -> GetResponse:
        """One volume; the same at every call until it is removed, also over a restart of the driver.

        Errors: VOLUME_NOT_FOUND.
        """
        raise NotImplementedError

    def list(self, request: Nothing, call: Call) -> ListResponse:
        """Every volume of the driver once, each as `get` tells it.
        """
        raise NotImplementedError

    def path(self, request: PathRequest, call: Call) -> PathResponse:
        """Where the files of a volume are, mounted or not: what `mount` answers and `get` tells, when
        it tells it.

        Errors: VOLUME_NOT_FOUND.
        """
        raise NotImplementedError

    def mount(self, request: MountRequest, call: Call) -> MountResponse:
        """Makes the files available for one user. Volumes may have many users at once; the driver
        counts by id, also over its own restart. A call that fails counts no user.

        Errors: VOLUME_NOT_FOUND, VOLUME_OPTION_INVALID, HOST_LACKS, HOST_SYSTEM_CALL.
        """
        raise NotImplementedError

    def unmount(self, request: UnmountRequest, call: Call) -> None:
        """Ends the use under this id. An id that is not mounted is success.

        Errors: VOLUME_NOT_FOUND.
        """
        raise NotImplementedError

    def usage(self, request: UsageRequest, call: Call) -> UsageResponse:
        """Bytes that the files of a volume occupy.

        Errors: VOLUME_NOT_FOUND, NOT_SUPPORTED.
        """
        raise NotImplementedError

    def remove(self, request: RemoveRequest, call: Call) -> None:
        """Removes a volume and its files. A mounted one is refused, an unknown one is an error. Its
        name is free for another.

        Errors: VOLUME_NOT_FOUND, VOLUME_IN_USE.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["scope"],"x-type":"CapabilitiesResponse","properties":{"scope":{"type":"string","enum":["local","global"]}}},
"create.request": {"type":"object","required":["name","options"],"additionalProperties":false,"x-type":"CreateRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"options":{"type":"object","description":"Driver options, `--opt`","patternProperties":{"^.*$":{"type":"string"}}}}},
"create.response": {"type":"object","properties":{}},
"get.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"GetRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"get.response": {"type":"object","required":["volume"],"x-type":"GetResponse","properties":{"volume":{"type":"object","required":["name"],"x-type":"Volume","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"mountpoint":{"type":"string","description":"Where its files are on the host, when known"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made"},"options":{"type":"object","description":"What it was created with","patternProperties":{"^.*$":{"type":"string"}}},"status":{"type":"object","description":"Shown as it is by `docker volume inspect`","patternProperties":{"^.*$":{}}}}}}},
"list.request": {"type":"object","additionalProperties":false,"properties":{}},
"list.response": {"type":"object","required":["volumes"],"x-type":"ListResponse","properties":{"volumes":{"type":"array","items":{"type":"object","required":["name"],"x-type":"Volume","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"mountpoint":{"type":"string","description":"Where its files are on the host, when known"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made"},"options":{"type":"object","description":"What it was created with","patternProperties":{"^.*$":{"type":"string"}}},"status":{"type":"object","description":"Shown as it is by `docker volume inspect`","patternProperties":{"^.*$":{}}}}}}}},
"path.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"PathRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"path.response": {"type":"object","required":["mountpoint"],"x-type":"PathResponse","properties":{"mountpoint":{"type":"string","description":"Absolute path on the host"}}},
"mount.request": {"type":"object","required":["name","id"],"additionalProperties":false,"x-type":"MountRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"id":{"type":"string","minLength":1,"description":"One user of the mount; the driver counts users by it"}}},
"mount.response": {"type":"object","required":["mountpoint"],"x-type":"MountResponse","properties":{"mountpoint":{"type":"string","description":"Absolute path on the host"}}},
"unmount.request": {"type":"object","required":["name","id"],"additionalProperties":false,"x-type":"UnmountRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"id":{"type":"string","minLength":1,"description":"One user of the mount; the driver counts users by it"}}},
"unmount.response": {"type":"object","properties":{}},
"usage.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"UsageRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"usage.response": {"type":"object","required":["size"],"x-type":"UsageResponse","properties":{"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}},
"remove.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"remove.response": {"type":"object","properties":{}}
}'''
)


StorageVolume.contract = Contract(
    "storage.volume",
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
            "create",
            "create",
            request=_SCHEMAS["create.request"],
            response=_SCHEMAS["create.response"],
            input=None,
            output=None,
            deadline_ms=120000,
            idempotent=True,
        ),
        Method(
            "get",
            "get",
            request=_SCHEMAS["get.request"],
            response=_SCHEMAS["get.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "list",
            "list",
            request=_SCHEMAS["list.request"],
            response=_SCHEMAS["list.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "path",
            "path",
            request=_SCHEMAS["path.request"],
            response=_SCHEMAS["path.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "mount",
            "mount",
            request=_SCHEMAS["mount.request"],
            response=_SCHEMAS["mount.response"],
            input=None,
            output=None,
            deadline_ms=120000,
            idempotent=True,
        ),
        Method(
            "unmount",
            "unmount",
            request=_SCHEMAS["unmount.request"],
            response=_SCHEMAS["unmount.response"],
            input=None,
            output=None,
            deadline_ms=60000,
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
            "remove",
            "remove",
            request=_SCHEMAS["remove.request"],
            response=_SCHEMAS["remove.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
    ],
    [
        CapabilitiesResponse,
        CreateRequest,
        GetRequest,
        Volume,
        GetResponse,
        ListResponse,
        PathRequest,
        PathResponse,
        MountRequest,
        MountResponse,
        UnmountRequest,
        UsageRequest,
        UsageResponse,
        RemoveRequest,
    ],
)
