// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package networkipam is the contract network.ipam 0.1.0: Pools of addresses for networks.
package networkipam

import (
	"context"

	"moby-origin/sdk/wire"
)

// CapabilitiesResponse is part of the messages of the contract.
type CapabilitiesResponse struct {
	RequiresMacAddress bool `json:"requiresMacAddress"`

	RequiresRequestReplay bool `json:"requiresRequestReplay"`
}

// DefaultAddressSpacesResponse is part of the messages of the contract.
type DefaultAddressSpacesResponse struct {
	Local string `json:"local"`

	Global string `json:"global"`
}

// RequestPoolRequest is part of the messages of the contract.
type RequestPoolRequest struct {
	AddressSpace string `json:"addressSpace"`

	// Address with prefix length
	Pool *string `json:"pool,omitempty"`

	// Addresses that nobody asks for are taken from this part of the pool
	SubPool *string `json:"subPool,omitempty"`

	// User options, `--ipam-opt`
	Options wire.Map[string] `json:"options"`

	V6 bool `json:"v6"`

	// Prefixes of both families that the host routes already; may have host bits
	Avoid []string `json:"avoid,omitempty"`
}

// RequestPoolResponse is part of the messages of the contract.
type RequestPoolResponse struct {
	PoolID string `json:"poolId"`

	// Address with prefix length
	Pool string `json:"pool"`

	// Told to the network driver
	Data wire.Map[string] `json:"data"`
}

// ReleasePoolRequest is part of the messages of the contract.
type ReleasePoolRequest struct {
	PoolID string `json:"poolId"`
}

// RequestAddressRequest is part of the messages of the contract.
type RequestAddressRequest struct {
	PoolID string `json:"poolId"`

	// Without prefix length; anywhere in the pool
	Address *string `json:"address,omitempty"`

	// Docker keys: RequestAddressType, com.docker.network.endpoint.macaddress
	Options wire.Map[string] `json:"options"`
}

// RequestAddressResponse is part of the messages of the contract.
type RequestAddressResponse struct {
	// Address with prefix length
	Address string `json:"address"`

	// Told to the network driver
	Data wire.Map[string] `json:"data"`
}

// ReleaseAddressRequest is part of the messages of the contract.
type ReleaseAddressRequest struct {
	PoolID string `json:"poolId"`

	// Without prefix length
	Address string `json:"address"`
}

