// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package storagevolume is the contract storage.volume 0.1.0: Named volumes that outlive containers.
package storagevolume

import (
	"context"

	"moby-origin/sdk/wire"
)

// CapabilitiesResponse is part of the messages of the contract.
type CapabilitiesResponse struct {
	Scope string `json:"scope"`
}

// CreateRequest is part of the messages of the contract.
type CreateRequest struct {
	Name string `json:"name"`

	// Driver options, `--opt`
	Options wire.Map[string] `json:"options"`
}

// GetRequest is part of the messages of the contract.
type GetRequest struct {
	Name string `json:"name"`
}

// Volume is part of the messages of the contract.
type Volume struct {
	Name string `json:"name"`

	// Where its files are on the host, when known
	Mountpoint *string `json:"mountpoint,omitempty"`

	// When it was made
	CreatedAt *string `json:"createdAt,omitempty"`

	// What it was created with
	Options map[string]string `json:"options,omitempty"`

	// Shown as it is by `docker volume inspect`
	Status map[string]any `json:"status,omitempty"`
}

// GetResponse is part of the messages of the contract.
type GetResponse struct {
	Volume Volume `json:"volume"`
}

// ListResponse is part of the messages of the contract.
type ListResponse struct {
	Volumes wire.List[Volume] `json:"volumes"`
}

// PathRequest is part of the messages of the contract.
type PathRequest struct {
	Name string `json:"name"`
}

// PathResponse is part of the messages of the contract.
type PathResponse struct {
	// Absolute path on the host
	Mountpoint string `json:"mountpoint"`
}

// MountRequest is part of the messages of the contract.
type MountRequest struct {
	Name string `json:"name"`

	// One user of the mount; the driver counts users by it
	ID string `json:"id"`
}

// MountResponse is part of the messages of the contract.
type MountResponse struct {
	// Absolute path on the host
	Mountpoint string `json:"mountpoint"`
}

// UnmountRequest is part of the messages of the contract.
type UnmountRequest struct {
	Name string `json:"name"`

	// One user of the mount; the driver counts users by it
	ID string `json:"id"`
}

// UsageRequest is part of the messages of the contract.
type UsageRequest struct {
	Name string `json:"name"`
}

// UsageResponse is part of the messages of the contract.
type UsageResponse struct {
	// Bytes
	Size wire.Int64 `json:"size"`
}

// RemoveRequest is part of the messages of the contract.
type RemoveRequest struct {
	Name string `json:"name"`
}

