// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package statestore is the contract state.store 0.1.0: Where the engine keeps what must survive it.
package statestore

import (
	"context"

	"moby-origin/sdk/wire"
)

// InfoResponse is part of the messages of the contract.
type InfoResponse struct {
	SchemaVersion int `json:"schemaVersion"`

	// Newest
	Revision wire.Int64 `json:"revision"`
}

// GetRequest is part of the messages of the contract.
type GetRequest struct {
	// Segments joined by slashes: containers/0123
	Key string `json:"key"`
}

// Entry is part of the messages of the contract.
type Entry struct {
	// Segments joined by slashes: containers/0123
	Key string `json:"key"`

	// JSON
	Value any `json:"value"`

	// Revision of the store when it was written last
	Revision wire.Int64 `json:"revision"`
}

// GetResponse is part of the messages of the contract.
type GetResponse struct {
	Entry *Entry `json:"entry,omitempty"`
}

// ListRequest is part of the messages of the contract.
type ListRequest struct {
	Prefix string `json:"prefix"`

	// Segments joined by slashes: containers/0123
	After *string `json:"after,omitempty"`

	Limit *int `json:"limit,omitempty"`
}

// ListResponse is part of the messages of the contract.
type ListResponse struct {
	Entries wire.List[Entry] `json:"entries"`

	// Revision that the list shows
	Revision wire.Int64 `json:"revision"`

	More bool `json:"more"`
}

// CommitRequest is part of the messages of the contract.
type CommitRequest struct {
	Changes wire.List[any] `json:"changes"`

	Durability string `json:"durability"`
}

// CommitResponse is part of the messages of the contract.
type CommitResponse struct {
	// Of this commit
	Revision wire.Int64 `json:"revision"`
}

// WatchRequest is part of the messages of the contract.
type WatchRequest struct {
	Prefix string `json:"prefix"`

	// Revision; absent: from now on
	After *wire.Int64 `json:"after,omitempty"`
}

// WatchItem is part of the messages of the contract.
type WatchItem struct {
	// Segments joined by slashes: containers/0123
	Key string `json:"key"`

	Value any `json:"value,omitempty"`

	Deleted bool `json:"deleted"`

	// Of the change
	Revision wire.Int64 `json:"revision"`
}

// Driver is what a driver of state.store implements, and what a client offers.
type Driver interface {
	// Info: Version of the stored schema and the newest revision.
	Info(ctx context.Context) (InfoResponse, error)

	// Get: One key; `entry` is absent when it does not exist.
	//
	// Errors: STATE_CORRUPT.
	Get(ctx context.Context, request GetRequest) (GetResponse, error)

	// List: Keys that begin with the prefix, in the order of their UTF-8 bytes, at most `limit` after
	// `after`.
	//
	// Errors: STATE_CORRUPT.
	List(ctx context.Context, request ListRequest) (ListResponse, error)

	// Commit: Applies changes together, in their order; to delete a key that does not exist is no error.
	// `power-loss`: when it answers they survive a loss of power (commits of several callers share one
	// flush); `process`: they survive the death of the process.
	//
	// Errors: STATE_CONFLICT, STATE_CORRUPT, STATE_FULL, STATE_WRITE_FAILED.
	Commit(ctx context.Context, request CommitRequest) (CommitResponse, error)

	// Watch: Changes under a prefix after a revision, each once, in order. Deleted keys come without
	// value.
	//
	// Errors: STATE_REVISION_GONE.
	Watch(ctx context.Context, request WatchRequest, send func(WatchItem) error) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("state.store", "0.1.0", schemas,
	wire.Method{Name: "info", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "get", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "list", DeadlineMs: 30000, Idempotent: true, MaxBytes: 67108864},
	wire.Method{Name: "commit", DeadlineMs: 30000, MaxBytes: 67108864},
	wire.Method{Name: "watch", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
)

const schemas = `{
"info.request": {"type":"object","additionalProperties":false,"properties":{}},
"info.response": {"type":"object","required":["schemaVersion","revision"],"x-type":"InfoResponse","properties":{"schemaVersion":{"type":"integer"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Newest"}}},
"get.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"GetRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"}}},
"get.response": {"type":"object","x-type":"GetResponse","properties":{"entry":{"type":"object","required":["key","value","revision"],"x-type":"Entry","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{"description":"JSON"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision of the store when it was written last"}}}}},
"list.request": {"type":"object","required":["prefix"],"additionalProperties":false,"x-type":"ListRequest","properties":{"prefix":{"type":"string"},"after":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"limit":{"type":"integer","minimum":1,"maximum":10000}}},
"list.response": {"type":"object","required":["entries","revision","more"],"x-type":"ListResponse","properties":{"entries":{"type":"array","items":{"type":"object","required":["key","value","revision"],"x-type":"Entry","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{"description":"JSON"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision of the store when it was written last"}}}},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision that the list shows"},"more":{"type":"boolean"}}},
"commit.request": {"type":"object","required":["changes","durability"],"additionalProperties":false,"x-type":"CommitRequest","properties":{"changes":{"type":"array","minItems":1,"maxItems":10000,"items":{"anyOf":[{"type":"object","required":["put","value"],"properties":{"put":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{},"expect":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision that the key must have"}},"additionalProperties":false},{"type":"object","required":["delete"],"properties":{"delete":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"expect":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision that the key must have"}},"additionalProperties":false}]}},"durability":{"type":"string","enum":["power-loss","process"]}}},
"commit.response": {"type":"object","required":["revision"],"x-type":"CommitResponse","properties":{"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Of this commit"}}},
"watch.request": {"type":"object","required":["prefix"],"additionalProperties":false,"x-type":"WatchRequest","properties":{"prefix":{"type":"string"},"after":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Revision; absent: from now on"}}},
"watch.output": {"type":"object","required":["key","deleted","revision"],"x-type":"WatchItem","properties":{"key":{"type":"string","minLength":1,"maxLength":512,"description":"Segments joined by slashes: containers/0123"},"value":{},"deleted":{"type":"boolean"},"revision":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Of the change"}}}
}`

// Serve makes a driver a service of state.store.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("info", func(ctx context.Context, request wire.Nothing) (InfoResponse, error) {
			return driver.Info(ctx)
		}),
		wire.Answer("get", func(ctx context.Context, request GetRequest) (GetResponse, error) {
			return driver.Get(ctx, request)
		}),
		wire.Answer("list", func(ctx context.Context, request ListRequest) (ListResponse, error) {
			return driver.List(ctx, request)
		}),
		wire.Answer("commit", func(ctx context.Context, request CommitRequest) (CommitResponse, error) {
			return driver.Commit(ctx, request)
		}),
		wire.Output("watch", func(ctx context.Context, request WatchRequest, send func(WatchItem) error) error {
			return driver.Watch(ctx, request, send)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of state.store behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Info(ctx context.Context) (InfoResponse, error) {
	return wire.CallAnswer[InfoResponse](ctx, c.peer, Contract, "info", wire.Nothing{})
}

func (c client) Get(ctx context.Context, request GetRequest) (GetResponse, error) {
	return wire.CallAnswer[GetResponse](ctx, c.peer, Contract, "get", request)
}

func (c client) List(ctx context.Context, request ListRequest) (ListResponse, error) {
	return wire.CallAnswer[ListResponse](ctx, c.peer, Contract, "list", request)
}

func (c client) Commit(ctx context.Context, request CommitRequest) (CommitResponse, error) {
	return wire.CallAnswer[CommitResponse](ctx, c.peer, Contract, "commit", request)
}

func (c client) Watch(ctx context.Context, request WatchRequest, send func(WatchItem) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "watch", request, send)
}
