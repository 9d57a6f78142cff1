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


@dataclass
class OfferRequest:
    contract: str
    #: Name by which users select it
    driver: str


@dataclass
class WithdrawRequest:
    contract: str
    #: Name by which users select it
    driver: str
    reason: str


class ComponentKernel(Driver):
    """What a component in a process of its own can tell the kernel.
    """

    def degraded(self, request: DegradedRequest, call: Call) -> None:
        """Tells that the component works with restrictions, or works again (without reason).
        """
        raise NotImplementedError

    def offer(self, request: OfferRequest, call: Call) -> None:
        """Makes a driver known that the component found while it runs, of a contract that its
        descriptor provides with `dynamic: true`. Calls of it come to the socket of the component
        with its name in the header x-moby-driver. What a component offers before it answers its
        first handshake is there when others start. Offers end with the process; until it has
        offered them again its drivers are away.

        Errors: DRIVER_NAME_TAKEN, COMPONENT_FAILED.
        """
        raise NotImplementedError

    def withdraw(self, request: WithdrawRequest, call: Call) -> None:
        """Takes a driver back that it offered. Whoever still holds it gets DRIVER_AWAY with the
        reason.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"degraded.request": {"type":"object","additionalProperties":false,"x-type":"DegradedRequest","properties":{"reason":{"type":"string","maxLength":4096}}},
"degraded.response": {"type":"object","properties":{}},
"offer.request": {"type":"object","required":["contract","driver"],"additionalProperties":false,"x-type":"OfferRequest","properties":{"contract":{"type":"string"},"driver":{"type":"string","minLength":1,"maxLength":255,"description":"Name by which users select it"}}},
"offer.response": {"type":"object","properties":{}},
"withdraw.request": {"type":"object","required":["contract","driver","reason"],"additionalProperties":false,"x-type":"WithdrawRequest","properties":{"contract":{"type":"string"},"driver":{"type":"string","minLength":1,"maxLength":255,"description":"Name by which users select it"},"reason":{"type":"string","maxLength":4096}}},
"withdraw.response": {"type":"object","properties":{}}
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
        Method(
            "offer",
            "offer",
            request=_SCHEMAS["offer.request"],
            response=_SCHEMAS["offer.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "withdraw",
            "withdraw",
            request=_SCHEMAS["withdraw.request"],
            response=_SCHEMAS["withdraw.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
    ],
    [
        DegradedRequest,
        OfferRequest,
        WithdrawRequest,
    ],
)
