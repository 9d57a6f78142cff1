"""runtime 0.1.0: Starts, watches and ends containers.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class InfoResponse:
    name: str
    version: str
    path: str
    commit: Optional[str] = None
    #: OCI runtime features, as it tells them
    features: Optional[Dict[str, Any]] = None


@dataclass
class Stdio:
    #: One terminal: stdout carries all output, stderr is absent
    terminal: bool
    stdin: Optional[str] = None
    stdout: Optional[str] = None
    stderr: Optional[str] = None


@dataclass
class Owner:
    """Who may open the standard streams
    """
    uid: int
    gid: int


@dataclass
class CreateRequest:
    id: str
    #: Absolute path of a folder with config.json and rootfs
    bundle: str
    stdio: Stdio
    #: Who may open the standard streams
    owner: Optional[Owner] = None


@dataclass
class CreateResponse:
    pid: int


@dataclass
class StartRequest:
    id: str
    exec_id: Optional[str] = None


@dataclass
class StartResponse:
    pid: int


@dataclass
class ExecRequest:
    id: str
    exec_id: str
    #: OCI runtime specification: process
    process: Dict[str, Any]
    stdio: Stdio


@dataclass
class WaitRequest:
    id: str
    exec_id: Optional[str] = None


@dataclass
class WaitResponse:
    #: 128 and the signal for a death by signal
    exit_code: int
    #: When it ended
    exited_at: str


@dataclass
class KillRequest:
    id: str
    signal: int
    exec_id: Optional[str] = None
    #: To every process of the container
    all: Optional[bool] = None


@dataclass
class PauseRequest:
    id: str


@dataclass
class ResumeRequest:
    id: str


@dataclass
class UpdateRequest:
    id: str
    #: OCI runtime specification: linux.resources
    resources: Dict[str, Any]
    #: Annotations of the runtime specification
    annotations: Optional[Dict[str, str]] = None


@dataclass
class StatsRequest:
    id: str


@dataclass
class Cpu:
    total_ns: float
    user_ns: float
    system_ns: float
    per_cpu_ns: Optional[List[float]] = None
    throttle_periods: Optional[float] = None
    throttled_periods: Optional[float] = None
    throttled_ns: Optional[float] = None


@dataclass
class Memory:
    #: Bytes
    usage: float
    #: memory.stat as it is
    stats: Dict[str, float]
    max_usage: Optional[float] = None
    #: Bytes; absent when unlimited
    limit: Optional[float] = None
    failures: Optional[float] = None


@dataclass
class Pids:
    current: float
    limit: Optional[float] = None


@dataclass
class BlockIo:
    major: float
    minor: float
    operation: str
    bytes: float


@dataclass
class StatsResponse:
    #: When it was read
    read_at: str
    cpu: Cpu
    memory: Optional[Memory] = None
    pids: Optional[Pids] = None
    block_io: Optional[List[BlockIo]] = None


@dataclass
class ProcessesRequest:
    id: str


@dataclass
class ProcessesResponse:
    pids: List[int]


@dataclass
class ResizeRequest:
    id: str
    width: int
    height: int
    exec_id: Optional[str] = None


@dataclass
class CloseStdinRequest:
    id: str
    exec_id: Optional[str] = None


@dataclass
class StateRequest:
    id: str
    exec_id: Optional[str] = None


@dataclass
class Exit:
    #: 128 and the signal for a death by signal
    exit_code: int
    #: When it ended
    exited_at: str


@dataclass
class StateResponse:
    id: str
    status: str
    #: 0 when it has none
    pid: int
    exit: Optional[Exit] = None


@dataclass
class DeleteRequest:
    id: str
    exec_id: Optional[str] = None
    force: Optional[bool] = None


@dataclass
class DeleteResponse:
    exit: Optional[Exit] = None


@dataclass
class ReconnectRequest:
    id: str
    bundle: str


@dataclass
class ReconnectResponse:
    id: str
    status: str
    #: 0 when it has none
    pid: int
    exit: Optional[Exit] = None


@dataclass
class RuntimeEvent:
    kind: str
    id: str
    exec_id: Optional[str] = None
    exit: Optional[Exit] = None


class Runtime(Driver):
    """Starts, watches and ends containers.
    """

    def info(self, request: Nothing, call: Call) -> InfoResponse:
        """The runtime behind it, for `docker info` and `moby doctor`.

        Errors: RUNTIME_BINARY_MISSING.
        """
        raise NotImplementedError

    def create(self, request: CreateRequest, call: Call) -> CreateResponse:
        """Creates the container of a bundle: namespaces, cgroup and init exist afterwards, the user's
        program does not run yet. On error nothing is left.

        Errors: RUNTIME_TASK_EXISTS, RUNTIME_CREATE_FAILED, RUNTIME_BINARY_MISSING.
        """
        raise NotImplementedError

    def start(self, request: StartRequest, call: Call) -> StartResponse:
        """Starts the program of a created container, or of an exec.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE, RUNTIME_CREATE_FAILED.
        """
        raise NotImplementedError

    def exec(self, request: ExecRequest, call: Call) -> None:
        """Adds a process to a running container; `start` with its execId runs it.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_EXISTS, RUNTIME_TASK_STATE.
        """
        raise NotImplementedError

    def wait(self, request: WaitRequest, call: Call) -> WaitResponse:
        """Answers when the process has ended, however long that takes; at once when it has already.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST.
        """
        raise NotImplementedError

    def kill(self, request: KillRequest, call: Call) -> None:
        """Sends a signal.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
        """
        raise NotImplementedError

    def pause(self, request: PauseRequest, call: Call) -> None:
        """Freezes every process.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE, HOST_LACKS.
        """
        raise NotImplementedError

    def resume(self, request: ResumeRequest, call: Call) -> None:
        """Thaws.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
        """
        raise NotImplementedError

    def update(self, request: UpdateRequest, call: Call) -> None:
        """Changes limits.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
        """
        raise NotImplementedError

    def stats(self, request: StatsRequest, call: Call) -> StatsResponse:
        """Counters of the container's cgroup.

        Errors: RUNTIME_TASK_NOT_FOUND.
        """
        raise NotImplementedError

    def processes(self, request: ProcessesRequest, call: Call) -> ProcessesResponse:
        """Process ids in the host's namespace.

        Errors: RUNTIME_TASK_NOT_FOUND.
        """
        raise NotImplementedError

    def resize(self, request: ResizeRequest, call: Call) -> None:
        """Sets the size of a terminal.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
        """
        raise NotImplementedError

    def close_stdin(self, request: CloseStdinRequest, call: Call) -> None:
        """Ends the standard input: the process reads end of file after what was written. The caller
        has closed its own writing end of the FIFO before.

        Errors: RUNTIME_TASK_NOT_FOUND.
        """
        raise NotImplementedError

    def state(self, request: StateRequest, call: Call) -> StateResponse:
        """What the runtime says of a container or exec.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST.
        """
        raise NotImplementedError

    def delete(self, request: DeleteRequest, call: Call) -> DeleteResponse:
        """Removes a stopped container (with its cgroup, shim and run-time files) or a finished exec,
        and tells how it ended. With `force` a running one is killed first, and whatever remains of
        a lost one is cleaned up. An unknown one is success.

        Errors: RUNTIME_TASK_STATE.
        """
        raise NotImplementedError

    def reconnect(self, request: ReconnectRequest, call: Call) -> ReconnectResponse:
        """Takes up the task of a bundle after a restart of the engine. RUNTIME_SHIM_LOST means that
        its supervisor is gone: whatever was left has been cleaned up, and the exit is not known.

        Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST.
        """
        raise NotImplementedError

    def events(self, request: Nothing, call: Call) -> Iterator[RuntimeEvent]:
        """Exits and deaths for lack of memory, as they happen, from now on.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"info.request": {"type":"object","additionalProperties":false,"properties":{}},
