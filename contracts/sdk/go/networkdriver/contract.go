// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package networkdriver is the contract network.driver 0.1.0: Networks that containers join.
package networkdriver

import (
	"context"

	"moby-origin/sdk/wire"
)

// CapabilitiesResponse is part of the messages of the contract.
type CapabilitiesResponse struct {
	Scope string `json:"scope"`

	ConnectivityScope string `json:"connectivityScope"`

	// Needs addresses from a network.ipam driver
	Addresses bool `json:"addresses"`

	// Answers `checkGateway`
	GatewayCheck *bool `json:"gatewayCheck,omitempty"`

	// Publishes ports of endpoints; absent: it does
	Ports *bool `json:"ports,omitempty"`

	// Answers names of `publishNames` at its name servers
	Names *bool `json:"names,omitempty"`

	// own: a namespace with links (default); none: an empty one; host: the host itself
	Sandbox *string `json:"sandbox,omitempty"`

	// Only the predefined network of that name exists
	Single *bool `json:"single,omitempty"`
}

// IpamData is part of the messages of the contract.
type IpamData struct {
	AddressSpace string `json:"addressSpace"`

	// Address with prefix length: 10.1.0.2/16
	Pool string `json:"pool"`

	// Address with prefix length: 10.1.0.2/16
	Gateway *string `json:"gateway,omitempty"`

	// Names to reserved addresses
	AuxAddresses map[string]string `json:"auxAddresses,omitempty"`
}

// AllocateNetworkRequest is part of the messages of the contract.
type AllocateNetworkRequest struct {
	NetworkID string `json:"networkId"`

	// User options
	Options wire.Map[string] `json:"options"`

	IPV4 wire.List[IpamData] `json:"ipv4"`

	IPV6 wire.List[IpamData] `json:"ipv6"`
}

// AllocateNetworkResponse is part of the messages of the contract.
type AllocateNetworkResponse struct {
	// Options for createNetwork
	Options wire.Map[string] `json:"options"`
}

// FreeNetworkRequest is part of the messages of the contract.
type FreeNetworkRequest struct {
	NetworkID string `json:"networkId"`
}

// CheckGatewayRequest is part of the messages of the contract.
type CheckGatewayRequest struct {
	Options wire.Map[any] `json:"options"`
}

// CheckGatewayResponse is part of the messages of the contract.
type CheckGatewayResponse struct {
	SkipIPV4 bool `json:"skipIpv4"`

	SkipIPV6 bool `json:"skipIpv6"`
}

// CreateNetworkRequest is part of the messages of the contract.
type CreateNetworkRequest struct {
	NetworkID string `json:"networkId"`

	// Name given by the user, for messages and link names
	Name string `json:"name"`

	Options wire.Map[any] `json:"options"`

	// No way out of the network
	Internal bool `json:"internal"`

	EnableIPV4 bool `json:"enableIpv4"`

	EnableIPV6 bool `json:"enableIpv6"`

	IPV4 wire.List[IpamData] `json:"ipv4"`

	IPV6 wire.List[IpamData] `json:"ipv6"`
}

// DeleteNetworkRequest is part of the messages of the contract.
type DeleteNetworkRequest struct {
	NetworkID string `json:"networkId"`
}

// EndpointInterface is part of the messages of the contract.
type EndpointInterface struct {
	// Address with prefix length: 10.1.0.2/16
	Address *string `json:"address,omitempty"`

	// Address with prefix length: 10.1.0.2/16
	AddressIPV6 *string `json:"addressIpv6,omitempty"`

	MacAddress *string `json:"macAddress,omitempty"`
}

// ExposedPort is part of the messages of the contract.
type ExposedPort struct {
	Protocol string `json:"protocol"`

	Port int `json:"port"`
}

// PortBinding is part of the messages of the contract.
type PortBinding struct {
	Protocol string `json:"protocol"`

	ContainerPort int `json:"containerPort"`

	// Absent or empty: every address of the host
	HostIP *string `json:"hostIp,omitempty"`

	// Absent or 0: the driver chooses
	HostPort *int `json:"hostPort,omitempty"`

	// A free port of hostPort to this one
	HostPortEnd *int `json:"hostPortEnd,omitempty"`
}

