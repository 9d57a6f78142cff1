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

// OfferRequest is part of the messages of the contract.
type OfferRequest struct {
	Contract string `json:"contract"`

	// Name by which users select it
	Driver string `json:"driver"`
}

// WithdrawRequest is part of the messages of the contract.
type WithdrawRequest struct {
	Contract string `json:"contract"`

	// Name by which users select it
	Driver string `json:"driver"`

	Reason string `json:"reason"`
}

// Driver is what a driver of component.kernel implements, and what a client offers.
type Driver interface {
	// Degraded: Tells that the component works with restrictions, or works again (without reason).
	Degraded(ctx context.Context, request DegradedRequest) error

	// Offer: Makes a driver known that the component found while it runs, of a contract that its
	// descriptor provides with `dynamic: true`. Calls of it come to the socket of the component with its
	// name in the header x-moby-driver. What a component offers before it answers its first handshake is
	// there when others start. Offers end with the process; until it has offered them again its drivers
	// are away.
	//
	// Errors: DRIVER_NAME_TAKEN, COMPONENT_FAILED.
	Offer(ctx context.Context, request OfferRequest) error

	// Withdraw: Takes a driver back that it offered. Whoever still holds it gets DRIVER_AWAY with the
	// reason.
	Withdraw(ctx context.Context, request WithdrawRequest) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("component.kernel", "0.1.0", schemas,
	wire.Method{Name: "degraded", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "offer", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "withdraw", DeadlineMs: 5000, Idempotent: true},
)

const schemas = `{
"degraded.request": {"type":"object","additionalProperties":false,"x-type":"DegradedRequest","properties":{"reason":{"type":"string","maxLength":4096}}},
"degraded.response": {"type":"object","properties":{}},
"offer.request": {"type":"object","required":["contract","driver"],"additionalProperties":false,"x-type":"OfferRequest","properties":{"contract":{"type":"string"},"driver":{"type":"string","minLength":1,"maxLength":255,"description":"Name by which users select it"}}},
"offer.response": {"type":"object","properties":{}},
"withdraw.request": {"type":"object","required":["contract","driver","reason"],"additionalProperties":false,"x-type":"WithdrawRequest","properties":{"contract":{"type":"string"},"driver":{"type":"string","minLength":1,"maxLength":255,"description":"Name by which users select it"},"reason":{"type":"string","maxLength":4096}}},
"withdraw.response": {"type":"object","properties":{}}
}`

// Serve makes a driver a service of component.kernel.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("degraded", func(ctx context.Context, request DegradedRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Degraded(ctx, request)
		}),
		wire.Answer("offer", func(ctx context.Context, request OfferRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Offer(ctx, request)
		}),
		wire.Answer("withdraw", func(ctx context.Context, request WithdrawRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Withdraw(ctx, request)
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

func (c client) Offer(ctx context.Context, request OfferRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "offer", request)
	return err
}

func (c client) Withdraw(ctx context.Context, request WithdrawRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "withdraw", request)
	return err
}
