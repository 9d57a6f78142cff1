// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package authauthenticate is the contract auth.authenticate 0.1.0: Who is calling.
package authauthenticate

import (
	"context"

	"moby-origin/sdk/wire"
)

// SocketResponse is part of the messages of the contract.
type SocketResponse struct {
	// Permission bits: never those of others than owner and group
	Mode int `json:"mode"`

	// Group of the socket; absent, that of the front-end's process
	GID *int `json:"gid,omitempty"`
}

// Peer is part of the messages of the contract.
type Peer struct {
	UID int `json:"uid"`

	GID int `json:"gid"`

	// In the namespace of the engine; may have been reused
	Pid int `json:"pid"`
}

// Evidence is part of the messages of the contract.
type Evidence struct {
	Transport string `json:"transport"`

	Peer *Peer `json:"peer,omitempty"`

	// PEM, the peer's own first; only those that the front-end has verified
	Certificates []string `json:"certificates,omitempty"`

	// Headers that may carry credentials, lower-case names
	Headers map[string]string `json:"headers,omitempty"`
}

// AuthenticateRequest is part of the messages of the contract.
type AuthenticateRequest struct {
	Evidence Evidence `json:"evidence"`
}

// Principal is part of the messages of the contract.
type Principal struct {
	// User name, certificate name, subject; the number of a user that has no name
	Name string `json:"name"`

	// How it was established: peer-credentials, tls, token
	Method string `json:"method"`

	// Names, each once; empty when none is known
	Groups wire.List[string] `json:"groups"`
}

// AuthenticateResponse is part of the messages of the contract.
type AuthenticateResponse struct {
	Principal Principal `json:"principal"`
}

// Driver is what a driver of auth.authenticate implements, and what a client offers.
type Driver interface {
	// Socket: How a front-end must make its Unix socket, so that the right callers can connect.
	Socket(ctx context.Context) (SocketResponse, error)

	// Authenticate: The principal behind a connection, the same for the same evidence. Fails with
	// AUTH_NOT_AUTHENTICATED, never by guessing: not by `peer` of another transport than `unix`, nor by
	// evidence of any size that it cannot use.
	//
	// Errors: AUTH_NOT_AUTHENTICATED.
	Authenticate(ctx context.Context, request AuthenticateRequest) (AuthenticateResponse, error)
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("auth.authenticate", "0.1.0", schemas,
	wire.Method{Name: "socket", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "authenticate", DeadlineMs: 10000, Idempotent: true},
)

const schemas = `{
"socket.request": {"type":"object","additionalProperties":false,"properties":{}},
"socket.response": {"type":"object","required":["mode"],"x-type":"SocketResponse","properties":{"mode":{"type":"integer","description":"Permission bits: never those of others than owner and group"},"gid":{"type":"integer","description":"Group of the socket; absent, that of the front-end's process"}}},
"authenticate.request": {"type":"object","required":["evidence"],"additionalProperties":false,"x-type":"AuthenticateRequest","properties":{"evidence":{"type":"object","required":["transport"],"additionalProperties":false,"x-type":"Evidence","properties":{"transport":{"type":"string","enum":["unix","tcp","tls"]},"peer":{"type":"object","required":["uid","gid","pid"],"additionalProperties":false,"x-type":"Peer","properties":{"uid":{"type":"integer"},"gid":{"type":"integer"},"pid":{"type":"integer","description":"In the namespace of the engine; may have been reused"}}},"certificates":{"type":"array","description":"PEM, the peer's own first; only those that the front-end has verified","items":{"type":"string"}},"headers":{"type":"object","description":"Headers that may carry credentials, lower-case names","patternProperties":{"^.*$":{"type":"string"}}}}}}},
"authenticate.response": {"type":"object","required":["principal"],"x-type":"AuthenticateResponse","properties":{"principal":{"type":"object","required":["name","method","groups"],"x-type":"Principal","properties":{"name":{"type":"string","description":"User name, certificate name, subject; the number of a user that has no name"},"method":{"type":"string","description":"How it was established: peer-credentials, tls, token"},"groups":{"type":"array","description":"Names, each once; empty when none is known","items":{"type":"string"}}}}}}
}`

// Serve makes a driver a service of auth.authenticate.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("socket", func(ctx context.Context, request wire.Nothing) (SocketResponse, error) {
			return driver.Socket(ctx)
		}),
		wire.Answer("authenticate", func(ctx context.Context, request AuthenticateRequest) (AuthenticateResponse, error) {
			return driver.Authenticate(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of auth.authenticate behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Socket(ctx context.Context) (SocketResponse, error) {
	return wire.CallAnswer[SocketResponse](ctx, c.peer, Contract, "socket", wire.Nothing{})
}

func (c client) Authenticate(ctx context.Context, request AuthenticateRequest) (AuthenticateResponse, error) {
	return wire.CallAnswer[AuthenticateResponse](ctx, c.peer, Contract, "authenticate", request)
}
