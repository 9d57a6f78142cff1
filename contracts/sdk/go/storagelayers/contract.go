// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package storagelayers is the contract storage.layers 0.1.0: Snapshots of image layers by chainID:
// the root file systems of containers.
package storagelayers

import (
	"context"

	"moby-origin/sdk/wire"
)

// InfoResponse is part of the messages of the contract.
type InfoResponse struct {
	// Name that docker clients know: overlay2, vfs
	Name string `json:"name"`

	Status wire.List[[]any] `json:"status"`

	// A layer may be unpacked without its parent and be given it at commit: layers are then unpacked side
	// by side
	Rebase *bool `json:"rebase,omitempty"`

	// Layers that a snapshot may stand on at most; an image of more is refused before it is unpacked. No
	// limit when absent
	MostLayers *int `json:"mostLayers,omitempty"`
}

// PrepareRequest is part of the messages of the contract.
type PrepareRequest struct {
	Key string `json:"key"`

	Parent *string `json:"parent,omitempty"`

	// Kept with the snapshot
	Labels map[string]string `json:"labels,omitempty"`
}

// Mount is part of the messages of the contract.
type Mount struct {
	// File system type, or `bind`
	Type string `json:"type"`

	Source string `json:"source"`

	// As in fstab: flags and file system options
	Options wire.List[string] `json:"options"`
}

// PrepareResponse is part of the messages of the contract.
type PrepareResponse struct {
	Mounts wire.List[Mount] `json:"mounts"`
}

// ViewRequest is part of the messages of the contract.
type ViewRequest struct {
	Key string `json:"key"`

	Parent string `json:"parent"`
}

// ViewResponse is part of the messages of the contract.
type ViewResponse struct {
	Mounts wire.List[Mount] `json:"mounts"`
}

// MountsRequest is part of the messages of the contract.
type MountsRequest struct {
	Key string `json:"key"`
}

// MountsResponse is part of the messages of the contract.
type MountsResponse struct {
	Mounts wire.List[Mount] `json:"mounts"`
}

// ApplyRequest is part of the messages of the contract.
type ApplyRequest struct {
	Key string `json:"key"`

	// None when absent. All members and frames are read
	Compression *string `json:"compression,omitempty"`
}

// Input is part of the messages of the contract.
type Input struct {
	// `sha256:` and hex, of the bytes that came in
	Digest string `json:"digest"`

	// Bytes that came in
	Size wire.Int64 `json:"size"`
}

// ApplyResponse is part of the messages of the contract.
type ApplyResponse struct {
	// `sha256:` and hex, of the uncompressed archive
	DiffID string `json:"diffId"`

	// Bytes of file content unpacked
	Size wire.Int64 `json:"size"`

	Input Input `json:"input"`
}

// CommitRequest is part of the messages of the contract.
type CommitRequest struct {
	Key string `json:"key"`

	Name string `json:"name"`

	Parent *string `json:"parent,omitempty"`
}

// CommitResponse is part of the messages of the contract.
type CommitResponse struct {
	// Bytes that this layer adds
	Size wire.Int64 `json:"size"`
}

// DiffRequest is part of the messages of the contract.
type DiffRequest struct {
	Key string `json:"key"`

	// Absolute paths that are left out as far as the snapshot added them, and the folders above with them
	// that have changed in nothing else: mount points that were made for a container
	Without []string `json:"without,omitempty"`
}

// ChangesRequest is part of the messages of the contract.
type ChangesRequest struct {
	Key string `json:"key"`
}

// ChangesItem is part of the messages of the contract.
type ChangesItem struct {
	Path string `json:"path"`

	Kind string `json:"kind"`
}

// UsageRequest is part of the messages of the contract.
type UsageRequest struct {
	Key string `json:"key"`
}

// UsageResponse is part of the messages of the contract.
type UsageResponse struct {
	// Bytes
	Size wire.Int64 `json:"size"`

	// Files, directories and others
	Inodes wire.Int64 `json:"inodes"`
}

// StatRequest is part of the messages of the contract.
type StatRequest struct {
	Key string `json:"key"`
}

// StatResponse is part of the messages of the contract.
type StatResponse struct {
	Key string `json:"key"`

	Kind string `json:"kind"`

	Parent *string `json:"parent,omitempty"`

	// When it was made or committed
	CreatedAt string `json:"createdAt"`
}