// CreateEndpointRequest is part of the messages of the contract.
type CreateEndpointRequest struct {
	NetworkID string `json:"networkId"`

	EndpointID string `json:"endpointId"`

	Interface EndpointInterface `json:"interface"`

	ExposedPorts wire.List[ExposedPort] `json:"exposedPorts"`

	PortBindings wire.List[PortBinding] `json:"portBindings"`

	Options wire.Map[any] `json:"options"`
}

// CreateEndpointResponse is part of the messages of the contract.
type CreateEndpointResponse struct {
	Interface EndpointInterface `json:"interface"`
}

// EndpointInfoRequest is part of the messages of the contract.
type EndpointInfoRequest struct {
	NetworkID string `json:"networkId"`

	EndpointID string `json:"endpointId"`
}

// EndpointInfoResponse is part of the messages of the contract.
type EndpointInfoResponse struct {
	Value wire.Map[any] `json:"value"`
}

// JoinRequest is part of the messages of the contract.
type JoinRequest struct {
	NetworkID string `json:"networkId"`

	EndpointID string `json:"endpointId"`

	// Path of the network namespace
	SandboxKey string `json:"sandboxKey"`

	// Name that the link is to get. A driver that can makes it right there and answers `placed`, because
	// moving a link between namespaces takes the kernel many milliseconds.
	InterfaceName *string `json:"interfaceName,omitempty"`

	Options wire.Map[any] `json:"options"`
}

// Link is part of the messages of the contract.
type Link struct {
	// Name of a link in the host namespace, which the engine moves
	Source string `json:"source"`

	// Name inside is this and a number, unless `name` is given
	Prefix string `json:"prefix"`

	Name *string `json:"name,omitempty"`

	// The link was made inside the sandbox, as the `interfaceName` of the request
	Placed *bool `json:"placed,omitempty"`
}

// Route is part of the messages of the contract.
type Route struct {
	// Address with prefix length: 10.1.0.2/16
	Destination string `json:"destination"`

	Kind string `json:"kind"`

	// IPv4 or IPv6 address
	NextHop *string `json:"nextHop,omitempty"`
}

// Configured: What a link that was placed has already, with its routes: the engine gives it nothing
// more
type Configured struct {
	// Address with prefix length: 10.1.0.2/16
	Address *string `json:"address,omitempty"`

	// Address with prefix length: 10.1.0.2/16
	AddressIPV6 *string `json:"addressIpv6,omitempty"`

	// IPv4 or IPv6 address
	Gateway *string `json:"gateway,omitempty"`

	// IPv4 or IPv6 address
	GatewayIPV6 *string `json:"gatewayIpv6,omitempty"`

	MacAddress *string `json:"macAddress,omitempty"`
}

// JoinResponse is part of the messages of the contract.
type JoinResponse struct {
	Link *Link `json:"link,omitempty"`

	// IPv4 or IPv6 address
	Gateway *string `json:"gateway,omitempty"`

	// IPv4 or IPv6 address
	GatewayIPV6 *string `json:"gatewayIpv6,omitempty"`

	Routes []Route `json:"routes,omitempty"`

	DisableGatewayService *bool `json:"disableGatewayService,omitempty"`

	// What a link that was placed has already, with its routes: the engine gives it nothing more
	Configured *Configured `json:"configured,omitempty"`

	// Name servers that answer for the network
	NameServers []string `json:"nameServers,omitempty"`
}

// ProgramExternalRequest is part of the messages of the contract.
type ProgramExternalRequest struct {
	NetworkID string `json:"networkId"`

	EndpointID string `json:"endpointId"`

	Options wire.Map[any] `json:"options"`
}

// ProgramExternalResponse is part of the messages of the contract.
type ProgramExternalResponse struct {
	Ports wire.List[PortBinding] `json:"ports"`
}

// RevokeExternalRequest is part of the messages of the contract.
type RevokeExternalRequest struct {
	NetworkID string `json:"networkId"`

	EndpointID string `json:"endpointId"`
}

// LeaveRequest is part of the messages of the contract.
type LeaveRequest struct {
	NetworkID string `json:"networkId"`

	EndpointID string `json:"endpointId"`
}

// DeleteEndpointRequest is part of the messages of the contract.
type DeleteEndpointRequest struct {
	NetworkID string `json:"networkId"`

	EndpointID string `json:"endpointId"`
}

