"""network.driver 0.1.0: Networks that containers join.

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
    connectivity_scope: str
    #: Needs addresses from a network.ipam driver
    addresses: bool
    #: Answers `checkGateway`
    gateway_check: Optional[bool] = None
    #: Publishes ports of endpoints; absent: it does
    ports: Optional[bool] = None
    #: Answers names of `publishNames` at its name servers
    names: Optional[bool] = None
    #: own: a namespace with links (default); none: an empty one; host: the host itself
    sandbox: Optional[str] = None
    #: Only the predefined network of that name exists
    single: Optional[bool] = None


@dataclass
class IpamData:
    address_space: str
    #: Address with prefix length: 10.1.0.2/16
    pool: str
    #: Address with prefix length: 10.1.0.2/16
    gateway: Optional[str] = None
    #: Names to reserved addresses
    aux_addresses: Optional[Dict[str, str]] = None


@dataclass
class AllocateNetworkRequest:
    network_id: str
    #: User options
    options: Dict[str, str]
    ipv4: List[IpamData]
    ipv6: List[IpamData]


@dataclass
class AllocateNetworkResponse:
    #: Options for createNetwork
    options: Dict[str, str]


@dataclass
class FreeNetworkRequest:
    network_id: str


@dataclass
class CheckGatewayRequest:
    options: Dict[str, Any]


@dataclass
class CheckGatewayResponse:
    skip_ipv4: bool
    skip_ipv6: bool


@dataclass
class CreateNetworkRequest:
    network_id: str
    #: Name given by the user, for messages and link names
    name: str
    options: Dict[str, Any]
    #: No way out of the network
    internal: bool
    enable_ipv4: bool
    enable_ipv6: bool
    ipv4: List[IpamData]
    ipv6: List[IpamData]


@dataclass
class DeleteNetworkRequest:
    network_id: str


@dataclass
class EndpointInterface:
    #: Address with prefix length: 10.1.0.2/16
    address: Optional[str] = None
    #: Address with prefix length: 10.1.0.2/16
    address_ipv6: Optional[str] = None
    mac_address: Optional[str] = None


@dataclass
class ExposedPort:
    protocol: str
    port: int


@dataclass
class PortBinding:
    protocol: str
    container_port: int
    #: Absent or empty: every address of the host
    host_ip: Optional[str] = None
    #: Absent or 0: the driver chooses
    host_port: Optional[int] = None
    #: A free port of hostPort to this one
    host_port_end: Optional[int] = None


@dataclass
class CreateEndpointRequest:
    network_id: str
    endpoint_id: str
    interface: EndpointInterface
    exposed_ports: List[ExposedPort]
    port_bindings: List[PortBinding]
    options: Dict[str, Any]


@dataclass
class CreateEndpointResponse:
    interface: EndpointInterface


@dataclass
class EndpointInfoRequest:
    network_id: str
    endpoint_id: str


@dataclass
class EndpointInfoResponse:
    value: Dict[str, Any]


@dataclass
class JoinRequest:
    network_id: str
    endpoint_id: str
    #: Path of the network namespace
    sandbox_key: str
    options: Dict[str, Any]
    #: Name that the link is to get. A driver that can makes it right there and answers `placed`,
    #: because moving a link between namespaces takes the kernel many milliseconds.
    interface_name: Optional[str] = None


@dataclass
class Link:
    #: Name of a link in the host namespace, which the engine moves
    source: str
    #: Name inside is this and a number, unless `name` is given
    prefix: str
    name: Optional[str] = None
    #: The link was made inside the sandbox, as the `interfaceName` of the request
    placed: Optional[bool] = None


@dataclass
class Route:
    #: Address with prefix length: 10.1.0.2/16
    destination: str
    kind: str
    #: IPv4 or IPv6 address
    next_hop: Optional[str] = None


@dataclass
class Configured:
    """What a link that was placed has already, with its routes: the engine gives it nothing more
    """
    #: Address with prefix length: 10.1.0.2/16
    address: Optional[str] = None
    #: Address with prefix length: 10.1.0.2/16
    address_ipv6: Optional[str] = None
    #: IPv4 or IPv6 address
    gateway: Optional[str] = None
    #: IPv4 or IPv6 address
    gateway_ipv6: Optional[str] = None
    mac_address: Optional[str] = None


@dataclass
class JoinResponse:
    link: Optional[Link] = None
    #: IPv4 or IPv6 address
    gateway: Optional[str] = None
    #: IPv4 or IPv6 address
    gateway_ipv6: Optional[str] = None
    routes: Optional[List[Route]] = None
    disable_gateway_service: Optional[bool] = None
    #: What a link that was placed has already, with its routes: the engine gives it nothing more
    configured: Optional[Configured] = None
    #: Name servers that answer for the network
    name_servers: Optional[List[str]] = None


@dataclass
class ProgramExternalRequest:
    network_id: str
    endpoint_id: str
    options: Dict[str, Any]


@dataclass
class ProgramExternalResponse:
    ports: List[PortBinding]


@dataclass
class RevokeExternalRequest:
    network_id: str
    endpoint_id: str


@dataclass
class LeaveRequest:
    network_id: str
    endpoint_id: str


@dataclass
class DeleteEndpointRequest:
    network_id: str
    endpoint_id: str


@dataclass
class Name:
    endpoint_id: str
    names: List[str]
    addresses: List[str]
    #: They alone are answered; absent: everybody
    askers: Optional[List[str]] = None


@dataclass
class PublishNamesRequest:
    network_id: str
    names: List[Name]
    #: Name servers for all other names
    upstream: List[str]


@dataclass
class DiscoverRequest:
    added: bool
    kind: int
    data: Dict[str, Any]


class NetworkDriver(Driver):
    """Networks that containers join.
    """

    def capabilities(self, request: Nothing, call: Call) -> CapabilitiesResponse:
        """What the driver can do and needs.
        """
        raise NotImplementedError

    def allocate_network(self, request: AllocateNetworkRequest, call: Call) -> AllocateNetworkResponse:
        """For global scope: reserves what a network needs in the whole cluster; its options go to
        createNetwork.

        Errors: NETWORK_EXISTS, NOT_SUPPORTED.
        """
        raise NotImplementedError

    def free_network(self, request: FreeNetworkRequest, call: Call) -> None:
        """Undoes allocateNetwork.

        Errors: NOT_SUPPORTED.
        """
        raise NotImplementedError

    def check_gateway(self, request: CheckGatewayRequest, call: Call) -> CheckGatewayResponse:
        """Whether a network with these options needs gateway addresses.

        Errors: NOT_SUPPORTED.
        """
        raise NotImplementedError

    def create_network(self, request: CreateNetworkRequest, call: Call) -> None:
        """Makes a network. Called again with the same request after a restart, it puts back whatever
        is missing.

        Errors: NETWORK_EXISTS, NETWORK_OPTION_INVALID, NETWORK_PLUGIN_FAILED, POOL_OVERLAPS,
        HOST_LACKS.
        """
        raise NotImplementedError

    def delete_network(self, request: DeleteNetworkRequest, call: Call) -> None:
        """Removes a network and all that it has on the host. An unknown one is success.

        Errors: NETWORK_HAS_ENDPOINTS.
        """
        raise NotImplementedError

    def create_endpoint(self, request: CreateEndpointRequest, call: Call) -> CreateEndpointResponse:
        """Reserves an endpoint. The answer holds only what the request left open, a MAC address for
        example.

        Errors: NETWORK_NOT_FOUND, ENDPOINT_EXISTS, ADDRESS_IN_USE, PORT_IN_USE,
        NETWORK_OPTION_INVALID.
        """
        raise NotImplementedError

    def endpoint_info(self, request: EndpointInfoRequest, call: Call) -> EndpointInfoResponse:
        """What the driver can tell of an endpoint for `docker inspect`.

        Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND.
        """
        raise NotImplementedError

    def join(self, request: JoinRequest, call: Call) -> JoinResponse:
        """Makes the link of an endpoint, up to the point where the engine moves it into the sandbox.

        Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND, NETWORK_PLUGIN_FAILED, HOST_LACKS.
        """
        raise NotImplementedError

    def program_external(self, request: ProgramExternalRequest, call: Call) -> ProgramExternalResponse:
        """Publishes the ports of an endpoint that is its sandbox's way out; the answer tells the host
        ports.

        Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND, PORT_IN_USE, NOT_SUPPORTED.
        """
        raise NotImplementedError

    def revoke_external(self, request: RevokeExternalRequest, call: Call) -> None:
        """Takes published ports back.

        Errors: NOT_SUPPORTED.
        """
        raise NotImplementedError

    def leave(self, request: LeaveRequest, call: Call) -> None:
        """Undoes join. The link may be gone already, together with its namespace.
        """
        raise NotImplementedError

    def delete_endpoint(self, request: DeleteEndpointRequest, call: Call) -> None:
        """Undoes createEndpoint. An unknown one is success.
        """
        raise NotImplementedError

    def publish_names(self, request: PublishNamesRequest, call: Call) -> None:
        """All names of a network, replacing those before: every name answers with every address that
        has it. They must go on being answered while the engine is not running.

        Errors: NETWORK_NOT_FOUND, NOT_SUPPORTED.
        """
        raise NotImplementedError

    def discover(self, request: DiscoverRequest, call: Call) -> None:
        """Tells of a node that came or went in a cluster.

        Errors: NOT_SUPPORTED.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["scope","connectivityScope","addresses"],"x-type":"CapabilitiesResponse","properties":{"scope":{"type":"string","enum":["local","global"]},"connectivityScope":{"type":"string","enum":["local","global"]},"addresses":{"type":"boolean","description":"Needs addresses from a network.ipam driver"},"gatewayCheck":{"type":"boolean","description":"Answers `checkGateway`"},"ports":{"type":"boolean","description":"Publishes ports of endpoints; absent: it does"},"names":{"type":"boolean","description":"Answers names of `publishNames` at its name servers"},"sandbox":{"type":"string","enum":["own","none","host"],"description":"own: a namespace with links (default); none: an empty one; host: the host itself"},"single":{"type":"boolean","description":"Only the predefined network of that name exists"}}},