"info.response": {"type":"object","required":["name","version","path"],"x-type":"InfoResponse","properties":{"name":{"type":"string"},"version":{"type":"string"},"path":{"type":"string"},"commit":{"type":"string"},"features":{"type":"object","description":"OCI runtime features, as it tells them","patternProperties":{"^.*$":{}}}}},
"create.request": {"type":"object","required":["id","bundle","stdio"],"additionalProperties":false,"x-type":"CreateRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"bundle":{"type":"string","description":"Absolute path of a folder with config.json and rootfs"},"stdio":{"type":"object","required":["terminal"],"additionalProperties":false,"x-type":"Stdio","properties":{"terminal":{"type":"boolean","description":"One terminal: stdout carries all output, stderr is absent"},"stdin":{"type":"string"},"stdout":{"type":"string"},"stderr":{"type":"string"}}},"owner":{"type":"object","required":["uid","gid"],"additionalProperties":false,"description":"Who may open the standard streams","x-type":"Owner","properties":{"uid":{"type":"integer"},"gid":{"type":"integer"}}}}},
"create.response": {"type":"object","required":["pid"],"x-type":"CreateResponse","properties":{"pid":{"type":"integer"}}},
"start.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"StartRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"start.response": {"type":"object","required":["pid"],"x-type":"StartResponse","properties":{"pid":{"type":"integer"}}},
"exec.request": {"type":"object","required":["id","execId","process","stdio"],"additionalProperties":false,"x-type":"ExecRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"process":{"type":"object","description":"OCI runtime specification: process","patternProperties":{"^.*$":{}}},"stdio":{"type":"object","required":["terminal"],"additionalProperties":false,"x-type":"Stdio","properties":{"terminal":{"type":"boolean","description":"One terminal: stdout carries all output, stderr is absent"},"stdin":{"type":"string"},"stdout":{"type":"string"},"stderr":{"type":"string"}}}}},
"exec.response": {"type":"object","properties":{}},
"wait.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"WaitRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"wait.response": {"type":"object","required":["exitCode","exitedAt"],"x-type":"WaitResponse","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}},
"kill.request": {"type":"object","required":["id","signal"],"additionalProperties":false,"x-type":"KillRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"signal":{"type":"integer","minimum":0,"maximum":64},"all":{"type":"boolean","description":"To every process of the container"}}},
"kill.response": {"type":"object","properties":{}},
"pause.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"PauseRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"pause.response": {"type":"object","properties":{}},
"resume.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"ResumeRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"resume.response": {"type":"object","properties":{}},
"update.request": {"type":"object","required":["id","resources"],"additionalProperties":false,"x-type":"UpdateRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"resources":{"type":"object","description":"OCI runtime specification: linux.resources","patternProperties":{"^.*$":{}}},"annotations":{"type":"object","description":"Annotations of the runtime specification","patternProperties":{"^.*$":{"type":"string"}}}}},
"update.response": {"type":"object","properties":{}},
"stats.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"StatsRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"stats.response": {"type":"object","required":["readAt","cpu"],"x-type":"StatsResponse","properties":{"readAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was read"},"cpu":{"type":"object","required":["totalNs","userNs","systemNs"],"x-type":"Cpu","properties":{"totalNs":{"type":"number"},"userNs":{"type":"number"},"systemNs":{"type":"number"},"perCpuNs":{"type":"array","items":{"type":"number"}},"throttlePeriods":{"type":"number"},"throttledPeriods":{"type":"number"},"throttledNs":{"type":"number"}}},"memory":{"type":"object","required":["usage","stats"],"x-type":"Memory","properties":{"usage":{"type":"number","description":"Bytes"},"maxUsage":{"type":"number"},"limit":{"type":"number","description":"Bytes; absent when unlimited"},"failures":{"type":"number"},"stats":{"type":"object","description":"memory.stat as it is","patternProperties":{"^.*$":{"type":"number"}}}}},"pids":{"type":"object","required":["current"],"x-type":"Pids","properties":{"current":{"type":"number"},"limit":{"type":"number"}}},"blockIo":{"type":"array","items":{"type":"object","required":["major","minor","operation","bytes"],"x-type":"BlockIo","properties":{"major":{"type":"number"},"minor":{"type":"number"},"operation":{"type":"string"},"bytes":{"type":"number"}}}}}},
"processes.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"ProcessesRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"processes.response": {"type":"object","required":["pids"],"x-type":"ProcessesResponse","properties":{"pids":{"type":"array","items":{"type":"integer"}}}},
"resize.request": {"type":"object","required":["id","width","height"],"additionalProperties":false,"x-type":"ResizeRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"width":{"type":"integer","minimum":0,"maximum":65535},"height":{"type":"integer","minimum":0,"maximum":65535}}},
"resize.response": {"type":"object","properties":{}},
"closeStdin.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"CloseStdinRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"closeStdin.response": {"type":"object","properties":{}},
"state.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"StateRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"state.response": {"type":"object","required":["id","status","pid"],"x-type":"StateResponse","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"status":{"type":"string","enum":["created","running","paused","stopped"]},"pid":{"type":"integer","description":"0 when it has none"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}},
"delete.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"DeleteRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"force":{"type":"boolean"}}},
"delete.response": {"type":"object","x-type":"DeleteResponse","properties":{"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}},
"reconnect.request": {"type":"object","required":["id","bundle"],"additionalProperties":false,"x-type":"ReconnectRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"bundle":{"type":"string"}}},
"reconnect.response": {"type":"object","required":["id","status","pid"],"x-type":"ReconnectResponse","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"status":{"type":"string","enum":["created","running","paused","stopped"]},"pid":{"type":"integer","description":"0 when it has none"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}},
"events.request": {"type":"object","additionalProperties":false,"properties":{}},
"events.output": {"type":"object","required":["kind","id"],"x-type":"RuntimeEvent","properties":{"kind":{"type":"string","enum":["exit","oom","lost"]},"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}}
}'''
)


Runtime.contract = Contract(
    "runtime",
    "0.1.0",
    [
        Method(
            "info",
            "info",
            request=_SCHEMAS["info.request"],
            response=_SCHEMAS["info.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "create",
            "create",
            request=_SCHEMAS["create.request"],
            response=_SCHEMAS["create.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "start",
            "start",
            request=_SCHEMAS["start.request"],
            response=_SCHEMAS["start.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "exec",
            "exec",
            request=_SCHEMAS["exec.request"],
            response=_SCHEMAS["exec.response"],
            input=None,
            output=None,
            deadline_ms=30000,
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
            "pause",
            "pause",
            request=_SCHEMAS["pause.request"],
            response=_SCHEMAS["pause.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=False,
        ),
        Method(
            "resume",
            "resume",
            request=_SCHEMAS["resume.request"],
            response=_SCHEMAS["resume.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=False,
        ),
        Method(
            "update",
            "update",
            request=_SCHEMAS["update.request"],
            response=_SCHEMAS["update.response"],
            input=None,
            output=None,
            deadline_ms=30000,
            idempotent=True,
        ),
        Method(
            "stats",
            "stats",
            request=_SCHEMAS["stats.request"],
            response=_SCHEMAS["stats.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "processes",
            "processes",
            request=_SCHEMAS["processes.request"],
            response=_SCHEMAS["processes.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "resize",
            "resize",
            request=_SCHEMAS["resize.request"],
            response=_SCHEMAS["resize.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "closeStdin",
            "close_stdin",
            request=_SCHEMAS["closeStdin.request"],
            response=_SCHEMAS["closeStdin.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "state",
            "state",
            request=_SCHEMAS["state.request"],
            response=_SCHEMAS["state.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "delete",
            "delete",
            request=_SCHEMAS["delete.request"],
            response=_SCHEMAS["delete.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "reconnect",
            "reconnect",
            request=_SCHEMAS["reconnect.request"],
            response=_SCHEMAS["reconnect.response"],
            input=None,
            output=None,
            deadline_ms=15000,
            idempotent=True,
        ),
        Method(
            "events",
            "events",
            request=_SCHEMAS["events.request"],
            response=None,
            input=None,
            output=_SCHEMAS["events.output"],
            deadline_ms=0,
            idempotent=True,
        ),
    ],
    [
        InfoResponse,
        Stdio,
        Owner,
        CreateRequest,
        CreateResponse,
        StartRequest,
        StartResponse,
        ExecRequest,
        WaitRequest,
        WaitResponse,
        KillRequest,
        PauseRequest,
        ResumeRequest,
        UpdateRequest,
        StatsRequest,
        Cpu,
        Memory,
        Pids,
        BlockIo,
        StatsResponse,
        ProcessesRequest,
        ProcessesResponse,
        ResizeRequest,
        CloseStdinRequest,
        StateRequest,
        Exit,
        StateResponse,
        DeleteRequest,
        DeleteResponse,
        ReconnectRequest,
        ReconnectResponse,
        RuntimeEvent,
    ],
)