// Name is part of the messages of the contract.
type Name struct {
	EndpointID string `json:"endpointId"`

	Names wire.List[string] `json:"names"`

	Addresses wire.List[string] `json:"addresses"`

	// They alone are answered; absent: everybody
	Askers []string `json:"askers,omitempty"`
}

// PublishNamesRequest is part of the messages of the contract.
type PublishNamesRequest struct {
	NetworkID string `json:"networkId"`

	Names wire.List[Name] `json:"names"`

	// Name servers for all other names
	Upstream wire.List[string] `json:"upstream"`
}

// DiscoverRequest is part of the messages of the contract.
type DiscoverRequest struct {
	Added bool `json:"added"`

	Kind int `json:"kind"`

	Data wire.Map[any] `json:"data"`
}

// Driver is what a driver of network.driver implements, and what a client offers.
type Driver interface {
	// Capabilities: What the driver can do and needs.
	Capabilities(ctx context.Context) (CapabilitiesResponse, error)

	// AllocateNetwork: For global scope: reserves what a network needs in the whole cluster; its options
	// go to createNetwork.
	//
	// Errors: NETWORK_EXISTS, NOT_SUPPORTED.
	AllocateNetwork(ctx context.Context, request AllocateNetworkRequest) (AllocateNetworkResponse, error)

	// FreeNetwork: Undoes allocateNetwork.
	//
	// Errors: NOT_SUPPORTED.
	FreeNetwork(ctx context.Context, request FreeNetworkRequest) error

	// CheckGateway: Whether a network with these options needs gateway addresses.
	//
	// Errors: NOT_SUPPORTED.
	CheckGateway(ctx context.Context, request CheckGatewayRequest) (CheckGatewayResponse, error)

	// CreateNetwork: Makes a network. Called again with the same request after a restart, it puts back
	// whatever is missing.
	//
	// Errors: NETWORK_EXISTS, NETWORK_OPTION_INVALID, NETWORK_PLUGIN_FAILED, POOL_OVERLAPS, HOST_LACKS.
	CreateNetwork(ctx context.Context, request CreateNetworkRequest) error

	// DeleteNetwork: Removes a network and all that it has on the host. An unknown one is success.
	//
	// Errors: NETWORK_HAS_ENDPOINTS.
	DeleteNetwork(ctx context.Context, request DeleteNetworkRequest) error

	// CreateEndpoint: Reserves an endpoint. The answer holds only what the request left open, a MAC
	// address for example.
	//
	// Errors: NETWORK_NOT_FOUND, ENDPOINT_EXISTS, ADDRESS_IN_USE, PORT_IN_USE, NETWORK_OPTION_INVALID.
	CreateEndpoint(ctx context.Context, request CreateEndpointRequest) (CreateEndpointResponse, error)

	// EndpointInfo: What the driver can tell of an endpoint for `docker inspect`.
	//
	// Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND.
	EndpointInfo(ctx context.Context, request EndpointInfoRequest) (EndpointInfoResponse, error)

	// Join: Makes the link of an endpoint, up to the point where the engine moves it into the sandbox.
	//
	// Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND, NETWORK_PLUGIN_FAILED, HOST_LACKS.
	Join(ctx context.Context, request JoinRequest) (JoinResponse, error)

	// ProgramExternal: Publishes the ports of an endpoint that is its sandbox's way out; the answer tells
	// the host ports.
	//
	// Errors: NETWORK_NOT_FOUND, ENDPOINT_NOT_FOUND, PORT_IN_USE, NOT_SUPPORTED.
	ProgramExternal(ctx context.Context, request ProgramExternalRequest) (ProgramExternalResponse, error)

	// RevokeExternal: Takes published ports back.
	//
	// Errors: NOT_SUPPORTED.
	RevokeExternal(ctx context.Context, request RevokeExternalRequest) error

	// Leave: Undoes join. The link may be gone already, together with its namespace.
	Leave(ctx context.Context, request LeaveRequest) error

	// DeleteEndpoint: Undoes createEndpoint. An unknown one is success.
	DeleteEndpoint(ctx context.Context, request DeleteEndpointRequest) error

	// PublishNames: All names of a network, replacing those before: every name answers with every address
	// that has it. They must go on being answered while the engine is not running.
	//
	// Errors: NETWORK_NOT_FOUND, NOT_SUPPORTED.
	PublishNames(ctx context.Context, request PublishNamesRequest) error

	// Discover: Tells of a node that came or went in a cluster.
	//
	// Errors: NOT_SUPPORTED.
	Discover(ctx context.Context, request DiscoverRequest) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("network.driver", "0.1.0", schemas,
	wire.Method{Name: "capabilities", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "allocateNetwork", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "freeNetwork", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "checkGateway", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "createNetwork", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "deleteNetwork", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "createEndpoint", DeadlineMs: 60000},
	wire.Method{Name: "endpointInfo", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "join", DeadlineMs: 60000},
	wire.Method{Name: "programExternal", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "revokeExternal", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "leave", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "deleteEndpoint", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "publishNames", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "discover", DeadlineMs: 10000, Idempotent: true},
)

const schemas = `{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["scope","connectivityScope","addresses"],"x-type":"CapabilitiesResponse","properties":{"scope":{"type":"string","enum":["local","global"]},"connectivityScope":{"type":"string","enum":["local","global"]},"addresses":{"type":"boolean","description":"Needs addresses from a network.ipam driver"},"gatewayCheck":{"type":"boolean","description":"Answers ` + "`" + `checkGateway` + "`" + `"},"ports":{"type":"boolean","description":"Publishes ports of endpoints; absent: it does"},"names":{"type":"boolean","description":"Answers names of ` + "`" + `publishNames` + "`" + ` at its name servers"},"sandbox":{"type":"string","enum":["own","none","host"],"description":"own: a namespace with links (default); none: an empty one; host: the host itself"},"single":{"type":"boolean","description":"Only the predefined network of that name exists"}}},
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
"join.request": {"type":"object","required":["networkId","endpointId","sandboxKey","options"],"additionalProperties":false,"x-type":"JoinRequest","properties":{"networkId":{"type":"string","minLength":1,"maxLength":128},"endpointId":{"type":"string","minLength":1,"maxLength":128},"sandboxKey":{"type":"string","description":"Path of the network namespace"},"interfaceName":{"type":"string","description":"Name that the link is to get. A driver that can makes it right there and answers ` + "`" + `placed` + "`" + `, because moving a link between namespaces takes the kernel many milliseconds."},"options":{"type":"object","patternProperties":{"^.*$":{}}}}},
"join.response": {"type":"object","x-type":"JoinResponse","properties":{"link":{"type":"object","required":["source","prefix"],"x-type":"Link","properties":{"source":{"type":"string","description":"Name of a link in the host namespace, which the engine moves"},"prefix":{"type":"string","description":"Name inside is this and a number, unless ` + "`" + `name` + "`" + ` is given"},"name":{"type":"string"},"placed":{"type":"boolean","description":"The link was made inside the sandbox, as the ` + "`" + `interfaceName` + "`" + ` of the request"}}},"gateway":{"type":"string","description":"IPv4 or IPv6 address"},"gatewayIpv6":{"type":"string","description":"IPv4 or IPv6 address"},"routes":{"type":"array","items":{"type":"object","required":["destination","kind"],"x-type":"Route","properties":{"destination":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"kind":{"type":"string","enum":["next-hop","connected"]},"nextHop":{"type":"string","description":"IPv4 or IPv6 address"}}}},"disableGatewayService":{"type":"boolean"},"configured":{"type":"object","description":"What a link that was placed has already, with its routes: the engine gives it nothing more","x-type":"Configured","properties":{"address":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"addressIpv6":{"type":"string","description":"Address with prefix length: 10.1.0.2/16"},"gateway":{"type":"string","description":"IPv4 or IPv6 address"},"gatewayIpv6":{"type":"string","description":"IPv4 or IPv6 address"},"macAddress":{"type":"string"}}},"nameServers":{"type":"array","description":"Name servers that answer for the network","items":{"type":"string","description":"IPv4 or IPv6 address"}}}},
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
}`

// Serve makes a driver a service of network.driver.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("capabilities", func(ctx context.Context, request wire.Nothing) (CapabilitiesResponse, error) {
			return driver.Capabilities(ctx)
		}),
		wire.Answer("allocateNetwork", func(ctx context.Context, request AllocateNetworkRequest) (AllocateNetworkResponse, error) {
			return driver.AllocateNetwork(ctx, request)
		}),
		wire.Answer("freeNetwork", func(ctx context.Context, request FreeNetworkRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.FreeNetwork(ctx, request)
		}),
		wire.Answer("checkGateway", func(ctx context.Context, request CheckGatewayRequest) (CheckGatewayResponse, error) {
			return driver.CheckGateway(ctx, request)
		}),
		wire.Answer("createNetwork", func(ctx context.Context, request CreateNetworkRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.CreateNetwork(ctx, request)
		}),
		wire.Answer("deleteNetwork", func(ctx context.Context, request DeleteNetworkRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.DeleteNetwork(ctx, request)
		}),
		wire.Answer("createEndpoint", func(ctx context.Context, request CreateEndpointRequest) (CreateEndpointResponse, error) {
			return driver.CreateEndpoint(ctx, request)
		}),
		wire.Answer("endpointInfo", func(ctx context.Context, request EndpointInfoRequest) (EndpointInfoResponse, error) {
			return driver.EndpointInfo(ctx, request)
		}),
		wire.Answer("join", func(ctx context.Context, request JoinRequest) (JoinResponse, error) {
			return driver.Join(ctx, request)
		}),
		wire.Answer("programExternal", func(ctx context.Context, request ProgramExternalRequest) (ProgramExternalResponse, error) {
			return driver.ProgramExternal(ctx, request)
		}),
		wire.Answer("revokeExternal", func(ctx context.Context, request RevokeExternalRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.RevokeExternal(ctx, request)
		}),
		wire.Answer("leave", func(ctx context.Context, request LeaveRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Leave(ctx, request)
		}),
		wire.Answer("deleteEndpoint", func(ctx context.Context, request DeleteEndpointRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.DeleteEndpoint(ctx, request)
		}),
		wire.Answer("publishNames", func(ctx context.Context, request PublishNamesRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.PublishNames(ctx, request)
		}),
		wire.Answer("discover", func(ctx context.Context, request DiscoverRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Discover(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of network.driver behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Capabilities(ctx context.Context) (CapabilitiesResponse, error) {
	return wire.CallAnswer[CapabilitiesResponse](ctx, c.peer, Contract, "capabilities", wire.Nothing{})
}

func (c client) AllocateNetwork(ctx context.Context, request AllocateNetworkRequest) (AllocateNetworkResponse, error) {
	return wire.CallAnswer[AllocateNetworkResponse](ctx, c.peer, Contract, "allocateNetwork", request)
}

func (c client) FreeNetwork(ctx context.Context, request FreeNetworkRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "freeNetwork", request)
	return err
}

func (c client) CheckGateway(ctx context.Context, request CheckGatewayRequest) (CheckGatewayResponse, error) {
	return wire.CallAnswer[CheckGatewayResponse](ctx, c.peer, Contract, "checkGateway", request)
}

func (c client) CreateNetwork(ctx context.Context, request CreateNetworkRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "createNetwork", request)
	return err
}

func (c client) DeleteNetwork(ctx context.Context, request DeleteNetworkRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "deleteNetwork", request)
	return err
}