// Driver is what a driver of storage.volume implements, and what a client offers.
type Driver interface {
	// Capabilities: Whether its volumes are those of this host or of a cluster.
	Capabilities(ctx context.Context) (CapabilitiesResponse, error)

	// Create: Makes a volume. The same name with the same options again is success; with others it is a
	// conflict, and the volume stays as it was. A call that fails or is cancelled leaves a whole volume or
	// none.
	//
	// Errors: VOLUME_NAME_INVALID, VOLUME_OPTIONS_CONFLICT, VOLUME_OPTION_UNKNOWN, VOLUME_OPTION_INVALID,
	// HOST_LACKS.
	Create(ctx context.Context, request CreateRequest) error

	// Get: One volume; the same at every call until it is removed, also over a restart of the driver.
	//
	// Errors: VOLUME_NOT_FOUND.
	Get(ctx context.Context, request GetRequest) (GetResponse, error)

	// List: Every volume of the driver once, each as `get` tells it.
	List(ctx context.Context) (ListResponse, error)

	// Path: Where the files of a volume are, mounted or not: what `mount` answers and `get` tells, when it
	// tells it.
	//
	// Errors: VOLUME_NOT_FOUND.
	Path(ctx context.Context, request PathRequest) (PathResponse, error)

	// Mount: Makes the files available for one user. Volumes may have many users at once; the driver
	// counts by id, also over its own restart. A call that fails counts no user.
	//
	// Errors: VOLUME_NOT_FOUND, VOLUME_OPTION_INVALID, HOST_LACKS, HOST_SYSTEM_CALL.
	Mount(ctx context.Context, request MountRequest) (MountResponse, error)

	// Unmount: Ends the use under this id. An id that is not mounted is success.
	//
	// Errors: VOLUME_NOT_FOUND.
	Unmount(ctx context.Context, request UnmountRequest) error

	// Usage: Bytes that the files of a volume occupy.
	//
	// Errors: VOLUME_NOT_FOUND, NOT_SUPPORTED.
	Usage(ctx context.Context, request UsageRequest) (UsageResponse, error)

	// Remove: Removes a volume and its files. A mounted one is refused, an unknown one is an error. Its
	// name is free for another.
	//
	// Errors: VOLUME_NOT_FOUND, VOLUME_IN_USE.
	Remove(ctx context.Context, request RemoveRequest) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("storage.volume", "0.1.0", schemas,
	wire.Method{Name: "capabilities", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "create", DeadlineMs: 120000, Idempotent: true},
	wire.Method{Name: "get", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "list", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "path", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "mount", DeadlineMs: 120000, Idempotent: true},
	wire.Method{Name: "unmount", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "usage", DeadlineMs: 120000, Idempotent: true},
	wire.Method{Name: "remove", DeadlineMs: 60000},
)

const schemas = `{
"capabilities.request": {"type":"object","additionalProperties":false,"properties":{}},
"capabilities.response": {"type":"object","required":["scope"],"x-type":"CapabilitiesResponse","properties":{"scope":{"type":"string","enum":["local","global"]}}},
"create.request": {"type":"object","required":["name","options"],"additionalProperties":false,"x-type":"CreateRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"options":{"type":"object","description":"Driver options, ` + "`" + `--opt` + "`" + `","patternProperties":{"^.*$":{"type":"string"}}}}},
"create.response": {"type":"object","properties":{}},
"get.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"GetRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"get.response": {"type":"object","required":["volume"],"x-type":"GetResponse","properties":{"volume":{"type":"object","required":["name"],"x-type":"Volume","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"mountpoint":{"type":"string","description":"Where its files are on the host, when known"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made"},"options":{"type":"object","description":"What it was created with","patternProperties":{"^.*$":{"type":"string"}}},"status":{"type":"object","description":"Shown as it is by ` + "`" + `docker volume inspect` + "`" + `","patternProperties":{"^.*$":{}}}}}}},
"list.request": {"type":"object","additionalProperties":false,"properties":{}},
"list.response": {"type":"object","required":["volumes"],"x-type":"ListResponse","properties":{"volumes":{"type":"array","items":{"type":"object","required":["name"],"x-type":"Volume","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"mountpoint":{"type":"string","description":"Where its files are on the host, when known"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made"},"options":{"type":"object","description":"What it was created with","patternProperties":{"^.*$":{"type":"string"}}},"status":{"type":"object","description":"Shown as it is by ` + "`" + `docker volume inspect` + "`" + `","patternProperties":{"^.*$":{}}}}}}}},
"path.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"PathRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"path.response": {"type":"object","required":["mountpoint"],"x-type":"PathResponse","properties":{"mountpoint":{"type":"string","description":"Absolute path on the host"}}},
"mount.request": {"type":"object","required":["name","id"],"additionalProperties":false,"x-type":"MountRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"id":{"type":"string","minLength":1,"description":"One user of the mount; the driver counts users by it"}}},
"mount.response": {"type":"object","required":["mountpoint"],"x-type":"MountResponse","properties":{"mountpoint":{"type":"string","description":"Absolute path on the host"}}},
"unmount.request": {"type":"object","required":["name","id"],"additionalProperties":false,"x-type":"UnmountRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255},"id":{"type":"string","minLength":1,"description":"One user of the mount; the driver counts users by it"}}},
"unmount.response": {"type":"object","properties":{}},
"usage.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"UsageRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"usage.response": {"type":"object","required":["size"],"x-type":"UsageResponse","properties":{"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}},
"remove.request": {"type":"object","required":["name"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"name":{"type":"string","minLength":1,"maxLength":255}}},
"remove.response": {"type":"object","properties":{}}
}`

// Serve makes a driver a service of storage.volume.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("capabilities", func(ctx context.Context, request wire.Nothing) (CapabilitiesResponse, error) {
			return driver.Capabilities(ctx)
		}),
		wire.Answer("create", func(ctx context.Context, request CreateRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Create(ctx, request)
		}),
		wire.Answer("get", func(ctx context.Context, request GetRequest) (GetResponse, error) {
			return driver.Get(ctx, request)
		}),
		wire.Answer("list", func(ctx context.Context, request wire.Nothing) (ListResponse, error) {
			return driver.List(ctx)
		}),
		wire.Answer("path", func(ctx context.Context, request PathRequest) (PathResponse, error) {
			return driver.Path(ctx, request)
		}),
		wire.Answer("mount", func(ctx context.Context, request MountRequest) (MountResponse, error) {
			return driver.Mount(ctx, request)
		}),
		wire.Answer("unmount", func(ctx context.Context, request UnmountRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Unmount(ctx, request)
		}),
		wire.Answer("usage", func(ctx context.Context, request UsageRequest) (UsageResponse, error) {
			return driver.Usage(ctx, request)
		}),
		wire.Answer("remove", func(ctx context.Context, request RemoveRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Remove(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of storage.volume behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Capabilities(ctx context.Context) (CapabilitiesResponse, error) {
	return wire.CallAnswer[CapabilitiesResponse](ctx, c.peer, Contract, "capabilities", wire.Nothing{})
}

func (c client) Create(ctx context.Context, request CreateRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "create", request)
	return err
}

func (c client) Get(ctx context.Context, request GetRequest) (GetResponse, error) {
	return wire.CallAnswer[GetResponse](ctx, c.peer, Contract, "get", request)
}

func (c client) List(ctx context.Context) (ListResponse, error) {
	return wire.CallAnswer[ListResponse](ctx, c.peer, Contract, "list", wire.Nothing{})
}

func (c client) Path(ctx context.Context, request PathRequest) (PathResponse, error) {
	return wire.CallAnswer[PathResponse](ctx, c.peer, Contract, "path", request)
}

func (c client) Mount(ctx context.Context, request MountRequest) (MountResponse, error) {
	return wire.CallAnswer[MountResponse](ctx, c.peer, Contract, "mount", request)
}

func (c client) Unmount(ctx context.Context, request UnmountRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "unmount", request)
	return err
}

func (c client) Usage(ctx context.Context, request UsageRequest) (UsageResponse, error) {
	return wire.CallAnswer[UsageResponse](ctx, c.peer, Contract, "usage", request)
}

func (c client) Remove(ctx context.Context, request RemoveRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "remove", request)
	return err
}
