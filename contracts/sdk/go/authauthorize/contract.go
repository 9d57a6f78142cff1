// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package authauthorize is the contract auth.authorize 0.1.0: What a caller may do. Several drivers
// are asked in order, and all must allow.
package authauthorize

import (
	"context"

	"moby-origin/sdk/wire"
)

// Principal is part of the messages of the contract.
type Principal struct {
	// User name, certificate name, subject; the number of a user that has no name
	Name string `json:"name"`

	// How it was established: peer-credentials, tls, token
	Method string `json:"method"`

	// Names, each once; empty when none is known
	Groups wire.List[string] `json:"groups"`
}

// Operation is part of the messages of the contract.
type Operation struct {
	// Method of the engine contract: containers.create
	Name string `json:"name"`

	// Its request
	Request any `json:"request"`
}

// HttpEvidence is part of the messages of the contract.
type HttpEvidence struct {
	Method string `json:"method"`

	// As received, with version and query
	Uri string `json:"uri"`

	// Credentials are removed
	Headers wire.Map[string] `json:"headers"`

	// JSON bodies only; a body over the limit is denied, never left out
	Body *wire.Bytes `json:"body,omitempty"`

	Certificates []string `json:"certificates,omitempty"`
}

// AuthorizeRequest is part of the messages of the contract.
type AuthorizeRequest struct {
	Principal Principal `json:"principal"`

	Operation Operation `json:"operation"`

	Http *HttpEvidence `json:"http,omitempty"`
}

// AuthorizeResponse is part of the messages of the contract.
type AuthorizeResponse struct {
	Allow bool `json:"allow"`

	// Told to the caller when denied
	Message *string `json:"message,omitempty"`
}

// AuthorizeResponseRequest is part of the messages of the contract.
type AuthorizeResponseRequest struct {
	Principal Principal `json:"principal"`

	Operation Operation `json:"operation"`

	Http *HttpEvidence `json:"http,omitempty"`

	Status int `json:"status"`

	// Of the answer
	Headers wire.Map[string] `json:"headers"`

	// Of the answer
	Body *wire.Bytes `json:"body,omitempty"`
}

// AuthorizeResponseResponse is part of the messages of the contract.
type AuthorizeResponseResponse struct {
	Allow bool `json:"allow"`

	// Told to the caller when denied
	Message *string `json:"message,omitempty"`
}

// Driver is what a driver of auth.authorize implements, and what a client offers.
type Driver interface {
	// Authorize: Decides on an operation before it is done. An error counts as a denial. The same question
	// has the same answer, whatever was asked before or meanwhile, and the operation is left as it is.
	Authorize(ctx context.Context, request AuthorizeRequest) (AuthorizeResponse, error)

	// AuthorizeResponse: Decides whether the caller may see the answer, for answers that are not streams.
	//
	// Errors: NOT_SUPPORTED.
	AuthorizeResponse(ctx context.Context, request AuthorizeResponseRequest) (AuthorizeResponseResponse, error)
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("auth.authorize", "0.1.0", schemas,
	wire.Method{Name: "authorize", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "authorizeResponse", DeadlineMs: 10000, Idempotent: true},
)

const schemas = `{
"authorize.request": {"type":"object","required":["principal","operation"],"additionalProperties":false,"x-type":"AuthorizeRequest","properties":{"principal":{"type":"object","required":["name","method","groups"],"x-type":"Principal","properties":{"name":{"type":"string","description":"User name, certificate name, subject; the number of a user that has no name"},"method":{"type":"string","description":"How it was established: peer-credentials, tls, token"},"groups":{"type":"array","description":"Names, each once; empty when none is known","items":{"type":"string"}}}},"operation":{"type":"object","required":["name","request"],"additionalProperties":false,"x-type":"Operation","properties":{"name":{"type":"string","description":"Method of the engine contract: containers.create"},"request":{"description":"Its request"}}},"http":{"type":"object","required":["method","uri","headers"],"additionalProperties":false,"x-type":"HttpEvidence","properties":{"method":{"type":"string"},"uri":{"type":"string","description":"As received, with version and query"},"headers":{"type":"object","description":"Credentials are removed","patternProperties":{"^.*$":{"type":"string"}}},"body":{"type":"string","contentEncoding":"base64","description":"JSON bodies only; a body over the limit is denied, never left out"},"certificates":{"type":"array","items":{"type":"string"}}}}}},
"authorize.response": {"type":"object","required":["allow"],"x-type":"AuthorizeResponse","properties":{"allow":{"type":"boolean"},"message":{"type":"string","description":"Told to the caller when denied"}}},
"authorizeResponse.request": {"type":"object","required":["principal","operation","status","headers"],"additionalProperties":false,"x-type":"AuthorizeResponseRequest","properties":{"principal":{"type":"object","required":["name","method","groups"],"x-type":"Principal","properties":{"name":{"type":"string","description":"User name, certificate name, subject; the number of a user that has no name"},"method":{"type":"string","description":"How it was established: peer-credentials, tls, token"},"groups":{"type":"array","description":"Names, each once; empty when none is known","items":{"type":"string"}}}},"operation":{"type":"object","required":["name","request"],"additionalProperties":false,"x-type":"Operation","properties":{"name":{"type":"string","description":"Method of the engine contract: containers.create"},"request":{"description":"Its request"}}},"http":{"type":"object","required":["method","uri","headers"],"additionalProperties":false,"x-type":"HttpEvidence","properties":{"method":{"type":"string"},"uri":{"type":"string","description":"As received, with version and query"},"headers":{"type":"object","description":"Credentials are removed","patternProperties":{"^.*$":{"type":"string"}}},"body":{"type":"string","contentEncoding":"base64","description":"JSON bodies only; a body over the limit is denied, never left out"},"certificates":{"type":"array","items":{"type":"string"}}}},"status":{"type":"integer"},"headers":{"type":"object","description":"Of the answer","patternProperties":{"^.*$":{"type":"string"}}},"body":{"type":"string","contentEncoding":"base64","description":"Of the answer"}}},
"authorizeResponse.response": {"type":"object","required":["allow"],"x-type":"AuthorizeResponseResponse","properties":{"allow":{"type":"boolean"},"message":{"type":"string","description":"Told to the caller when denied"}}}
}`

// Serve makes a driver a service of auth.authorize.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("authorize", func(ctx context.Context, request AuthorizeRequest) (AuthorizeResponse, error) {
			return driver.Authorize(ctx, request)
		}),
		wire.Answer("authorizeResponse", func(ctx context.Context, request AuthorizeResponseRequest) (AuthorizeResponseResponse, error) {
			return driver.AuthorizeResponse(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of auth.authorize behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Authorize(ctx context.Context, request AuthorizeRequest) (AuthorizeResponse, error) {
	return wire.CallAnswer[AuthorizeResponse](ctx, c.peer, Contract, "authorize", request)
}

func (c client) AuthorizeResponse(ctx context.Context, request AuthorizeResponseRequest) (AuthorizeResponseResponse, error) {
	return wire.CallAnswer[AuthorizeResponseResponse](ctx, c.peer, Contract, "authorizeResponse", request)
}