"allocateNetwork.request": {"type":"object","required":["networkId","options","ipv4","ipv6"],"additionalProperties":false,"x-type":"AllocateNetworkRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"options":{"type":"object","description":"User options","patternProperties":{"^.*$":{"type":"string"}}},"ipv4":{"type":"array","items":{"type":"object","required":["addressSpace","pool"],"additionalProperties":false,"x-type":"IpamData","properties":{"addressSpace":{"type":"string"},"pool":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"gateway":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"auxAddresses":{"type":"object","description":"Names to reserved addresses","patternProperties":{"^.*$":{"type":"string"}}}}}},"ipv6":{"type":"array","items":{"type":"object","required":["addressSpace","pool"],"additionalProperties":false,"x-type":"IpamData","properties":{"addressSpace":{"type":"string"},"pool":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"gateway":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"auxAddresses":{"type":"object","description":"Names to reserved addresses","patternProperties":{"^.*$":{"type":"string"}}}}}}}},
"allocateNetwork.response": {"type":"object","required":["options"],"x-type":"AllocateNetworkResponse","properties":{"options":{"type":"object","description":"Options for createNetwork","patternProperties":{"^.*$":{"type":"string"}}}}},
"freeNetwork.request": {"type":"object","required":["networkId"],"additionalProperties":false,"x-type":"FreeNetworkRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128}}},
"freeNetwork.response": {"type":"object","properties":{}},
"checkGateway.request": {"type":"object","required":["options"],"additionalProperties":false,"x-type":"CheckGatewayRequest","properties":{"options":{"type":"object","patternProperties":{"^.*$":{}}}}},
"checkGateway.response": {"type":"object","required":["skipIpv4","skipIpv6"],"x-type":"CheckGatewayResponse","properties":{"skipIpv4":{"type":"boolean"},"skipIpv6":{"type":"boolean"}}},
"createNetwork.request": {"type":"object","required":["networkId","name","options","internal","enableIpv4","enableIpv6","ipv4","ipv6"],"additionalProperties":false,"x-type":"CreateNetworkRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"name":{"type":"string","description":"Name given by the user, for messages and link names"},"options":{"type":"object","patternProperties":{"^.*$":{}}},"internal":{"type":"boolean","description":"No way out of the network"},"enableIpv4":{"type":"boolean"},"enableIpv6":{"type":"boolean"},"ipv4":{"type":"array","items":{"type":"object","required":["addressSpace","pool"],"additionalProperties":false,"x-type":"IpamData","properties":{"addressSpace":{"type":"string"},"pool":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"gateway":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"auxAddresses":{"type":"object","description":"Names to reserved addresses","patternProperties":{"^.*$":{"type":"string"}}}}}},"ipv6":{"type":"array","items":{"type":"object","required":["addressSpace","pool"],"additionalProperties":false,"x-type":"IpamData","properties":{"addressSpace":{"type":"string"},"pool":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"gateway":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"auxAddresses":{"type":"object","description":"Names to reserved addresses","patternProperties":{"^.*$":{"type":"string"}}}}}}}},
"createNetwork.response": {"type":"object","properties":{}},
"deleteNetwork.request": {"type":"object","required":["networkId"],"additionalProperties":false,"x-type":"DeleteNetworkRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128}}},
"deleteNetwork.response": {"type":"object","properties":{}},
"createEndpoint.request": {"type":"object","required":["networkId","endpointId","interface","exposedPorts","portBindings","options"],"additionalProperties":false,"x-type":"CreateEndpointRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128},"interface":{"type":"object","additionalProperties":false,"x-type":"EndpointInterface","properties":{"address":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"addressIpv6":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"macAddress":{"type":"string"}}},"exposedPorts":{"type":"array","items":{"type":"object","required":["protocol","port"],"additionalProperties":false,"x-type":"ExposedPort","properties":{"protocol":{"type":"string","enum":["tcp","udp","sctp"]},"port":{"type":"integer"}}}},"portBindings":{"type":"array","items":{"type":"object","required":["protocol","containerPort"],"additionalProperties":false,"x-type":"PortBinding","properties":{"protocol":{"type":"string","enum":["tcp","udp","sctp"]},"containerPort":{"type":"integer","minimum":1,"maximum":65535},"hostIp":{"type":"string","description":"Absent or empty: every address of the host"},"hostPort":{"type":"integer","minimum":0,"maximum":65535,"description":"Absent or 0: the driver chooses"},"hostPortEnd":{"type":"integer","minimum":0,"maximum":65535,"description":"A free port of hostPort to this one"}}}},"options":{"type":"object","patternProperties":{"^.*$":{}}}}},
"createEndpoint.response": {"type":"object","required":["interface"],"x-type":"CreateEndpointResponse","properties":{"interface":{"type":"object","additionalProperties":false,"x-type":"EndpointInterface","properties":{"address":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"addressIpv6":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"macAddress":{"type":"string"}}}}},
"endpointInfo.request": {"type":"object","required":["networkId","endpointId"],"additionalProperties":false,"x-type":"EndpointInfoRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128}}},
"endpointInfo.response": {"type":"object","required":["value"],"x-type":"EndpointInfoResponse","properties":{"value":{"type":"object","patternProperties":{"^.*$":{}}}}},
"join.request": {"type":"object","required":["networkId","endpointId","sandboxKey","options"],"additionalProperties":false,"x-type":"JoinRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128},"sandboxKey":{"type":"string","description":"Path of the network namespace"},"interfaceName":{"type":"string","description":"Name that the link is to get. A driver that can makes it right there and answers `placed`, because moving a link between namespaces takes the kernel many milliseconds."},"options":{"type":"object","patternProperties":{"^.*$":{}}}}},
"join.response": {"type":"object","x-type":"JoinResponse","properties":{"link":{"type":"object","required":["source","prefix"],"x-type":"Link","properties":{"source":{"type":"string","description":"Name of a link in the host namespace, which the engine moves"},"prefix":{"type":"string","description":"Name inside is this and a number, unless `name` is given"},"name":{"type":"string"},"placed":{"type":"boolean","description":"The link was made inside the sandbox, as the `interfaceName` of the request"}}},"gateway":{"type":"string","description":"IPv4 or IPv6 address"},"gatewayIpv6":{"type":"string","description":"IPv4 or IPv6 address"},"routes":{"type":"array","items":{"type":"object","required":["destination","kind"],"x-type":"Route","properties":{"destination":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"kind":{"type":"string","enum":["next-hop","connected"]},"nextHop":{"type":"string","description":"IPv4 or IPv6 address"}}}},"disableGatewayService":{"type":"boolean"},"configured":{"type":"object","description":"What a link that was placed has already, with its routes: the engine gives it nothing more","x-type":"Configured","properties":{"address":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"addressIpv6":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"gateway":{"type":"string","description":"IPv4 or IPv6 address"},"gatewayIpv6":{"type":"string","description":"IPv4 or IPv6 address"},"macAddress":{"type":"string"}}},"nameServers":{"type":"array","description":"Name servers that answer for the network","items":{"type":"string","description":"IPv4 or IPv6 address"}}}},
"programExternal.request": {"type":"object","required":["networkId","endpointId","options"],"additionalProperties":false,"x-type":"ProgramExternalRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128},"options":{"type":"object","patternProperties":{"^.*$":{}}}}},
"programExternal.response": {"type":"object","required":["ports"],"x-type":"ProgramExternalResponse","properties":{"ports":{"type":"array","items":{"type":"object","required":["protocol","containerPort"],"additionalProperties":false,"x-type":"PortBinding","properties":{"protocol":{"type":"string","enum":["tcp","udp","sctp"]},"containerPort":{"type":"integer","minimum":1,"maximum":65535},"hostIp":{"type":"string","description":"Absent or empty: every address of the host"},"hostPort":{"type":"integer","minimum":0,"maximum":65535,"description":"Absent or 0: the driver chooses"},"hostPortEnd":{"type":"integer","minimum":0,"maximum":65535,"description":"A free port of hostPort to this one"}}}}}},
"revokeExternal.request": {"type":"object","required":["networkId","endpointId"],"additionalProperties":false,"x-type":"RevokeExternalRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128}}},
"revokeExternal.response": {"type":"object","properties":{}},
"leave.request": {"type":"object","required":["networkId","endpointId"],"additionalProperties":false,"x-type":"LeaveRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128}}},
"leave.response": {"type":"object","properties":{}},
"deleteEndpoint.request": {"type":"object","required":["networkId","endpointId"],"additionalProperties":false,"x-type":"DeleteEndpointRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128}}},
"deleteEndpoint.response": {"type":"object","properties":{}},
"publishNames.request": {"type":"object","required":["networkId","names","upstream"],"additionalProperties":false,"x-type":"PublishNamesRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"names":{"type":"array","items":{"type":"object","required":["endpointId","names","addresses"],"additionalProperties":false,"x-type":"Name","properties":{"endpointId":{"type":"string","minLength":1,"maxLength":128},"names":{"type":"array","items":{"type":"string"}},"addresses":{"type":"array","items":{"type":"string","description":"IPv4 or IPv6 address"}},"askers":{"type":"array","description":"They alone are answered; absent: everybody","items":{"type":"string","description":"IPv4 or IPv6 address"}}}}},"upstream":{"type":"array","description":"Name servers for all other names","items":{"type":"string","description":"IPv4 or IPv6 address"}}}},
"publishNames.response": {"type":"object","properties":{}},
"discover.request": {"type":"object","required":["added","kind","data"],"additionalProperties":false,"x-type":"DiscoverRequest","properties":{"added":{"type":"boolean"},"kind":{"type":"integer"},"data":{"type":"object","patternProperties":{"^.*$":{}}}}},
"discover.response": {"type":"object","properties":{}}
}'''
)


NetworkDriver.contract = Contract(
    "network.driver",
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
            "allocateNetwork",
            "allocate_network",
            request=_SCHEMAS["allocateNetwork.request"],
            response=_SCHEMAS["allocateNetwork.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "freeNetwork",
            "free_network",
            request=_SCHEMAS["freeNetwork.request"],
            response=_SCHEMAS["freeNetwork.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "checkGateway",
            "check_gateway",
            request=_SCHEMAS["checkGateway.request"],
            response=_SCHEMAS["checkGateway.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "createNetwork",
            "create_network",
            request=_SCHEMAS["createNetwork.request"],
            response=_SCHEMAS["createNetwork.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "deleteNetwork",
            "delete_network",
            request=_SCHEMAS["deleteNetwork.request"],
            response=_SCHEMAS["deleteNetwork.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "createEndpoint",
            "create_endpoint",
            request=_SCHEMAS["createEndpoint.request"],
            response=_SCHEMAS["createEndpoint.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "endpointInfo",
            "endpoint_info",
            request=_SCHEMAS["endpointInfo.request"],
            response=_SCHEMAS["endpointInfo.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "join",
            "join",
            request=_SCHEMAS["join.request"],
            response=_SCHEMAS["join.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=False,
        ),
        Method(
            "programExternal",
            "program_external",
            request=_SCHEMAS["programExternal.request"],
            response=_SCHEMAS["programExternal.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "revokeExternal",
            "revoke_external",
            request=_SCHEMAS["revokeExternal.request"],
            response=_SCHEMAS["revokeExternal.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "leave",
            "leave",
            request=_SCHEMAS["leave.request"],
            response=_SCHEMAS["leave.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "deleteEndpoint",
            "delete_endpoint",
            request=_SCHEMAS["deleteEndpoint.request"],
            response=_SCHEMAS["deleteEndpoint.response"],
            input=None,
            output=None,
            deadline_ms=60000,
            idempotent=True,
        ),
        Method(
            "publishNames",
            "publish_names",
            request=_SCHEMAS["publishNames.request"],
            response=_SCHEMAS["publishNames.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "discover",
            "discover",
            request=_SCHEMAS["discover.request"],
            response=_SCHEMAS["discover.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
    ],
    [
        CapabilitiesResponse,
        IpamData,
        AllocateNetworkRequest,
        AllocateNetworkResponse,
        FreeNetworkRequest,
        CheckGatewayRequest,
        CheckGatewayResponse,
        CreateNetworkRequest,
        DeleteNetworkRequest,
        EndpointInterface,
        ExposedPort,
        PortBinding,
        CreateEndpointRequest,
        CreateEndpointResponse,
        EndpointInfoRequest,
        EndpointInfoResponse,
        JoinRequest,
        Link,
        Route,
        Configured,
        JoinResponse,
        ProgramExternalRequest,
        ProgramExternalResponse,
        RevokeExternalRequest,
        LeaveRequest,
        DeleteEndpointRequest,
        Name,
        PublishNamesRequest,
        DiscoverRequest,
    ],
)
