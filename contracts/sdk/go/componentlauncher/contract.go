// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package componentlauncher is the contract component.launcher 0.1.0: Starts components in containers
// of their own, with what they were granted and nothing else.
package componentlauncher

import (
	"context"

	"moby-origin/sdk/wire"
)

// GrantedMount is part of the messages of the contract.
type GrantedMount struct {
	// Path on the host; it must exist
	Source string `json:"source"`

	// Path in the container; absent: the same
	Target *string `json:"target,omitempty"`

	ReadOnly bool `json:"readOnly"`
}

// GrantedDevice is part of the messages of the contract.
type GrantedDevice struct {
	Path string `json:"path"`

	// Of r, w and m (mknod); absent: rw
	Access *string `json:"access,omitempty"`
}

// Grants is part of the messages of the contract.
type Grants struct {
	// Files and folders of the host
	Mounts []GrantedMount `json:"mounts,omitempty"`

	// Names of capabilities(7). They open the system calls that belong to them, too
	Capabilities []string `json:"capabilities,omitempty"`

	// none: a network namespace without links; absent: none
	Network *string `json:"network,omitempty"`

	// Device nodes of the host, at the same path
	Devices []GrantedDevice `json:"devices,omitempty"`

	// scratch: writable, in memory, gone at its end; absent: read-only
	Root *string `json:"root,omitempty"`

	// The host sees what it mounts below its own folders, and it what the host mounts there
	ShareMounts *bool `json:"shareMounts,omitempty"`

	// Processes and threads at a time; absent: 512
	Pids *int `json:"pids,omitempty"`

	// Absent: no limit of its own
	MemoryBytes *int `json:"memoryBytes,omitempty"`
}

// ForeignMount is part of the messages of the contract.
type ForeignMount struct {
	// bind, tmpfs, or another type that mount(2) knows
	Type string `json:"type"`

	Source string `json:"source"`

	Target string `json:"target"`

	// As the runtime specification has them: rbind, ro, rshared
	Options wire.List[string] `json:"options"`
}

// SharedFolder is part of the messages of the contract.
type SharedFolder struct {
	Source string `json:"source"`

	Target string `json:"target"`
}

// ForeignProgram is part of the messages of the contract.
type ForeignProgram struct {
	// As they are, after those of every container
	Mounts []ForeignMount `json:"mounts,omitempty"`

	// Folders of the host below which mounts spread both ways
	SharedFolders []SharedFolder `json:"sharedFolders,omitempty"`

	// It sees the processes of the host
	HostPid *bool `json:"hostPid,omitempty"`

	// It shares the IPC namespace of the host
	HostIpc *bool `json:"hostIpc,omitempty"`

	// It may open every device of which it has a node
	AllDevices *bool `json:"allDevices,omitempty"`

	// The folder of the image, an unpacked root, is its root, and what it writes stays
	WritableRoot *bool `json:"writableRoot,omitempty"`
}

// LaunchRequest is part of the messages of the contract.
type LaunchRequest struct {
	// Part of the id, and the host name in the container
	Name string `json:"name"`

	// Folder on the host: an OCI image layout (it has a file oci-layout), whose contents are checked by
	// their digests, or an unpacked root. It is never written, unless `foreign` says so
	Image string `json:"image"`

	// Absent: entry point and command of the image
	Command []string `json:"command,omitempty"`

	// Added to that of the image
	Environment map[string]string `json:"environment,omitempty"`

	// `user[:group]`, names or numbers; absent: that of the image, else root
	User *string `json:"user,omitempty"`

	WorkingDirectory *string `json:"workingDirectory,omitempty"`

	// The component's own folders: seen at the same paths, writable, and given to its user with what is in
	// them
	Folders wire.List[string] `json:"folders"`

	Grants Grants `json:"grants"`

	Foreign *ForeignProgram `json:"foreign,omitempty"`
}

// LaunchResponse is part of the messages of the contract.
type LaunchResponse struct {
	ID string `json:"id"`

	// Of its first process, as the host sees it
	Pid int `json:"pid"`
}

// WaitRequest is part of the messages of the contract.
type WaitRequest struct {
	ID string `json:"id"`
}

// WaitResponse is part of the messages of the contract.
type WaitResponse struct {
	// 128 and the signal for a death by signal
	ExitCode int `json:"exitCode"`

	// When it ended
	ExitedAt string `json:"exitedAt"`
}

// LogsRequest is part of the messages of the contract.
type LogsRequest struct {
	ID string `json:"id"`
}

// LogsItem is part of the messages of the contract.
type LogsItem struct {
	Output string `json:"output"`

	// As it came
	Data wire.Bytes `json:"data"`

	// Bytes that are missing before this record
	Lost *int `json:"lost,omitempty"`
}

// KillRequest is part of the messages of the contract.
type KillRequest struct {
	ID string `json:"id"`

	Signal int `json:"signal"`
}

// RemoveRequest is part of the messages of the contract.
type RemoveRequest struct {
	ID string `json:"id"`
}

