"""component.launcher 0.1.0: Starts components in containers of their own, with what they were granted and nothing else.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class GrantedMount:
    #: Path on the host; it must exist
    source: str
    read_only: bool
    #: Path in the container; absent: the same
    target: Optional[str] = None


@dataclass
class GrantedDevice:
    path: str
    #: Of r, w and m (mknod); absent: rw
    access: Optional[str] = None


@dataclass
class Grants:
    #: Files and folders of the host
    mounts: Optional[List[GrantedMount]] = None
    #: Names of capabilities(7). They open the system calls that belong to them, too
    capabilities: Optional[List[str]] = None
    #: none: a network namespace without links; absent: none
    network: Optional[str] = None
    #: Device nodes of the host, at the same path
    devices: Optional[List[GrantedDevice]] = None
    #: scratch: writable, in memory, gone at its end; absent: read-only
    root: Optional[str] = None
    #: The host sees what it mounts below its own folders, and it what the host mounts there
    share_mounts: Optional[bool] = None
    #: Processes and threads at a time; absent: 512
    pids: Optional[int] = None
    #: Absent: no limit of its own
    memory_bytes: Optional[int] = None


@dataclass
class ForeignMount:
    #: bind, tmpfs, or another type that mount(2) knows
    type: str
    source: str
    target: str
    #: As the runtime specification has them: rbind, ro, rshared
    options: List[str]


@dataclass
class SharedFolder:
    source: str
    target: str


@dataclass
class ForeignProgram:
    #: As they are, after those of every container
    mounts: Optional[List[ForeignMount]] = None
    #: Folders of the host below which mounts spread both ways
    shared_folders: Optional[List[SharedFolder]] = None
    #: It sees the processes of the host
    host_pid: Optional[bool] = None
    #: It shares the IPC namespace of the host
    host_ipc: Optional[bool] = None
    #: It may open every device of which it has a node
    all_devices: Optional[bool] = None
    #: The folder of the image, an unpacked root, is its root, and what it writes stays
    writable_root: Optional[bool] = None


@dataclass
class LaunchRequest:
    #: Part of the id, and the host name in the container
    name: str
    #: Folder on the host: an OCI image layout (it has a file oci-layout), whose contents are
    #: checked by their digests, or an unpacked root. It is never written, unless `foreign` says so
    image: str
    #: The component's own folders: seen at the same paths, writable, and given to its user with
    #: what is in them
    folders: List[str]
    grants: Grants
    #: Absent: entry point and command of the image
    command: Optional[List[str]] = None
    #: Added to that of the image
    environment: Optional[Dict[str, str]] = None
    #: `user[:group]`, names or numbers; absent: that of the image, else root
    user: Optional[str] = None
    working_directory: Optional[str] = None
    foreign: Optional[ForeignProgram] = None


@dataclass
class LaunchResponse:
    id: str
    #: Of its first process, as the host sees it
    pid: int


@dataclass
class WaitRequest:
    id: str


@dataclass
class WaitResponse:
    #: 128 and the signal for a death by signal
    exit_code: int
    #: When it ended
    exited_at: str


@dataclass
class LogsRequest:
    id: str


@dataclass
class LogsItem:
    output: str
    #: As it came
    data: bytes
    #: Bytes that are missing before this record
    lost: Optional[int] = None


@dataclass
class KillRequest:
    id: str
    signal: int


@dataclass
class RemoveRequest:
    id: str


@dataclass
class Exit:
    #: 128 and the signal for a death by signal
    exit_code: int
    #: When it ended
    exited_at: str


@dataclass
class Container:
    id: str
    name: str
    status: str
    #: While it runs
    pid: Optional[int] = None
    exit: Optional[Exit] = None


@dataclass
class ListResponse:
    containers: List[Container]


class ComponentLauncher(Driver):
    """Starts components in containers of their own, with what they were granted and nothing else.
    """

    def launch(self, request: LaunchRequest, call: Call) -> LaunchResponse:
        """Starts a container; it runs when the call answers. On error nothing is left. It has no
        capability but those granted and gets no new privileges, the default filter of system calls,
        namespaces of its own (pid, ipc, uts, mount, cgroup, and network unless granted), and does
        not see or write the parts of /proc and /sys that tell of the host. Its standard input is
        open as long as the launcher lives; what does not end with it is ended.

        Errors: LAUNCH_IMAGE_INVALID, LAUNCH_GRANT_INVALID, LAUNCH_FAILED, HOST_LACKS, STORAGE_FULL.
        """
        raise NotImplementedError

    def wait(self, request: WaitRequest, call: Call) -> WaitResponse:
        """Answers when the container has ended, however long that takes; at once when it has already.

        Errors: LAUNCH_UNKNOWN.
        """
        raise NotImplementedError

    def logs(self, request: LogsRequest, call: Call) -> Iterator[LogsItem]:
        """What the container writes: the last 64 KiB of what has come, then all as it comes, until
        both outputs have ended. A reader that is too slow loses the oldest, and is told how much.

        Errors: LAUNCH_UNKNOWN.
        """
        raise NotImplementedError

    def kill(self, request: KillRequest, call: Call) -> None:
        """Sends a signal to the first process; with 9 all end. One that has ended is success.

        Errors: LAUNCH_UNKNOWN, LAUNCH_FAILED.
        """
        raise NotImplementedError

    def remove(self, request: RemoveRequest, call: Call) -> None:
        """Ends a container if it runs, and removes all that was made for it. An unknown one is
        success.

        Errors: LAUNCH_FAILED.
        """
        raise NotImplementedError

    def list(self, request: Nothing, call: Call) -> ListResponse:
        """Every container that was not removed. `left`: of an earlier life, which the sweep at the
        start could not remove; `remove` tries again.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"launch.request": {"type":"object","required":["name","image","folders","grants"],"additionalProperties":false,"x-type":"LaunchRequest","properties":{"name":{"type":"string","pattern":"^[a-z0-9]+(-[a-z0-9]+)*$","maxLength":63,"description":"Part of the id, and the host name in the container"},"image":{"type":"string","pattern":"^/","description":"Folder on the host: an OCI image layout (it has a file oci-layout), whose contents are checked by their digests, or an unpacked root. It is never written, unless `foreign` says so"},"command":{"type":"array","minItems":1,"description":"Absent: entry point and command of the image","items":{"type":"string"}},"environment":{"type":"object","description":"Added to that of the image","patternProperties":{"^.*$":{"type":"string"}}},"user":{"type":"string","description":"`user[:group]`, names or numbers; absent: that of the image, else root"},"workingDirectory":{"type":"string","pattern":"^/"},"folders":{"type":"array","description":"The component's own folders: seen at the same paths, writable, and given to its user with what is in them","items":{"type":"string","pattern":"^/"}},"grants":{"type":"object","additionalProperties":false,"x-type":"Grants","properties":{"mounts":{"type":"array","description":"Files and folders of the host","items":{"type":"object","required":["source","readOnly"],"additionalProperties":false,"x-type":"GrantedMount","properties":{"source":{"type":"string","pattern":"^/","description":"Path on the host; it must exist"},"target":{"type":"string","pattern":"^/","description":"Path in the container; absent: the same"},"readOnly":{"type":"boolean"}}}},"capabilities":{"type":"array","description":"Names of capabilities(7). They open the system calls that belong to them, too","items":{"type":"string","pattern":"^CAP_[A-Z_]+$"}},"network":{"type":"string","enum":["none","host"],"description":"none: a network namespace without links; absent: none"},"devices":{"type":"array","description":"Device nodes of the host, at the same path","items":{"type":"object","required":["path"],"additionalProperties":false,"x-type":"GrantedDevice","properties":{"path":{"type":"string","pattern":"^/"},"access":{"type":"string","pattern":"^[rwm]{1,3}$","description":"Of r, w and m (mknod); absent: rw"}}}},"root":{"type":"string","enum":["read-only","scratch"],"description":"scratch: writable, in memory, gone at its end; absent: read-only"},"shareMounts":{"type":"boolean","description":"The host sees what it mounts below its own folders, and it what the host mounts there"},"pids":{"type":"integer","minimum":1,"description":"Processes and threads at a time; absent: 512"},"memoryBytes":{"type":"integer","minimum":4194304,"description":"Absent: no limit of its own"}}},"foreign":{"type":"object","additionalProperties":false,"x-type":"ForeignProgram","properties":{"mounts":{"type":"array","description":"As they are, after those of every container","items":{"type":"object","required":["type","source","target","options"],"additionalProperties":false,"x-type":"ForeignMount","properties":{"type":{"type":"string","description":"bind, tmpfs, or another type that mount(2) knows"},"source":{"type":"string"},"target":{"type":"string","pattern":"^/"},"options":{"type":"array","description":"As the runtime specification has them: rbind, ro, rshared","items":{"type":"string"}}}}},"sharedFolders":{"type":"array","description":"Folders of the host below which mounts spread both ways","items":{"type":"object","required":["source","target"],"additionalProperties":false,"x-type":"SharedFolder","properties":{"source":{"type":"string","pattern":"^/"},"target":{"type":"string","pattern":"^/"}}}},"hostPid":{"type":"boolean","description":"It sees the processes of the host"},"hostIpc":{"type":"boolean","description":"It shares the IPC namespace of the host"},"allDevices":{"type":"boolean","description":"It may open every device of which it has a node"},"writableRoot":{"type":"boolean","description":"The folder of the image, an unpacked root, is its root, and what it writes stays"}}}}},
