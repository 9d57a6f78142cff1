// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package logdriver is the contract log.driver 0.1.0: Where the output of containers goes, and comes
// back from.
package logdriver

import (
	"context"

	"moby-origin/sdk/wire"
)

// CapabilitiesResponse is part of the messages of the contract.
type CapabilitiesResponse struct {
	Read bool `json:"read"`
}

// ValidateRequest is part of the messages of the contract.
type ValidateRequest struct {
	// `--log-opt`
	Options wire.Map[string] `json:"options"`
}

// LogInfo is part of the messages of the contract.
type LogInfo struct {
	// `--log-opt`
	Options wire.Map[string] `json:"options"`

	ContainerID string `json:"containerId"`

	// With leading slash
	ContainerName string `json:"containerName"`

	Entrypoint string `json:"entrypoint"`

	Args wire.List[string] `json:"args"`

	ImageID string `json:"imageId"`

	ImageName string `json:"imageName"`

	// When the container was created
	CreatedAt string `json:"createdAt"`

	Env wire.List[string] `json:"env"`

	// Labels of the container
	Labels wire.Map[string] `json:"labels"`

	DaemonName string `json:"daemonName"`
}

// OpenRequest is part of the messages of the contract.
type OpenRequest struct {
	Log string `json:"log"`

	Info LogInfo `json:"info"`
}

// LogPosition is part of the messages of the contract.
type LogPosition struct {
	// Bytes of stdout
	Stdout wire.Int64 `json:"stdout"`

	// Bytes of stderr
	Stderr wire.Int64 `json:"stderr"`
}

// OpenResponse is part of the messages of the contract.
type OpenResponse struct {
	Position LogPosition `json:"position"`

	// File that holds the log, when there is one
	Path *string `json:"path,omitempty"`
}

// Partial is part of the messages of the contract.
type Partial struct {
	// The same for all pieces of a line
	ID string `json:"id"`

	Ordinal int `json:"ordinal"`

	// True for the piece that ended in a line feed
	Last bool `json:"last"`
}

// LogRecord is part of the messages of the contract.
type LogRecord struct {
	Stream string `json:"stream"`

	// When the end of the line was read, with nanoseconds
	Time string `json:"time"`

	// Without the line feed
	Line wire.Bytes `json:"line"`

	Partial *Partial `json:"partial,omitempty"`
}

// WriteRequest is part of the messages of the contract.
type WriteRequest struct {
	Log string `json:"log"`

	// Together not more than 8 MiB
	Records wire.List[LogRecord] `json:"records"`

	Position LogPosition `json:"position"`
}

// ReadRequest is part of the messages of the contract.
type ReadRequest struct {
	Log string `json:"log"`

	// Not before
	Since *string `json:"since,omitempty"`

	// Not after
	Until *string `json:"until,omitempty"`

	Tail *int `json:"tail,omitempty"`

	Follow *bool `json:"follow,omitempty"`

	Streams []string `json:"streams,omitempty"`
}

// CloseRequest is part of the messages of the contract.
type CloseRequest struct {
	Log string `json:"log"`
}

// RemoveRequest is part of the messages of the contract.
type RemoveRequest struct {
	Log string `json:"log"`
}

