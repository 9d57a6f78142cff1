"""component.lifecycle 0.1.0: How the kernel starts, watches and stops a component that runs in a process of its own.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class StopRequest:
    #: leave-containers: workloads go on without the engine; stop-containers: end them and clean up
    reason: str


@dataclass
class HealthResponse:
    #: degraded: it works with restrictions
    status: str
    #: What is restricted, for `moby status`
    reason: Optional[str] = None


class ComponentLifecycle(Driver):
    """How the kernel starts, watches and stops a component that runs in a process of its own.
    """

    def start(self, request: Nothing, call: Call) -> None:
        """Called once every component of the assembly has been created, and after each restart of the
        process: the place to take up work that was left. The kernel gives up after startDeadlineMs
        of the descriptor.
        """
        raise NotImplementedError

    def stop(self, request: StopRequest, call: Call) -> None:
        """Called when users of the component have stopped. After the answer, or after stopDeadlineMs
        of the descriptor, the process is sent SIGTERM.
        """
        raise NotImplementedError

    def health(self, request: Nothing, call: Call) -> HealthResponse:
        """Asked every few seconds; a component that does not answer several times is ended and started
        again.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"start.request": {"type":"object","additionalProperties":false,"properties":{}},
"start.response": {"type":"object","properties":{}},
"stop.request": {"type":"object","required":["reason"],"additionalProperties":false,"x-type":"StopRequest","properties":{"reason":{"type":"string","enum":["leave-containers","stop-containers"],"description":"leave-containers: workloads go on without the engine; stop-containers: end them and clean up"}}},
"stop.response": {"type":"object","properties":{}},
"health.request": {"type":"object","additionalProperties":false,"properties":{}},
"health.response": {"type":"object","required":["status"],"x-type":"HealthResponse","properties":{"status":{"type":"string","enum":["ready","degraded"],"description":"degraded: it works with restrictions"},"reason":{"type":"string","description":"What is restricted, for `moby status`"}}}
}'''
)


ComponentLifecycle.contract = Contract(
    "component.lifecycle",
    "0.1.0",
    [
        Method(
            "start",
            "start",
            request=_SCHEMAS["start.request"],
            response=_SCHEMAS["start.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=False,
        ),
        Method(
            "stop",
            "stop",
            request=_SCHEMAS["stop.request"],
            response=_SCHEMAS["stop.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=False,
        ),
        Method(
            "health",
            "health",
            request=_SCHEMAS["health.request"],
            response=_SCHEMAS["health.response"],
            input=None,
            output=None,
            deadline_ms=2000,
            idempotent=True,
        ),
    ],
    [
        StopRequest,
        HealthResponse,
    ],
)