"launch.response": {"type":"object","required":["id","pid"],"x-type":"LaunchResponse","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"pid":{"type":"integer","description":"Of its first process, as the host sees it"}}},
"wait.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"WaitRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"wait.response": {"type":"object","required":["exitCode","exitedAt"],"x-type":"WaitResponse","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}},
"logs.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"LogsRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"logs.output": {"type":"object","required":["output","data"],"x-type":"LogsItem","properties":{"output":{"type":"string","enum":["stdout","stderr"]},"data":{"type":"string","contentEncoding":"base64","description":"As it came"},"lost":{"type":"integer","minimum":1,"description":"Bytes that are missing before this record"}}},
"kill.request": {"type":"object","required":["id","signal"],"additionalProperties":false,"x-type":"KillRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"signal":{"type":"integer","minimum":1,"maximum":64}}},
"kill.response": {"type":"object","properties":{}},
"remove.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"remove.response": {"type":"object","properties":{}},
"list.request": {"type":"object","additionalProperties":false,"properties":{}},
"list.response": {"type":"object","required":["containers"],"x-type":"ListResponse","properties":{"containers":{"type":"array","items":{"type":"object","required":["id","name","status"],"x-type":"Container","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"name":{"type":"string"},"status":{"type":"string","enum":["running","ended","left"]},"pid":{"type":"integer","description":"While it runs"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}}}}}
}'''
)


ComponentLauncher.contract = Contract(
    "component.launcher",
    "0.1.0",
    [
        Method(
            "launch",
            "launch",
            request=_SCHEMAS["launch.request"],
            response=_SCHEMAS["launch.response"],
            input=None,
            output=None,
            deadline_ms=120000,
            idempotent=False,
        ),
        Method(
            "wait",
            "wait",
            request=_SCHEMAS["wait.request"],
            response=_SCHEMAS["wait.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "logs",
            "logs",
            request=_SCHEMAS["logs.request"],
            response=None,
            input=None,
            output=_SCHEMAS["logs.output"],
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "kill",
            "kill",
            request=_SCHEMAS["kill.request"],
            response=_SCHEMAS["kill.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=False,
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
        Method(
            "list",
            "list",
            request=_SCHEMAS["list.request"],
            response=_SCHEMAS["list.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
    ],
    [
        GrantedMount,
        GrantedDevice,
        Grants,
        ForeignMount,
        SharedFolder,
        ForeignProgram,
        LaunchRequest,
        LaunchResponse,
        WaitRequest,
        WaitResponse,
        LogsRequest,
        LogsItem,
        KillRequest,
        RemoveRequest,
        Exit,
        Container,
        ListResponse,
    ],
)