// Exit is part of the messages of the contract.
type Exit struct {
	// 128 and the signal for a death by signal
	ExitCode int `json:"exitCode"`

	// When it ended
	ExitedAt string `json:"exitedAt"`
}

// Container is part of the messages of the contract.
type Container struct {
	ID string `json:"id"`

	Name string `json:"name"`

	Status string `json:"status"`

	// While it runs
	Pid *int `json:"pid,omitempty"`

	Exit *Exit `json:"exit,omitempty"`
}

// ListResponse is part of the messages of the contract.
type ListResponse struct {
	Containers wire.List[Container] `json:"containers"`
}

// Driver is what a driver of component.launcher implements, and what a client offers.
type Driver interface {
	// Launch: Starts a container; it runs when the call answers. On error nothing is left. It has no
	// capability but those granted and gets no new privileges, the default filter of system calls,
	// namespaces of its own (pid, ipc, uts, mount, cgroup, and network unless granted), and does not see
	// or write the parts of /proc and /sys that tell of the host. Its standard input is open as long as
	// the launcher lives; what does not end with it is ended.
	//
	// Errors: LAUNCH_IMAGE_INVALID, LAUNCH_GRANT_INVALID, LAUNCH_FAILED, HOST_LACKS, STORAGE_FULL.
	Launch(ctx context.Context, request LaunchRequest) (LaunchResponse, error)

	// Wait: Answers when the container has ended, however long that takes; at once when it has already.
	//
	// Errors: LAUNCH_UNKNOWN.
	Wait(ctx context.Context, request WaitRequest) (WaitResponse, error)

	// Logs: What the container writes: the last 64 KiB of what has come, then all as it comes, until both
	// outputs have ended. A reader that is too slow loses the oldest, and is told how much.
	//
	// Errors: LAUNCH_UNKNOWN.
	Logs(ctx context.Context, request LogsRequest, send func(LogsItem) error) error

	// Kill: Sends a signal to the first process; with 9 all end. One that has ended is success.
	//
	// Errors: LAUNCH_UNKNOWN, LAUNCH_FAILED.
	Kill(ctx context.Context, request KillRequest) error

	// Remove: Ends a container if it runs, and removes all that was made for it. An unknown one is
	// success.
	//
	// Errors: LAUNCH_FAILED.
	Remove(ctx context.Context, request RemoveRequest) error

	// List: Every container that was not removed. `left`: of an earlier life, which the sweep at the start
	// could not remove; `remove` tries again.
	List(ctx context.Context) (ListResponse, error)
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("component.launcher", "0.1.0", schemas,
	wire.Method{Name: "launch", DeadlineMs: 120000},
	wire.Method{Name: "wait", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "logs", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "kill", DeadlineMs: 10000},
	wire.Method{Name: "remove", DeadlineMs: 30000, Idempotent: true},
	wire.Method{Name: "list", DeadlineMs: 10000, Idempotent: true},
)

const schemas = `{
"launch.request": {"type":"object","required":["name","image","folders","grants"],"additionalProperties":false,"x-type":"LaunchRequest","properties":{"name":{"type":"string","pattern":"^[a-z0-9]+(-[a-z0-9]+)*$","maxLength":63,"description":"Part of the id, and the host name in the container"},"image":{"type":"string","pattern":"^/","description":"Folder on the host: an OCI image layout (it has a file oci-layout), whose contents are checked by their digests, or an unpacked root. It is never written, unless ` + "`" + `foreign` + "`" + ` says so"},"command":{"type":"array","minItems":1,"description":"Absent: entry point and command of the image","items":{"type":"string"}},"environment":{"type":"object","description":"Added to that of the image","patternProperties":{"^.*$":{"type":"string"}}},"user":{"type":"string","description":"` + "`" + `user[:group]` + "`" + `, names or numbers; absent: that of the image, else root"},"workingDirectory":{"type":"string","pattern":"^/"},"folders":{"type":"array","description":"The component's own folders: seen at the same paths, writable, and given to its user with what is in them","items":{"type":"string","pattern":"^/"}},"grants":{"type":"object","additionalProperties":false,"x-type":"Grants","properties":{"mounts":{"type":"array","description":"Files and folders of the host","items":{"type":"object","required":["source","readOnly"],"additionalProperties":false,"x-type":"GrantedMount","properties":{"source":{"type":"string","pattern":"^/","description":"Path on the host; it must exist"},"target":{"type":"string","pattern":"^/","description":"Path in the container; absent: the same"},"readOnly":{"type":"boolean"}}}},"capabilities":{"type":"array","description":"Names of capabilities(7). They open the system calls that belong to them, too","items":{"type":"string","pattern":"^CAP_[A-Z_]+$"}},"network":{"type":"string","enum":["none","host"],"description":"none: a network namespace without links; absent: none"},"devices":{"type":"array","description":"Device nodes of the host, at the same path","items":{"type":"object","required":["path"],"additionalProperties":false,"x-type":"GrantedDevice","properties":{"path":{"type":"string","pattern":"^/"},"access":{"type":"string","pattern":"^[rwm]{1,3}$","description":"Of r, w and m (mknod); absent: rw"}}}},"root":{"type":"string","enum":["read-only","scratch"],"description":"scratch: writable, in memory, gone at its end; absent: read-only"},"shareMounts":{"type":"boolean","description":"The host sees what it mounts below its own folders, and it what the host mounts there"},"pids":{"type":"integer","minimum":1,"description":"Processes and threads at a time; absent: 512"},"memoryBytes":{"type":"integer","minimum":4194304,"description":"Absent: no limit of its own"}}},"foreign":{"type":"object","additionalProperties":false,"x-type":"ForeignProgram","properties":{"mounts":{"type":"array","description":"As they are, after those of every container","items":{"type":"object","required":["type","source","target","options"],"additionalProperties":false,"x-type":"ForeignMount","properties":{"type":{"type":"string","description":"bind, tmpfs, or another type that mount(2) knows"},"source":{"type":"string"},"target":{"type":"string","pattern":"^/"},"options":{"type":"array","description":"As the runtime specification has them: rbind, ro, rshared","items":{"type":"string"}}}}},"sharedFolders":{"type":"array","description":"Folders of the host below which mounts spread both ways","items":{"type":"object","required":["source","target"],"additionalProperties":false,"x-type":"SharedFolder","properties":{"source":{"type":"string","pattern":"^/"},"target":{"type":"string","pattern":"^/"}}}},"hostPid":{"type":"boolean","description":"It sees the processes of the host"},"hostIpc":{"type":"boolean","description":"It shares the IPC namespace of the host"},"allDevices":{"type":"boolean","description":"It may open every device of which it has a node"},"writableRoot":{"type":"boolean","description":"The folder of the image, an unpacked root, is its root, and what it writes stays"}}}}},
"launch.response": {"type":"object","required":["id","pid"],"x-type":"LaunchResponse","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"pid":{"type":"integer","description":"Of its first process, as the host sees it"}}},
"wait.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"WaitRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"wait.response": {"type":"object","required":["exitCode","exitedAt"],"x-type":"WaitResponse","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}},
"logs.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"LogsRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"logs.output": {"type":"object","required":["output","data"],"x-type":"LogsItem","properties":{"output":{"type":"string","enum":["stdout","stderr"]},"data":{"type":"string","contentEncoding":"base64","description":"As it came"},"lost":{"type":"integer","minimum":1,"description":"Bytes that are missing before this record"}}},
"kill.request": {"type":"object","required":["id","signal"],"additionalProperties":false,"x-type":"KillRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"signal":{"type":"integer","minimum":1,"maximum":64}}},
"kill.response": {"type":"object","properties":{}},
"remove.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"RemoveRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"remove.response": {"type":"object","properties":{}},
"list.request": {"type":"object","additionalProperties":false,"properties":{}},
"list.response": {"type":"object","required":["containers"],"x-type":"ListResponse","properties":{"containers":{"type":"array","items":{"type":"object","required":["id","name","status"],"x-type":"Container","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"name":{"type":"string"},"status":{"type":"string","enum":["running","ended","left"]},"pid":{"type":"integer","description":"While it runs"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}}}}}
}`

// Serve makes a driver a service of component.launcher.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("launch", func(ctx context.Context, request LaunchRequest) (LaunchResponse, error) {
			return driver.Launch(ctx, request)
		}),
		wire.Answer("wait", func(ctx context.Context, request WaitRequest) (WaitResponse, error) {
			return driver.Wait(ctx, request)
		}),
		wire.Output("logs", func(ctx context.Context, request LogsRequest, send func(LogsItem) error) error {
			return driver.Logs(ctx, request, send)
		}),
		wire.Answer("kill", func(ctx context.Context, request KillRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Kill(ctx, request)
		}),
		wire.Answer("remove", func(ctx context.Context, request RemoveRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Remove(ctx, request)
		}),
		wire.Answer("list", func(ctx context.Context, request wire.Nothing) (ListResponse, error) {
			return driver.List(ctx)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of component.launcher behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Launch(ctx context.Context, request LaunchRequest) (LaunchResponse, error) {
	return wire.CallAnswer[LaunchResponse](ctx, c.peer, Contract, "launch", request)
}

func (c client) Wait(ctx context.Context, request WaitRequest) (WaitResponse, error) {
	return wire.CallAnswer[WaitResponse](ctx, c.peer, Contract, "wait", request)
}

func (c client) Logs(ctx context.Context, request LogsRequest, send func(LogsItem) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "logs", request, send)
}

func (c client) Kill(ctx context.Context, request KillRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "kill", request)
	return err
}

func (c client) Remove(ctx context.Context, request RemoveRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "remove", request)
	return err
}

func (c client) List(ctx context.Context) (ListResponse, error) {
	return wire.CallAnswer[ListResponse](ctx, c.peer, Contract, "list", wire.Nothing{})
}
