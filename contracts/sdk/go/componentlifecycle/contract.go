// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package componentlifecycle is the contract component.lifecycle 0.1.0: How the kernel starts, watches
// and stops a component that runs in a process of its own.
package componentlifecycle

import (
	"context"

	"moby-origin/sdk/wire"
)

// StopRequest is part of the messages of the contract.
type StopRequest struct {
	// leave-containers: workloads go on without the engine; stop-containers: end them and clean up
	Reason string `json:"reason"`
}

// HealthResponse is part of the messages of the contract.
type HealthResponse struct {
	// degraded: it works with restrictions
	Status string `json:"status"`

	// What is restricted, for `moby status`
	Reason *string `json:"reason,omitempty"`
}

// Driver is what a driver of component.lifecycle implements, and what a client offers.
type Driver interface {
	// Start: Called once every component of the assembly has been created, and after each restart of the
	// process: the place to take up work that was left. The kernel gives up after startDeadlineMs of the
	// descriptor.
	Start(ctx context.Context) error

	// Stop: Called when users of the component have stopped. After the answer, or after stopDeadlineMs of
	// the descriptor, the process is sent SIGTERM.
	Stop(ctx context.Context, request StopRequest) error

	// Health: Asked every few seconds; a component that does not answer several times is ended and started
	// again.
	Health(ctx context.Context) (HealthResponse, error)
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("component.lifecycle", "0.1.0", schemas,
	wire.Method{Name: "start", DeadlineMs: 0},
	wire.Method{Name: "stop", DeadlineMs: 0},
	wire.Method{Name: "health", DeadlineMs: 2000, Idempotent: true},
)

const schemas = `{
"start.request": {"type":"object","additionalProperties":false,"properties":{}},
"start.response": {"type":"object","properties":{}},
"stop.request": {"type":"object","required":["reason"],"additionalProperties":false,"x-type":"StopRequest","properties":{"reason":{"type":"string","enum":["leave-containers","stop-containers"],"description":"leave-containers: workloads go on without the engine; stop-containers: end them and clean up"}}},
"stop.response": {"type":"object","properties":{}},
"health.request": {"type":"object","additionalProperties":false,"properties":{}},
"health.response": {"type":"object","required":["status"],"x-type":"HealthResponse","properties":{"status":{"type":"string","enum":["ready","degraded"],"description":"degraded: it works with restrictions"},"reason":{"type":"string","description":"What is restricted, for ` + "`" + `moby status` + "`" + `"}}}
}`

// Serve makes a driver a service of component.lifecycle.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("start", func(ctx context.Context, request wire.Nothing) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Start(ctx)
		}),
		wire.Answer("stop", func(ctx context.Context, request StopRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Stop(ctx, request)
		}),
		wire.Answer("health", func(ctx context.Context, request wire.Nothing) (HealthResponse, error) {
			return driver.Health(ctx)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of component.lifecycle behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Start(ctx context.Context) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "start", wire.Nothing{})
	return err
}

func (c client) Stop(ctx context.Context, request StopRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "stop", request)
	return err
}

func (c client) Health(ctx context.Context) (HealthResponse, error) {
	return wire.CallAnswer[HealthResponse](ctx, c.peer, Contract, "health", wire.Nothing{})
}