// Driver is what a driver of log.driver implements, and what a client offers.
type Driver interface {
	// Capabilities: Whether logs can be read back.
	Capabilities(ctx context.Context) (CapabilitiesResponse, error)

	// Validate: Checks the options of a container before it is created.
	//
	// Errors: LOG_OPTION_INVALID.
	Validate(ctx context.Context, request ValidateRequest) error

	// Open: Opens the log of a container, made at the first call. The answer tells what it holds already:
	// writing goes on from there. One that is open already is opened anew with the options given, and
	// loses nothing.
	//
	// Errors: LOG_OPTION_INVALID.
	Open(ctx context.Context, request OpenRequest) (OpenResponse, error)

	// Write: Appends records that reach up to `position`. When the driver answers it has them: they
	// survive its death and that of the engine. A batch whose position the log has reached already, in
	// both streams, is dropped. A log that is closed is LOG_NOT_FOUND, until it is opened again.
	//
	// Errors: LOG_NOT_FOUND.
	Write(ctx context.Context, request WriteRequest) error

	// Read: Records in the order written, in batches. `tail` counts whole lines of both streams from the
	// end of the log, 0 for none, absent for all; `since`, `until` and `streams` then choose among these.
	// A format that holds text gives U+FFFD for what is no UTF-8. A log that is closed can be read as
	// well. With `follow` the stream goes on until the log is closed or removed, a record is later than
	// `until`, or the caller gives up; a driver may also end it when that time has passed.
	//
	// Errors: LOG_NOT_FOUND, LOG_NOT_READABLE.
	Read(ctx context.Context, request ReadRequest, send func([]LogRecord) error) error

	// Close: No more records will come until the next open. Followers end after the last record. An
	// unknown one is success.
	Close(ctx context.Context, request CloseRequest) error

	// Remove: Removes a log and its files. An unknown one is success.
	Remove(ctx context.Context, request RemoveRequest) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("log.driver", "0.1.0", schemas,
	wire.Method{Name: "capabilities", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "validate", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "open", DeadlineMs: 30000, Idempotent: true},
	wire.Method{Name: "write", DeadlineMs: 30000, Idempotent: true},
	wire.Method{Name: "read", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "close", DeadlineMs: 30000, Idempotent: true},
	wire.Method{Name: "remove", DeadlineMs: 30000, Idempotent: true},
)

const schemas = `{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["read"],"x-type":"CapabilitiesResponse","properties":{"read":{"type":"boolean"}}},
"validate.request": {"type":"object","required":["options"],"additionalProperties":false,"x-type":"ValidateRequest","properties":{"options":{"type":"object","description":"` + "`" + `--log-opt` + "`" + `","patternProperties":{"^.*$":{"type":"string"}}}}},
"validate.response": {"type":"object","properties":{}},
"open.request": {"type":"object","required":["log","info"],"additionalProperties":false,"x-type":"OpenRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"info":{"type":"object","required":["options","containerId","containerName","entrypoint","args","imageId","imageName","createdAt","env","labels","daemonName"],"additionalProperties":false,"x-type":"LogInfo","properties":{"options":{"type":"object","description":"` + "`" + `--log-opt` + "`" + `","patternProperties":{"^.*$":{"type":"string"}}},"containerId":{"type":"string"},"containerName":{"type":"string","description":"With leading slash"},"entrypoint":{"type":"string"},"args":{"type":"array","items":{"type":"string"}},"imageId":{"type":"string"},"imageName":{"type":"string"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When the container was created"},"env":{"type":"array","items":{"type":"string"}},"labels":{"type":"object","description":"Labels of the container","patternProperties":{"^.*$":{"type":"string"}}},"daemonName":{"type":"string"}}}}},
"open.response": {"type":"object","required":["position"],"x-type":"OpenResponse","properties":{"position":{"type":"object","required":["stdout","stderr"],"additionalProperties":false,"x-type":"LogPosition","properties":{"stdout":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stdout"},"stderr":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stderr"}}},"path":{"type":"string","description":"File that holds the log, when there is one"}}},
"write.request": {"type":"object","required":["log","records","position"],"additionalProperties":false,"x-type":"WriteRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"records":{"type":"array","maxItems":4096,"description":"Together not more than 8 MiB","items":{"type":"object","required":["stream","time","line"],"additionalProperties":false,"x-type":"LogRecord","properties":{"stream":{"type":"string","enum":["stdout","stderr"]},"time":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When the end of the line was read, with nanoseconds"},"line":{"type":"string","contentEncoding":"base64","description":"Without the line feed"},"partial":{"type":"object","required":["id","ordinal","last"],"additionalProperties":false,"x-type":"Partial","properties":{"id":{"type":"string","description":"The same for all pieces of a line"},"ordinal":{"type":"integer","minimum":1},"last":{"type":"boolean","description":"True for the piece that ended in a line feed"}}}}}},"position":{"type":"object","required":["stdout","stderr"],"additionalProperties":false,"x-type":"LogPosition","properties":{"stdout":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stdout"},"stderr":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of stderr"}}}}},
"write.response": {"type":"object","properties":{}},
"read.request": {"type":"object","required":["log"],"additionalProperties":false,"x-type":"ReadRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"since":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"Not before"},"until":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"Not after"},"tail":{"type":"integer","minimum":0},"follow":{"type":"boolean"},"streams":{"type":"array","items":{"type":"string","enum":["stdout","stderr"]}}}},
"read.output": {"type":"array","minItems":1,"maxItems":4096,"description":"Together not more than 8 MiB","items":{"type":"object","required":["stream","time","line"],"additionalProperties":false,"x-type":"LogRecord","properties":{"stream":{"type":"string","enum":["stdout","stderr"]},"time":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When the end of the line was read, with nanoseconds"},"line":{"type":"string","contentEncoding":"base64","description":"Without the line feed"},"partial":{"type":"object","required":["id","ordinal","last"],"additionalProperties":false,"x-type":"Partial","properties":{"id":{"type":"string","description":"The same for all pieces of a line"},"ordinal":{"type":"integer","minimum":1},"last":{"type":"boolean","description":"True for the piece that ended in a line feed"}}}}}},
"close.request": {"type":"object","required":["log"],"additionalProperties":false,"x-type":"CloseRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"close.response": {"type":"object","properties":{}},
"remove.request": {"type":"object","required":["log"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"log":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"remove.response": {"type":"object","properties":{}}
}`

// Serve makes a driver a service of log.driver.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("capabilities", func(ctx context.Context, request wire.Nothing) (CapabilitiesResponse, error) {
			return driver.Capabilities(ctx)
		}),
		wire.Answer("validate", func(ctx context.Context, request ValidateRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Validate(ctx, request)
		}),
		wire.Answer("open", func(ctx context.Context, request OpenRequest) (OpenResponse, error) {
			return driver.Open(ctx, request)
		}),
		wire.Answer("write", func(ctx context.Context, request WriteRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Write(ctx, request)
		}),
		wire.Output("read", func(ctx context.Context, request ReadRequest, send func([]LogRecord) error) error {
			return driver.Read(ctx, request, send)
		}),
		wire.Answer("close", func(ctx context.Context, request CloseRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Close(ctx, request)
		}),
		wire.Answer("remove", func(ctx context.Context, request RemoveRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Remove(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of log.driver behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Capabilities(ctx context.Context) (CapabilitiesResponse, error) {
	return wire.CallAnswer[CapabilitiesResponse](ctx, c.peer, Contract, "capabilities", wire.Nothing{})
}

func (c client) Validate(ctx context.Context, request ValidateRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "validate", request)
	return err
}

func (c client) Open(ctx context.Context, request OpenRequest) (OpenResponse, error) {
	return wire.CallAnswer[OpenResponse](ctx, c.peer, Contract, "open", request)
}

func (c client) Write(ctx context.Context, request WriteRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "write", request)
	return err
}

func (c client) Read(ctx context.Context, request ReadRequest, send func([]LogRecord) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "read", request, send)
}

func (c client) Close(ctx context.Context, request CloseRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "close", request)
	return err
}

func (c client) Remove(ctx context.Context, request RemoveRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "remove", request)
	return err
}