// Driver is what a driver of network.ipam implements, and what a client offers.
type Driver interface {
	// Capabilities: What the driver needs with each request.
	Capabilities(ctx context.Context) (CapabilitiesResponse, error)

	// DefaultAddressSpaces: Names of the spaces within which pools may not overlap; pools of different
	// spaces have nothing to do with each other.
	DefaultAddressSpaces(ctx context.Context) (DefaultAddressSpacesResponse, error)

	// RequestPool: Reserves a pool: the one asked for, or a free one that overlaps neither another pool
	// nor `avoid`; POOLS_EXHAUSTED when there is none. POOL_INVALID: a text that is no prefix or has host
	// bits, a prefix of the other family than `v6` says, an unknown address space, a `subPool` that is no
	// part of a `pool` that was asked for.
	//
	// Errors: POOL_INVALID, POOL_OVERLAPS, POOLS_EXHAUSTED.
	RequestPool(ctx context.Context, request RequestPoolRequest) (RequestPoolResponse, error)

	// ReleasePool: Gives a pool back with all its addresses. An unknown one is success.
	ReleasePool(ctx context.Context, request ReleasePoolRequest) error

	// RequestAddress: Reserves an address: the one asked for or a free one; never network, broadcast or
	// one in use (ADDRESS_IN_USE when it was asked for). IPv6 has no broadcast address, and pools of one
	// or two addresses have neither. The answer has the prefix length of the pool.
	//
	// Errors: POOL_NOT_FOUND, ADDRESS_INVALID, ADDRESS_IN_USE, ADDRESS_OUTSIDE_POOL, ADDRESSES_EXHAUSTED.
	RequestAddress(ctx context.Context, request RequestAddressRequest) (RequestAddressResponse, error)

	// ReleaseAddress: Gives an address back, however it is written. One that is not reserved is success.
	ReleaseAddress(ctx context.Context, request ReleaseAddressRequest) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("network.ipam", "0.1.0", schemas,
	wire.Method{Name: "capabilities", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "defaultAddressSpaces", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "requestPool", DeadlineMs: 60000},
	wire.Method{Name: "releasePool", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "requestAddress", DeadlineMs: 60000},
	wire.Method{Name: "releaseAddress", DeadlineMs: 60000, Idempotent: true},
)

const schemas = `{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["requiresMacAddress","requiresRequestReplay"],"x-type":"CapabilitiesResponse","properties":{"requiresMacAddress":{"type":"boolean"},"requiresRequestReplay":{"type":"boolean"}}},
"defaultAddressSpaces.request": {"type":"object","additionalProperties":false,"properties":{}},
"defaultAddressSpaces.response": {"type":"object","required":["local","global"],"x-type":"DefaultAddressSpacesResponse","properties":{"local":{"type":"string"},"global":{"type":"string"}}},
"requestPool.request": {"type":"object","required":["addressSpace","options","v6"],"additionalProperties":false,"x-type":"RequestPoolRequest","properties":{"addressSpace":{"type":"string"},"pool":{"type":"string","description":"Address with prefix length"},"subPool":{"type":"string","description":"Addresses that nobody asks for are taken from this part of the pool"},"options":{"type":"object","description":"User options, ` + "`" + `--ipam-opt` + "`" + `","patternProperties":{"^.*$":{"type":"string"}}},"v6":{"type":"boolean"},"avoid":{"type":"array","description":"Prefixes of both families that the host routes already; may have host bits","items":{"type":"string","description":"Address with prefix length"}}}},
"requestPool.response": {"type":"object","required":["poolId","pool","data"],"x-type":"RequestPoolResponse","properties":{"poolId":{"type":"string","minLength":1},"pool":{"type":"string","description":"Address with prefix length"},"data":{"type":"object","description":"Told to the network driver","patternProperties":{"^.*$":{"type":"string"}}}}},
"releasePool.request": {"type":"object","required":["poolId"],"additionalProperties":false,"x-type":"ReleasePoolRequest","properties":{"poolId":{"type":"string","minLength":1}}},
"releasePool.response": {"type":"object","properties":{}},
"requestAddress.request": {"type":"object","required":["poolId","options"],"additionalProperties":false,"x-type":"RequestAddressRequest","properties":{"poolId":{"type":"string","minLength":1},"address":{"type":"string","description":"Without prefix length; anywhere in the pool"},"options":{"type":"object","description":"Docker keys: RequestAddressType, com.docker.network.endpoint.macaddress","patternProperties":{"^.*$":{"type":"string"}}}}},
"requestAddress.response": {"type":"object","required":["address","data"],"x-type":"RequestAddressResponse","properties":{"address":{"type":"string","description":"Address with prefix length"},"data":{"type":"object","description":"Told to the network driver","patternProperties":{"^.*$":{"type":"string"}}}}},
"releaseAddress.request": {"type":"object","required":["poolId","address"],"additionalProperties":false,"x-type":"ReleaseAddressRequest","properties":{"poolId":{"type":"string","minLength":1},"address":{"type":"string","description":"Without prefix length"}}},
"releaseAddress.response": {"type":"object","properties":{}}
}`

// Serve makes a driver a service of network.ipam.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("capabilities", func(ctx context.Context, request wire.Nothing) (CapabilitiesResponse, error) {
			return driver.Capabilities(ctx)
		}),
		wire.Answer("defaultAddressSpaces", func(ctx context.Context, request wire.Nothing) (DefaultAddressSpacesResponse, error) {
			return driver.DefaultAddressSpaces(ctx)
		}),
		wire.Answer("requestPool", func(ctx context.Context, request RequestPoolRequest) (RequestPoolResponse, error) {
			return driver.RequestPool(ctx, request)
		}),
		wire.Answer("releasePool", func(ctx context.Context, request ReleasePoolRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.ReleasePool(ctx, request)
		}),
		wire.Answer("requestAddress", func(ctx context.Context, request RequestAddressRequest) (RequestAddressResponse, error) {
			return driver.RequestAddress(ctx, request)
		}),
		wire.Answer("releaseAddress", func(ctx context.Context, request ReleaseAddressRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.ReleaseAddress(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of network.ipam behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Capabilities(ctx context.Context) (CapabilitiesResponse, error) {
	return wire.CallAnswer[CapabilitiesResponse](ctx, c.peer, Contract, "capabilities", wire.Nothing{})
}

func (c client) DefaultAddressSpaces(ctx context.Context) (DefaultAddressSpacesResponse, error) {
	return wire.CallAnswer[DefaultAddressSpacesResponse](ctx, c.peer, Contract, "defaultAddressSpaces", wire.Nothing{})
}

func (c client) RequestPool(ctx context.Context, request RequestPoolRequest) (RequestPoolResponse, error) {
	return wire.CallAnswer[RequestPoolResponse](ctx, c.peer, Contract, "requestPool", request)
}

func (c client) ReleasePool(ctx context.Context, request ReleasePoolRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "releasePool", request)
	return err
}

func (c client) RequestAddress(ctx context.Context, request RequestAddressRequest) (RequestAddressResponse, error) {
	return wire.CallAnswer[RequestAddressResponse](ctx, c.peer, Contract, "requestAddress", request)
}

func (c client) ReleaseAddress(ctx context.Context, request ReleaseAddressRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "releaseAddress", request)
	return err
}
