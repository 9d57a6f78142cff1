// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package testsample is the contract test.sample 0.3.1: Methods of every shape.
package testsample

import (
	"context"

	"moby-origin/sdk/wire"
)

// Part is part of the messages of the contract.
type Part struct {
	Name string `json:"name"`

	// Any
	Data wire.Bytes `json:"data"`
}

// EchoRequest is part of the messages of the contract.
type EchoRequest struct {
	Text *string `json:"text,omitempty"`

	// Words
	Labels map[string]string `json:"labels,omitempty"`

	// Large
	Big *wire.Int64 `json:"big,omitempty"`

	// Any
	Bytes *wire.Bytes `json:"bytes,omitempty"`

	Parts []Part `json:"parts,omitempty"`

	Free any `json:"free,omitempty"`
}

// EchoResponse is part of the messages of the contract.
type EchoResponse struct {
	Got any `json:"got"`

	// The same
	Bytes *wire.Bytes `json:"bytes,omitempty"`
}

// UploadRequest is part of the messages of the contract.
type UploadRequest struct {
	StopAfter *int `json:"stopAfter,omitempty"`
}

// UploadResponse is part of the messages of the contract.
type UploadResponse struct {
	// Bytes
	Length wire.Int64 `json:"length"`

	Digest string `json:"digest"`
}

// DownloadRequest is part of the messages of the contract.
type DownloadRequest struct {
	Chunks int `json:"chunks"`

	Size int `json:"size"`

	FailAfter *int `json:"failAfter,omitempty"`
}

// RecordsRequest is part of the messages of the contract.
type RecordsRequest struct {
	Count int `json:"count"`
}

// RecordsItem is part of the messages of the contract.
type RecordsItem struct {
	N int `json:"n"`

	// n zeros
	Data wire.Bytes `json:"data"`
}

// TalkRequest is part of the messages of the contract.
type TalkRequest struct {
	Greeting string `json:"greeting"`
}

// TalkItem is part of the messages of the contract.
type TalkItem struct {
	Said string `json:"said"`
}

