// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package componentkernel is the contract component.kernel 0.1.0: What a component in a process of its
// own can tell the kernel.
package componentkernel

import (
	"context"

	"moby-origin/sdk/wire"
)

// DegradedRequest is part of the messages of the contract.
type DegradedRequest struct {
	Reason *string `json:"reason,omitempty"`
}

// Driver is what a driver of component.kernel implements, and what a client offers.
type Driver interface {
	// Degraded: Tells that the component works with restrictions, or works again (without reason).
	Degraded(ctx context.Context, request DegradedRequest) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("component.kernel", "0.1.0", schemas,
	wire.Method{Name: "degraded", DeadlineMs: 5000, Idempotent: true},
)

const schemas = `{
"degraded.request": {"type":"object","additionalProperties":false,"x-type":"DegradedRequest","properties":{"reason":{"type":"string","maxLength":4096}}},
"degraded.response": {"type":"object","properties":{}}
}`

// Serve makes a driver a service of component.kernel.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("degraded", func(ctx context.Context, request DegradedRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Degraded(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of component.kernel behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Degraded(ctx context.Context, request DegradedRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "degraded", request)
	return err
}
