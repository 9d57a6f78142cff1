"""network.ipam 0.1.0: Pools of addresses for networks.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class CapabilitiesResponse:
    requires_mac_address: bool
    requires_request_replay: bool


@dataclass
class DefaultAddressSpacesResponse:
    local: str
    global_: str


@dataclass
class RequestPoolRequest:
    address_space: str
    #: User options, `--ipam-opt`
    options: Dict[str, str]
    v6: bool
    #: Address with prefix length
    pool: Optional[str] = None
    #: Addresses that nobody asks for are taken from this part of the pool
    sub_pool: Optional[str] = None
    #: Prefixes of both families that the host routes already; may have host bits
    avoid: Optional[List[str]] = None


@dataclass
class RequestPoolResponse:
    pool_id: str
    #: Address with prefix length
    pool: str
    #: Told to the network driver
    data: Dict[str, str]


@dataclass
class ReleasePoolRequest:
    pool_id: str


@dataclass
class RequestAddressRequest:
    pool_id: str
    #: Docker keys: RequestAddressType, com.docker.network.endpoint.macaddress
    options: Dict[str, str]
    #: Without prefix length; anywhere in the pool
    address: Optional[str] = None


@dataclass
class RequestAddressResponse:
    #: Address with prefix length
    address: str
    #: Told to the network driver
    data: Dict[str, str]


@dataclass
class ReleaseAddressRequest:
    pool_id: str
    #: Without prefix length
    address: str


class NetworkIpam(Driver):
    """Pools of addresses for networks.
    """

    def capabilities(self, request: Nothing, call: Call) -> CapabilitiesResponse:
        """What the driver needs with each request.
        """
        raise NotImplementedError

    def default_address_spaces(self, request: Nothing, call: Call) -> DefaultAddressSpacesResponse:
        """Names of the spaces within which pools may not overlap; pools of different spaces have
        nothing to do with each other.
        """
        raise NotImplementedError

    def request_pool(self, request: RequestPoolRequest, call: Call) -> RequestPoolResponse:
        """Reserves a pool: the one asked for, or a free one that overlaps neither another pool nor
        `avoid`; POOLS_EXHAUSTED when there is none. POOL_INVALID: a text that is no prefix or has
        host bits, a prefix of the other family than `v6` says, an unknown address space, a
        `subPool` that is no part of a `pool` that was asked for.

        Errors: POOL_INVALID, POOL_OVERLAPS, POOLS_EXHAUSTED.
        """
        raise NotImplementedError

    def release_pool(self, request: ReleasePoolRequest, call: Call) -> None:
        """Gives a pool back with all its addresses. An unknown one is success.
        """
        raise NotImplementedError

    def request_address(self, request: RequestAddressRequest, call: Call) -> RequestAddressResponse:
        """Reserves an address: the one asked for or a free one; never network, broadcast or one in use
        (ADDRESS_IN_USE when it was asked for). IPv6 has no broadcast address, and pools of one or
        two addresses have neither. The answer has the prefix length of the pool.

        Errors: POOL_NOT_FOUND, ADDRESS_INVALID, ADDRESS_IN_USE, ADDRESS_OUTSIDE_POOL,
        ADDRESSES_EXHAUSTED.
        """
        raise NotImplementedError

    def release_address(self, request: ReleaseAddressRequest, call: Call) -> None:
        """Gives an address back, however it is written. One that is not reserved is success.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["requiresMacAddress","requiresRequestReplay"],"x-type":"CapabilitiesResponse","properties":{"requiresMacAddress":{"type":"boolean"},"requiresRequestReplay":{"type":"boolean"}}},
"defaultAddressSpaces.request": {"type":"object","additionalProperties":false,"properties":{}},
"defaultAddressSpaces.response": {"type":"object","required":["local","global"],"x-type":"DefaultAddressSpacesResponse","properties":{"local":{"type":"string"},"global":{"type":"string"}}},
"requestPool.request": {"type":"object","required":["addressSpace","options","v6"],"additionalProperties":false,"x-type":"RequestPoolRequest","properties":{"addressSpace":{"type":"string"},"pool":{"type":"string","description":"Address with prefix length"},"subPool":{"type":"string","description":"Addresses that nobody asks for are taken from this part of the pool"},"options":{"type":"object","description":"User options, `--ipam-opt`","patternProperties":{"^.*$":{"type":"string"}}},"v6":{"type":"boolean"},"avoid":{"type":"array","description":"Prefixes of both families that the host routes already; may have host bits","items":{"type":"string","description":"Address with prefix length"}}}},
"requestPool.response": {"type":"object","required":["poolId","pool","data"],"x-type":"RequestPoolResponse","properties":{"poolId":{"type":"string","minLength":1},"pool":{"type":"string","description":"Address with prefix length"},"data":{"type":"object","description":"Told to the network driver","patternProperties":{"^.*$":{"type":"string"}}}}},
"releasePool.request": {"type":"object","required":["poolId"],"additionalProperties":false,"x-type":"ReleasePoolRequest","properties":{"poolId":{"type":"string","minLength":1}}},
"releasePool.response": {"type":"object","properties":{}},
"requestAddress.request": {"type":"object","required":["poolId","options"],"additionalProperties":false,"x-type":"RequestAddressRequest","properties":{"poolId":{"type":"string","minLength":1},"address":{"type":"string","description":"Without prefix length; anywhere in the pool"},"options":{"type":"object","description":"Docker keys: RequestAddressType, com.docker.network.endpoint.macaddress","patternProperties":{"^.*$":{"type":"string"}}}}},
"requestAddress.response": {"type":"object","required":["address","data"],"x-type":"RequestAddressResponse","properties":{"address":{"type":"string","description":"Address with prefix length"},"data":{"type":"object","description":"Told to the network driver","patternProperties":{"^.*$":{"type":"string"}}}}},
"releaseAddress.request": {"type":"object","required":["poolId","address"],"additionalProperties":false,"x-type":"ReleaseAddressRequest","properties":{"poolId":{"type":"string","minLength":1},"address":{"type":"string","description":"Without prefix length"}}},
"releaseAddress.response": {"type":"object","properties":{}}
}'''
)


NetworkIpam.contract = Contract(
    "network.ipam",
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
            "defaultAddressSpaces",
            "default_address_spaces",
            request=_SCHEMAS["defaultAddressSpaces.request"],
            response=_SCHEMAS["defaultAddressSpaces.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "requestPool",
            "request_pool",
            request=_SCHEMAS["requestPool.request"],
            response=_SCHEMAS["requestPool.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "releasePool",
            "release_pool",
            request=_SCHEMAS["releasePool.request"],
            response=_SCHEMAS["releasePool.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "requestAddress",
            "request_address",
            request=_SCHEMAS["requestAddress.request"],
            response=_SCHEMAS["requestAddress.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "releaseAddress",
            "release_address",
            request=_SCHEMAS["releaseAddress.request"],
            response=_SCHEMAS["releaseAddress.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
    ],
    [
        CapabilitiesResponse,
        DefaultAddressSpacesResponse,
        RequestPoolRequest,
        RequestPoolResponse,
        ReleasePoolRequest,
        RequestAddressRequest,
        RequestAddressResponse,
        ReleaseAddressRequest,
    ],
)
