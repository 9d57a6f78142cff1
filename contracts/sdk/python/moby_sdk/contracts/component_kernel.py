"""component.kernel 0.1.0: What a component in a process of its own can tell the kernel.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class DegradedRequest:
    reason: Optional[str] = None


class ComponentKernel(Driver):
    """What a component in a process of its own can tell the kernel.
    """

    def degraded(self, request: DegradedRequest, call: Call) -> None:
        """Tells that the component works with restrictions, or works again (without reason).
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"degraded.request": {"type":"object","additionalProperties":false,"x-type":"DegradedRequest","properties":{"reason":{"type":"string","maxLength":4096}}},
"degraded.response": {"type":"object","properties":{}}
}'''
)


ComponentKernel.contract = Contract(
    "component.kernel",
    "0.1.0",
    [
        Method(
            "degraded",
            "degraded",
            request=_SCHEMAS["degraded.request"],
            response=_SCHEMAS["degraded.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
    ],
    [
        DegradedRequest,
    ],
)