func (c client) CreateEndpoint(ctx context.Context, request CreateEndpointRequest) (CreateEndpointResponse, error) {
	return wire.CallAnswer[CreateEndpointResponse](ctx, c.peer, Contract, "createEndpoint", request)
}

func (c client) EndpointInfo(ctx context.Context, request EndpointInfoRequest) (EndpointInfoResponse, error) {
	return wire.CallAnswer[EndpointInfoResponse](ctx, c.peer, Contract, "endpointInfo", request)
}

func (c client) Join(ctx context.Context, request JoinRequest) (JoinResponse, error) {
	return wire.CallAnswer[JoinResponse](ctx, c.peer, Contract, "join", request)
}

func (c client) ProgramExternal(ctx context.Context, request ProgramExternalRequest) (ProgramExternalResponse, error) {
	return wire.CallAnswer[ProgramExternalResponse](ctx, c.peer, Contract, "programExternal", request)
}

func (c client) RevokeExternal(ctx context.Context, request RevokeExternalRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "revokeExternal", request)
	return err
}

func (c client) Leave(ctx context.Context, request LeaveRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "leave", request)
	return err
}

func (c client) DeleteEndpoint(ctx context.Context, request DeleteEndpointRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "deleteEndpoint", request)
	return err
}

func (c client) PublishNames(ctx context.Context, request PublishNamesRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "publishNames", request)
	return err
}

func (c client) Discover(ctx context.Context, request DiscoverRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "discover", request)
	return err
}