// Driver is what a driver of test.sample implements, and what a client offers.
type Driver interface {
	// Echo: Answers with what it got.
	Echo(ctx context.Context, request EchoRequest) (EchoResponse, error)

	// Act: Does something once.
	Act(ctx context.Context) error

	// Hurry: Must not take long.
	Hurry(ctx context.Context) error

	// Upload: Counts bytes.
	Upload(ctx context.Context, request UploadRequest, input *wire.Input[[]byte]) (UploadResponse, error)

	// Download: Sends bytes.
	Download(ctx context.Context, request DownloadRequest, send func([]byte) error) error

	// Records: Counts.
	Records(ctx context.Context, request RecordsRequest, send func(RecordsItem) error) error

	// Talk: Answers each piece with its upper case.
	Talk(ctx context.Context, request TalkRequest, input *wire.Input[[]byte], send func(TalkItem) error) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("test.sample", "0.3.1", schemas,
	wire.Method{Name: "echo", DeadlineMs: 20000, Idempotent: true},
	wire.Method{Name: "act", DeadlineMs: 20000},
	wire.Method{Name: "hurry", DeadlineMs: 300},
	wire.Method{Name: "upload", Input: wire.ByteStream, DeadlineMs: 0},
	wire.Method{Name: "download", Output: wire.ByteStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "records", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "talk", Input: wire.ByteStream, Output: wire.RecordStream, DeadlineMs: 0},
)

const schemas = `{
"echo.request": {"type":"object","additionalProperties":false,"x-type":"EchoRequest","properties":{"text":{"type":"string","maxLength":1000000},"labels":{"type":"object","description":"Words","patternProperties":{"^.*$":{"type":"string"}}},"big":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Large"},"bytes":{"type":"string","contentEncoding":"base64","description":"Any"},"parts":{"type":"array","items":{"type":"object","required":["name","data"],"additionalProperties":false,"x-type":"Part","properties":{"name":{"type":"string"},"data":{"type":"string","contentEncoding":"base64","description":"Any"}}}},"free":{}}},
"echo.response": {"type":"object","required":["got"],"x-type":"EchoResponse","properties":{"got":{},"bytes":{"type":"string","contentEncoding":"base64","description":"The same"}}},
"act.request": {"type":"object","additionalProperties":false,"properties":{}},
"act.response": {"type":"object","properties":{}},
"hurry.request": {"type":"object","additionalProperties":false,"properties":{}},
"hurry.response": {"type":"object","properties":{}},
"upload.request": {"type":"object","additionalProperties":false,"x-type":"UploadRequest","properties":{"stopAfter":{"type":"integer"}}},
"upload.response": {"type":"object","required":["length","digest"],"x-type":"UploadResponse","properties":{"length":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"digest":{"type":"string"}}},
"download.request": {"type":"object","required":["chunks","size"],"additionalProperties":false,"x-type":"DownloadRequest","properties":{"chunks":{"type":"integer"},"size":{"type":"integer"},"failAfter":{"type":"integer"}}},
"records.request": {"type":"object","required":["count"],"additionalProperties":false,"x-type":"RecordsRequest","properties":{"count":{"type":"integer"}}},
"records.output": {"type":"object","required":["n","data"],"additionalProperties":false,"x-type":"RecordsItem","properties":{"n":{"type":"integer"},"data":{"type":"string","contentEncoding":"base64","description":"n zeros"}}},
"talk.request": {"type":"object","required":["greeting"],"additionalProperties":false,"x-type":"TalkRequest","properties":{"greeting":{"type":"string"}}},
"talk.output": {"type":"object","required":["said"],"x-type":"TalkItem","properties":{"said":{"type":"string"}}}
}`

// Serve makes a driver a service of test.sample.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("echo", func(ctx context.Context, request EchoRequest) (EchoResponse, error) {
			return driver.Echo(ctx, request)
		}),
		wire.Answer("act", func(ctx context.Context, request wire.Nothing) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Act(ctx)
		}),
		wire.Answer("hurry", func(ctx context.Context, request wire.Nothing) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Hurry(ctx)
		}),
		wire.Upload("upload", func(ctx context.Context, request UploadRequest, input *wire.Input[[]byte]) (UploadResponse, error) {
			return driver.Upload(ctx, request, input)
		}),
		wire.Output("download", func(ctx context.Context, request DownloadRequest, send func([]byte) error) error {
			return driver.Download(ctx, request, send)
		}),
		wire.Output("records", func(ctx context.Context, request RecordsRequest, send func(RecordsItem) error) error {
			return driver.Records(ctx, request, send)
		}),
		wire.Talk("talk", func(ctx context.Context, request TalkRequest, input *wire.Input[[]byte], send func(TalkItem) error) error {
			return driver.Talk(ctx, request, input, send)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of test.sample behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Echo(ctx context.Context, request EchoRequest) (EchoResponse, error) {
	return wire.CallAnswer[EchoResponse](ctx, c.peer, Contract, "echo", request)
}

func (c client) Act(ctx context.Context) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "act", wire.Nothing{})
	return err
}

func (c client) Hurry(ctx context.Context) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "hurry", wire.Nothing{})
	return err
}

func (c client) Upload(ctx context.Context, request UploadRequest, input *wire.Input[[]byte]) (UploadResponse, error) {
	return wire.CallUpload[UploadResponse](ctx, c.peer, Contract, "upload", request, input)
}

func (c client) Download(ctx context.Context, request DownloadRequest, send func([]byte) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "download", request, send)
}

func (c client) Records(ctx context.Context, request RecordsRequest, send func(RecordsItem) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "records", request, send)
}

func (c client) Talk(ctx context.Context, request TalkRequest, input *wire.Input[[]byte], send func(TalkItem) error) error {
	return wire.CallTalk(ctx, c.peer, Contract, "talk", request, input, send)
}