// Snapshot is part of the messages of the contract.
type Snapshot struct {
	Key string `json:"key"`

	Kind string `json:"kind"`

	Parent *string `json:"parent,omitempty"`

	// When it was made or committed
	CreatedAt string `json:"createdAt"`
}

// RemoveRequest is part of the messages of the contract.
type RemoveRequest struct {
	Key string `json:"key"`
}

// Driver is what a driver of storage.layers implements, and what a client offers.
type Driver interface {
	// Info: What the driver stands on, for `docker info`: the driver name that clients expect and rows of
	// status.
	Info(ctx context.Context) (InfoResponse, error)

	// Prepare: Makes an active (writable) snapshot on a committed parent, or an empty one without parent.
	// What is not committed is no parent: SNAPSHOT_NOT_FOUND.
	//
	// Errors: SNAPSHOT_EXISTS, SNAPSHOT_NOT_FOUND, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
	Prepare(ctx context.Context, request PrepareRequest) (PrepareResponse, error)

	// View: Makes a read-only snapshot of a committed parent.
	//
	// Errors: SNAPSHOT_EXISTS, SNAPSHOT_NOT_FOUND, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
	View(ctx context.Context, request ViewRequest) (ViewResponse, error)

	// Mounts: The mounts of an active snapshot or view; mounting them one over another gives the tree.
	//
	// Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE.
	Mounts(ctx context.Context, request MountsRequest) (MountsResponse, error)

	// Apply: Unpacks one layer archive, plain or compressed, into an active snapshot, by the rules of the
	// image specification (layer.md): whiteouts, opaque directories, hard links, xattrs. Nothing outside
	// the snapshot can be touched whatever the archive holds. On error the snapshot must be removed.
	//
	// Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE, ARCHIVE_INVALID, ARCHIVE_ESCAPES, ARCHIVE_LIMIT,
	// ARCHIVE_TRUNCATED, STORAGE_FULL.
	Apply(ctx context.Context, request ApplyRequest, input *wire.Input[[]byte]) (ApplyResponse, error)

	// Commit: Turns an active snapshot into a committed one named by its chainID. Fails with
	// SNAPSHOT_EXISTS when that name is there already, which for equal chainIDs means that the work was
	// done by another. A driver that can `rebase` puts a snapshot without parent on the one given.
	//
	// Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE, SNAPSHOT_EXISTS, SNAPSHOT_TOO_DEEP, STORAGE_FULL,
	// NOT_SUPPORTED.
	Commit(ctx context.Context, request CommitRequest) (CommitResponse, error)

	// Diff: What a snapshot changed against its parent, as an uncompressed layer archive with whiteouts;
	// equal trees give equal bytes.
	//
	// Errors: SNAPSHOT_NOT_FOUND.
	Diff(ctx context.Context, request DiffRequest, send func([]byte) error) error

	// Changes: What a snapshot changed against its parent, path by path, parents before children. Paths
	// begin with a slash.
	//
	// Errors: SNAPSHOT_NOT_FOUND.
	Changes(ctx context.Context, request ChangesRequest, send func(ChangesItem) error) error

	// Usage: What a snapshot itself occupies, without its parents.
	//
	// Errors: SNAPSHOT_NOT_FOUND.
	Usage(ctx context.Context, request UsageRequest) (UsageResponse, error)

	// Stat: One snapshot.
	//
	// Errors: SNAPSHOT_NOT_FOUND.
	Stat(ctx context.Context, request StatRequest) (StatResponse, error)

	// List: Every snapshot.
	List(ctx context.Context, send func(Snapshot) error) error

	// Remove: Removes a snapshot and frees its space. A missing one is success. One with children, also
	// while these are being made, is refused.
	//
	// Errors: SNAPSHOT_IN_USE.
	Remove(ctx context.Context, request RemoveRequest) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("storage.layers", "0.1.0", schemas,
	wire.Method{Name: "info", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "prepare", DeadlineMs: 60000},
	wire.Method{Name: "view", DeadlineMs: 60000},
	wire.Method{Name: "mounts", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "apply", Input: wire.ByteStream, DeadlineMs: 0},
	wire.Method{Name: "commit", DeadlineMs: 60000},
	wire.Method{Name: "diff", Output: wire.ByteStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "changes", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "usage", DeadlineMs: 120000, Idempotent: true},
	wire.Method{Name: "stat", DeadlineMs: 5000, Idempotent: true},
	wire.Method{Name: "list", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "remove", DeadlineMs: 120000, Idempotent: true},
)

const schemas = `{
"info.request": {"type":"object","additionalProperties":false,"properties":{}},
"info.response": {"type":"object","required":["name","status"],"x-type":"InfoResponse","properties":{"name":{"type":"string","description":"Name that docker clients know: overlay2, vfs"},"status":{"type":"array","items":{"type":"array","additionalItems":false,"minItems":2,"items":[{"type":"string"},{"type":"string"}]}},"rebase":{"type":"boolean","description":"A layer may be unpacked without its parent and be given it at commit: layers are then unpacked side by side"},"mostLayers":{"type":"integer","minimum":1,"description":"Layers that a snapshot may stand on at most; an image of more is refused before it is unpacked. No limit when absent"}}},
"prepare.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"PrepareRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"labels":{"type":"object","description":"Kept with the snapshot","patternProperties":{"^.*$":{"type":"string"}}}}},
"prepare.response": {"type":"object","required":["mounts"],"x-type":"PrepareResponse","properties":{"mounts":{"type":"array","minItems":1,"items":{"type":"object","required":["type","source","options"],"x-type":"Mount","properties":{"type":{"type":"string","description":"File system type, or ` + "`" + `bind` + "`" + `"},"source":{"type":"string"},"options":{"type":"array","description":"As in fstab: flags and file system options","items":{"type":"string"}}}}}}},
"view.request": {"type":"object","required":["key","parent"],"additionalProperties":false,"x-type":"ViewRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"view.response": {"type":"object","required":["mounts"],"x-type":"ViewResponse","properties":{"mounts":{"type":"array","minItems":1,"items":{"type":"object","required":["type","source","options"],"x-type":"Mount","properties":{"type":{"type":"string","description":"File system type, or ` + "`" + `bind` + "`" + `"},"source":{"type":"string"},"options":{"type":"array","description":"As in fstab: flags and file system options","items":{"type":"string"}}}}}}},
"mounts.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"MountsRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"mounts.response": {"type":"object","required":["mounts"],"x-type":"MountsResponse","properties":{"mounts":{"type":"array","minItems":1,"items":{"type":"object","required":["type","source","options"],"x-type":"Mount","properties":{"type":{"type":"string","description":"File system type, or ` + "`" + `bind` + "`" + `"},"source":{"type":"string"},"options":{"type":"array","description":"As in fstab: flags and file system options","items":{"type":"string"}}}}}}},
"apply.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"ApplyRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"compression":{"type":"string","enum":["none","gzip","zstd"],"description":"None when absent. All members and frames are read"}}},
"apply.response": {"type":"object","required":["diffId","size","input"],"x-type":"ApplyResponse","properties":{"diffId":{"type":"string","description":"` + "`" + `sha256:` + "`" + ` and hex, of the uncompressed archive"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of file content unpacked"},"input":{"type":"object","required":["digest","size"],"x-type":"Input","properties":{"digest":{"type":"string","description":"` + "`" + `sha256:` + "`" + ` and hex, of the bytes that came in"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes that came in"}}}}},
"commit.request": {"type":"object","required":["key","name"],"additionalProperties":false,"x-type":"CommitRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"name":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"commit.response": {"type":"object","required":["size"],"x-type":"CommitResponse","properties":{"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes that this layer adds"}}},
"diff.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"DiffRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"without":{"type":"array","description":"Absolute paths that are left out as far as the snapshot added them, and the folders above with them that have changed in nothing else: mount points that were made for a container","items":{"type":"string"}}}},
"changes.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"ChangesRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"changes.output": {"type":"object","required":["path","kind"],"x-type":"ChangesItem","properties":{"path":{"type":"string"},"kind":{"type":"string","enum":["added","modified","deleted"]}}},
"usage.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"UsageRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"usage.response": {"type":"object","required":["size","inodes"],"x-type":"UsageResponse","properties":{"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"inodes":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Files, directories and others"}}},
"stat.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"StatRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"stat.response": {"type":"object","required":["key","kind","createdAt"],"x-type":"StatResponse","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"kind":{"type":"string","enum":["active","view","committed"]},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made or committed"}}},
"list.request": {"type":"object","additionalProperties":false,"properties":{}},
"list.output": {"type":"object","required":["key","kind","createdAt"],"x-type":"Snapshot","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"kind":{"type":"string","enum":["active","view","committed"]},"parent":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made or committed"}}},
"remove.request": {"type":"object","required":["key"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"key":{"type":"string","minLength":1,"maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"}}},
"remove.response": {"type":"object","properties":{}}
}`

// Serve makes a driver a service of storage.layers.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("info", func(ctx context.Context, request wire.Nothing) (InfoResponse, error) {
			return driver.Info(ctx)
		}),
		wire.Answer("prepare", func(ctx context.Context, request PrepareRequest) (PrepareResponse, error) {
			return driver.Prepare(ctx, request)
		}),
		wire.Answer("view", func(ctx context.Context, request ViewRequest) (ViewResponse, error) {
			return driver.View(ctx, request)
		}),
		wire.Answer("mounts", func(ctx context.Context, request MountsRequest) (MountsResponse, error) {
			return driver.Mounts(ctx, request)
		}),
		wire.Upload("apply", func(ctx context.Context, request ApplyRequest, input *wire.Input[[]byte]) (ApplyResponse, error) {
			return driver.Apply(ctx, request, input)
		}),
		wire.Answer("commit", func(ctx context.Context, request CommitRequest) (CommitResponse, error) {
			return driver.Commit(ctx, request)
		}),
		wire.Output("diff", func(ctx context.Context, request DiffRequest, send func([]byte) error) error {
			return driver.Diff(ctx, request, send)
		}),
		wire.Output("changes", func(ctx context.Context, request ChangesRequest, send func(ChangesItem) error) error {
			return driver.Changes(ctx, request, send)
		}),
		wire.Answer("usage", func(ctx context.Context, request UsageRequest) (UsageResponse, error) {
			return driver.Usage(ctx, request)
		}),
		wire.Answer("stat", func(ctx context.Context, request StatRequest) (StatResponse, error) {
			return driver.Stat(ctx, request)
		}),
		wire.Output("list", func(ctx context.Context, request wire.Nothing, send func(Snapshot) error) error {
			return driver.List(ctx, send)
		}),
		wire.Answer("remove", func(ctx context.Context, request RemoveRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Remove(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of storage.layers behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Info(ctx context.Context) (InfoResponse, error) {
	return wire.CallAnswer[InfoResponse](ctx, c.peer, Contract, "info", wire.Nothing{})
}

func (c client) Prepare(ctx context.Context, request PrepareRequest) (PrepareResponse, error) {
	return wire.CallAnswer[PrepareResponse](ctx, c.peer, Contract, "prepare", request)
}

func (c client) View(ctx context.Context, request ViewRequest) (ViewResponse, error) {
	return wire.CallAnswer[ViewResponse](ctx, c.peer, Contract, "view", request)
}

func (c client) Mounts(ctx context.Context, request MountsRequest) (MountsResponse, error) {
	return wire.CallAnswer[MountsResponse](ctx, c.peer, Contract, "mounts", request)
}

func (c client) Apply(ctx context.Context, request ApplyRequest, input *wire.Input[[]byte]) (ApplyResponse, error) {
	return wire.CallUpload[ApplyResponse](ctx, c.peer, Contract, "apply", request, input)
}

func (c client) Commit(ctx context.Context, request CommitRequest) (CommitResponse, error) {
	return wire.CallAnswer[CommitResponse](ctx, c.peer, Contract, "commit", request)
}

func (c client) Diff(ctx context.Context, request DiffRequest, send func([]byte) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "diff", request, send)
}

func (c client) Changes(ctx context.Context, request ChangesRequest, send func(ChangesItem) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "changes", request, send)
}

func (c client) Usage(ctx context.Context, request UsageRequest) (UsageResponse, error) {
	return wire.CallAnswer[UsageResponse](ctx, c.peer, Contract, "usage", request)
}

func (c client) Stat(ctx context.Context, request StatRequest) (StatResponse, error) {
	return wire.CallAnswer[StatResponse](ctx, c.peer, Contract, "stat", request)
}

func (c client) List(ctx context.Context, send func(Snapshot) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "list", wire.Nothing{}, send)
}

func (c client) Remove(ctx context.Context, request RemoveRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "remove", request)
	return err
}
