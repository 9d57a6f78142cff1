// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package runtime is the contract runtime 0.1.0: Starts, watches and ends containers.
package runtime

import (
	"context"

	"moby-origin/sdk/wire"
)

// InfoResponse is part of the messages of the contract.
type InfoResponse struct {
	Name string `json:"name"`

	Version string `json:"version"`

	Path string `json:"path"`

	Commit *string `json:"commit,omitempty"`

	// OCI runtime features, as it tells them
	Features map[string]any `json:"features,omitempty"`
}

// Stdio is part of the messages of the contract.
type Stdio struct {
	// One terminal: stdout carries all output, stderr is absent
	Terminal bool `json:"terminal"`

	Stdin *string `json:"stdin,omitempty"`

	Stdout *string `json:"stdout,omitempty"`

	Stderr *string `json:"stderr,omitempty"`
}

// Owner: Who may open the standard streams
type Owner struct {
	UID int `json:"uid"`

	GID int `json:"gid"`
}

// CreateRequest is part of the messages of the contract.
type CreateRequest struct {
	ID string `json:"id"`

	// Absolute path of a folder with config.json and rootfs
	Bundle string `json:"bundle"`

	Stdio Stdio `json:"stdio"`

	// Who may open the standard streams
	Owner *Owner `json:"owner,omitempty"`
}

// CreateResponse is part of the messages of the contract.
type CreateResponse struct {
	Pid int `json:"pid"`
}

// StartRequest is part of the messages of the contract.
type StartRequest struct {
	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`
}

// StartResponse is part of the messages of the contract.
type StartResponse struct {
	Pid int `json:"pid"`
}

// ExecRequest is part of the messages of the contract.
type ExecRequest struct {
	ID string `json:"id"`

	ExecID string `json:"execId"`

	// OCI runtime specification: process
	Process wire.Map[any] `json:"process"`

	Stdio Stdio `json:"stdio"`
}

// WaitRequest is part of the messages of the contract.
type WaitRequest struct {
	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`
}

// WaitResponse is part of the messages of the contract.
type WaitResponse struct {
	// 128 and the signal for a death by signal
	ExitCode int `json:"exitCode"`

	// When it ended
	ExitedAt string `json:"exitedAt"`
}

// KillRequest is part of the messages of the contract.
type KillRequest struct {
	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`

	Signal int `json:"signal"`

	// To every process of the container
	All *bool `json:"all,omitempty"`
}

// PauseRequest is part of the messages of the contract.
type PauseRequest struct {
	ID string `json:"id"`
}

// ResumeRequest is part of the messages of the contract.
type ResumeRequest struct {
	ID string `json:"id"`
}

// UpdateRequest is part of the messages of the contract.
type UpdateRequest struct {
	ID string `json:"id"`

	// OCI runtime specification: linux.resources
	Resources wire.Map[any] `json:"resources"`

	// Annotations of the runtime specification
	Annotations map[string]string `json:"annotations,omitempty"`
}

// StatsRequest is part of the messages of the contract.
type StatsRequest struct {
	ID string `json:"id"`
}

// Cpu is part of the messages of the contract.
type Cpu struct {
	TotalNs float64 `json:"totalNs"`

	UserNs float64 `json:"userNs"`

	SystemNs float64 `json:"systemNs"`

	PerCPUNs []float64 `json:"perCpuNs,omitempty"`

	ThrottlePeriods *float64 `json:"throttlePeriods,omitempty"`

	ThrottledPeriods *float64 `json:"throttledPeriods,omitempty"`

	ThrottledNs *float64 `json:"throttledNs,omitempty"`
}

// Memory is part of the messages of the contract.
type Memory struct {
	// Bytes
	Usage float64 `json:"usage"`

	MaxUsage *float64 `json:"maxUsage,omitempty"`

	// Bytes; absent when unlimited
	Limit *float64 `json:"limit,omitempty"`

	Failures *float64 `json:"failures,omitempty"`

	// memory.stat as it is
	Stats wire.Map[float64] `json:"stats"`
}

// Pids is part of the messages of the contract.
type Pids struct {
	Current float64 `json:"current"`

	Limit *float64 `json:"limit,omitempty"`
}

// BlockIo is part of the messages of the contract.
type BlockIo struct {
	Major float64 `json:"major"`

	Minor float64 `json:"minor"`

	Operation string `json:"operation"`

	Bytes float64 `json:"bytes"`
}

// StatsResponse is part of the messages of the contract.
type StatsResponse struct {
	// When it was read
	ReadAt string `json:"readAt"`

	CPU Cpu `json:"cpu"`

	Memory *Memory `json:"memory,omitempty"`

	Pids *Pids `json:"pids,omitempty"`

	BlockIo []BlockIo `json:"blockIo,omitempty"`
}

// ProcessesRequest is part of the messages of the contract.
type ProcessesRequest struct {
	ID string `json:"id"`
}

// ProcessesResponse is part of the messages of the contract.
type ProcessesResponse struct {
	Pids wire.List[int] `json:"pids"`
}

// ResizeRequest is part of the messages of the contract.
type ResizeRequest struct {
	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`

	Width int `json:"width"`

	Height int `json:"height"`
}

// CloseStdinRequest is part of the messages of the contract.
type CloseStdinRequest struct {
	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`
}

// StateRequest is part of the messages of the contract.
type StateRequest struct {
	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`
}

// Exit is part of the messages of the contract.
type Exit struct {
	// 128 and the signal for a death by signal
	ExitCode int `json:"exitCode"`

	// When it ended
	ExitedAt string `json:"exitedAt"`
}

// StateResponse is part of the messages of the contract.
type StateResponse struct {
	ID string `json:"id"`

	Status string `json:"status"`

	// 0 when it has none
	Pid int `json:"pid"`

	Exit *Exit `json:"exit,omitempty"`
}

// DeleteRequest is part of the messages of the contract.
type DeleteRequest struct {
	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`

	Force *bool `json:"force,omitempty"`
}

// DeleteResponse is part of the messages of the contract.
type DeleteResponse struct {
	Exit *Exit `json:"exit,omitempty"`
}

// ReconnectRequest is part of the messages of the contract.
type ReconnectRequest struct {
	ID string `json:"id"`

	Bundle string `json:"bundle"`
}

// ReconnectResponse is part of the messages of the contract.
type ReconnectResponse struct {
	ID string `json:"id"`

	Status string `json:"status"`

	// 0 when it has none
	Pid int `json:"pid"`

	Exit *Exit `json:"exit,omitempty"`
}

// RuntimeEvent is part of the messages of the contract.
type RuntimeEvent struct {
	Kind string `json:"kind"`

	ID string `json:"id"`

	ExecID *string `json:"execId,omitempty"`

	Exit *Exit `json:"exit,omitempty"`
}

// Driver is what a driver of runtime implements, and what a client offers.
type Driver interface {
	// Info: The runtime behind it, for `docker info` and `moby doctor`.
	//
	// Errors: RUNTIME_BINARY_MISSING.
	Info(ctx context.Context) (InfoResponse, error)

	// Create: Creates the container of a bundle: namespaces, cgroup and init exist afterwards, the user's
	// program does not run yet. On error nothing is left.
	//
	// Errors: RUNTIME_TASK_EXISTS, RUNTIME_CREATE_FAILED, RUNTIME_BINARY_MISSING.
	Create(ctx context.Context, request CreateRequest) (CreateResponse, error)

	// Start: Starts the program of a created container, or of an exec.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE, RUNTIME_CREATE_FAILED.
	Start(ctx context.Context, request StartRequest) (StartResponse, error)

	// Exec: Adds a process to a running container; `start` with its execId runs it.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_EXISTS, RUNTIME_TASK_STATE.
	Exec(ctx context.Context, request ExecRequest) error

	// Wait: Answers when the process has ended, however long that takes; at once when it has already.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST.
	Wait(ctx context.Context, request WaitRequest) (WaitResponse, error)

	// Kill: Sends a signal.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
	Kill(ctx context.Context, request KillRequest) error

	// Pause: Freezes every process.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE, HOST_LACKS.
	Pause(ctx context.Context, request PauseRequest) error

	// Resume: Thaws.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
	Resume(ctx context.Context, request ResumeRequest) error

	// Update: Changes limits.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
	Update(ctx context.Context, request UpdateRequest) error

	// Stats: Counters of the container's cgroup.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND.
	Stats(ctx context.Context, request StatsRequest) (StatsResponse, error)

	// Processes: Process ids in the host's namespace.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND.
	Processes(ctx context.Context, request ProcessesRequest) (ProcessesResponse, error)

	// Resize: Sets the size of a terminal.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE.
	Resize(ctx context.Context, request ResizeRequest) error

	// CloseStdin: Ends the standard input: the process reads end of file after what was written. The
	// caller has closed its own writing end of the FIFO before.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND.
	CloseStdin(ctx context.Context, request CloseStdinRequest) error

	// State: What the runtime says of a container or exec.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST.
	State(ctx context.Context, request StateRequest) (StateResponse, error)

	// Delete: Removes a stopped container (with its cgroup, shim and run-time files) or a finished exec,
	// and tells how it ended. With `force` a running one is killed first, and whatever remains of a lost
	// one is cleaned up. An unknown one is success.
	//
	// Errors: RUNTIME_TASK_STATE.
	Delete(ctx context.Context, request DeleteRequest) (DeleteResponse, error)

	// Reconnect: Takes up the task of a bundle after a restart of the engine. RUNTIME_SHIM_LOST means that
	// its supervisor is gone: whatever was left has been cleaned up, and the exit is not known.
	//
	// Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST.
	Reconnect(ctx context.Context, request ReconnectRequest) (ReconnectResponse, error)

	// Events: Exits and deaths for lack of memory, as they happen, from now on.
	Events(ctx context.Context, send func(RuntimeEvent) error) error
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("runtime", "0.1.0", schemas,
	wire.Method{Name: "info", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "create", DeadlineMs: 60000},
	wire.Method{Name: "start", DeadlineMs: 60000},
	wire.Method{Name: "exec", DeadlineMs: 30000},
	wire.Method{Name: "wait", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "kill", DeadlineMs: 10000},
	wire.Method{Name: "pause", DeadlineMs: 30000},
	wire.Method{Name: "resume", DeadlineMs: 30000},
	wire.Method{Name: "update", DeadlineMs: 30000, Idempotent: true},
	wire.Method{Name: "stats", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "processes", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "resize", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "closeStdin", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "state", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "delete", DeadlineMs: 60000, Idempotent: true},
	wire.Method{Name: "reconnect", DeadlineMs: 15000, Idempotent: true},
	wire.Method{Name: "events", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
)

const schemas = `{
"info.request": {"type":"object","additionalProperties":false,"properties":{}},
"info.response": {"type":"object","required":["name","version","path"],"x-type":"InfoResponse","properties":{"name":{"type":"string"},"version":{"type":"string"},"path":{"type":"string"},"commit":{"type":"string"},"features":{"type":"object","description":"OCI runtime features, as it tells them","patternProperties":{"^.*$":{}}}}},
"create.request": {"type":"object","required":["id","bundle","stdio"],"additionalProperties":false,"x-type":"CreateRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"bundle":{"type":"string","description":"Absolute path of a folder with config.json and rootfs"},"stdio":{"type":"object","required":["terminal"],"additionalProperties":false,"x-type":"Stdio","properties":{"terminal":{"type":"boolean","description":"One terminal: stdout carries all output, stderr is absent"},"stdin":{"type":"string"},"stdout":{"type":"string"},"stderr":{"type":"string"}}},"owner":{"type":"object","required":["uid","gid"],"additionalProperties":false,"description":"Who may open the standard streams","x-type":"Owner","properties":{"uid":{"type":"integer"},"gid":{"type":"integer"}}}}},
"create.response": {"type":"object","required":["pid"],"x-type":"CreateResponse","properties":{"pid":{"type":"integer"}}},
"start.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"StartRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"start.response": {"type":"object","required":["pid"],"x-type":"StartResponse","properties":{"pid":{"type":"integer"}}},
"exec.request": {"type":"object","required":["id","execId","process","stdio"],"additionalProperties":false,"x-type":"ExecRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"process":{"type":"object","description":"OCI runtime specification: process","patternProperties":{"^.*$":{}}},"stdio":{"type":"object","required":["terminal"],"additionalProperties":false,"x-type":"Stdio","properties":{"terminal":{"type":"boolean","description":"One terminal: stdout carries all output, stderr is absent"},"stdin":{"type":"string"},"stdout":{"type":"string"},"stderr":{"type":"string"}}}}},
"exec.response": {"type":"object","properties":{}},
"wait.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"WaitRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"wait.response": {"type":"object","required":["exitCode","exitedAt"],"x-type":"WaitResponse","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}},
"kill.request": {"type":"object","required":["id","signal"],"additionalProperties":false,"x-type":"KillRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"signal":{"type":"integer","minimum":0,"maximum":64},"all":{"type":"boolean","description":"To every process of the container"}}},
"kill.response": {"type":"object","properties":{}},
"pause.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"PauseRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"pause.response": {"type":"object","properties":{}},
"resume.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"ResumeRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"resume.response": {"type":"object","properties":{}},
"update.request": {"type":"object","required":["id","resources"],"additionalProperties":false,"x-type":"UpdateRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"resources":{"type":"object","description":"OCI runtime specification: linux.resources","patternProperties":{"^.*$":{}}},"annotations":{"type":"object","description":"Annotations of the runtime specification","patternProperties":{"^.*$":{"type":"string"}}}}},
"update.response": {"type":"object","properties":{}},
"stats.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"StatsRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"stats.response": {"type":"object","required":["readAt","cpu"],"x-type":"StatsResponse","properties":{"readAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was read"},"cpu":{"type":"object","required":["totalNs","userNs","systemNs"],"x-type":"Cpu","properties":{"totalNs":{"type":"number"},"userNs":{"type":"number"},"systemNs":{"type":"number"},"perCpuNs":{"type":"array","items":{"type":"number"}},"throttlePeriods":{"type":"number"},"throttledPeriods":{"type":"number"},"throttledNs":{"type":"number"}}},"memory":{"type":"object","required":["usage","stats"],"x-type":"Memory","properties":{"usage":{"type":"number","description":"Bytes"},"maxUsage":{"type":"number"},"limit":{"type":"number","description":"Bytes; absent when unlimited"},"failures":{"type":"number"},"stats":{"type":"object","description":"memory.stat as it is","patternProperties":{"^.*$":{"type":"number"}}}}},"pids":{"type":"object","required":["current"],"x-type":"Pids","properties":{"current":{"type":"number"},"limit":{"type":"number"}}},"blockIo":{"type":"array","items":{"type":"object","required":["major","minor","operation","bytes"],"x-type":"BlockIo","properties":{"major":{"type":"number"},"minor":{"type":"number"},"operation":{"type":"string"},"bytes":{"type":"number"}}}}}},
"processes.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"ProcessesRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"processes.response": {"type":"object","required":["pids"],"x-type":"ProcessesResponse","properties":{"pids":{"type":"array","items":{"type":"integer"}}}},
"resize.request": {"type":"object","required":["id","width","height"],"additionalProperties":false,"x-type":"ResizeRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"width":{"type":"integer","minimum":0,"maximum":65535},"height":{"type":"integer","minimum":0,"maximum":65535}}},
"resize.response": {"type":"object","properties":{}},
"closeStdin.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"CloseStdinRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"closeStdin.response": {"type":"object","properties":{}},
"state.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"StateRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"}}},
"state.response": {"type":"object","required":["id","status","pid"],"x-type":"StateResponse","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"status":{"type":"string","enum":["created","running","paused","stopped"]},"pid":{"type":"integer","description":"0 when it has none"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}},
"delete.request": {"type":"object","required":["id"],"additionalProperties":false,"x-type":"DeleteRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"force":{"type":"boolean"}}},
"delete.response": {"type":"object","x-type":"DeleteResponse","properties":{"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}},
"reconnect.request": {"type":"object","required":["id","bundle"],"additionalProperties":false,"x-type":"ReconnectRequest","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"bundle":{"type":"string"}}},
"reconnect.response": {"type":"object","required":["id","status","pid"],"x-type":"ReconnectResponse","properties":{"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"status":{"type":"string","enum":["created","running","paused","stopped"]},"pid":{"type":"integer","description":"0 when it has none"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}},
"events.request": {"type":"object","additionalProperties":false,"properties":{}},
"events.output": {"type":"object","required":["kind","id"],"x-type":"RuntimeEvent","properties":{"kind":{"type":"string","enum":["exit","oom","lost"]},"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"execId":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"exit":{"type":"object","required":["exitCode","exitedAt"],"x-type":"Exit","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255,"description":"128 and the signal for a death by signal"},"exitedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it ended"}}}}}
}`

// Serve makes a driver a service of runtime.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("info", func(ctx context.Context, request wire.Nothing) (InfoResponse, error) {
			return driver.Info(ctx)
		}),
		wire.Answer("create", func(ctx context.Context, request CreateRequest) (CreateResponse, error) {
			return driver.Create(ctx, request)
		}),
		wire.Answer("start", func(ctx context.Context, request StartRequest) (StartResponse, error) {
			return driver.Start(ctx, request)
		}),
		wire.Answer("exec", func(ctx context.Context, request ExecRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Exec(ctx, request)
		}),
		wire.Answer("wait", func(ctx context.Context, request WaitRequest) (WaitResponse, error) {
			return driver.Wait(ctx, request)
		}),
		wire.Answer("kill", func(ctx context.Context, request KillRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Kill(ctx, request)
		}),
		wire.Answer("pause", func(ctx context.Context, request PauseRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Pause(ctx, request)
		}),
		wire.Answer("resume", func(ctx context.Context, request ResumeRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Resume(ctx, request)
		}),
		wire.Answer("update", func(ctx context.Context, request UpdateRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Update(ctx, request)
		}),
		wire.Answer("stats", func(ctx context.Context, request StatsRequest) (StatsResponse, error) {
			return driver.Stats(ctx, request)
		}),
		wire.Answer("processes", func(ctx context.Context, request ProcessesRequest) (ProcessesResponse, error) {
			return driver.Processes(ctx, request)
		}),
		wire.Answer("resize", func(ctx context.Context, request ResizeRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Resize(ctx, request)
		}),
		wire.Answer("closeStdin", func(ctx context.Context, request CloseStdinRequest) (wire.Nothing, error) {
			return wire.Nothing{}, driver.CloseStdin(ctx, request)
		}),
		wire.Answer("state", func(ctx context.Context, request StateRequest) (StateResponse, error) {
			return driver.State(ctx, request)
		}),
		wire.Answer("delete", func(ctx context.Context, request DeleteRequest) (DeleteResponse, error) {
			return driver.Delete(ctx, request)
		}),
		wire.Answer("reconnect", func(ctx context.Context, request ReconnectRequest) (ReconnectResponse, error) {
			return driver.Reconnect(ctx, request)
		}),
		wire.Output("events", func(ctx context.Context, request wire.Nothing, send func(RuntimeEvent) error) error {
			return driver.Events(ctx, send)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of runtime behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Info(ctx context.Context) (InfoResponse, error) {
	return wire.CallAnswer[InfoResponse](ctx, c.peer, Contract, "info", wire.Nothing{})
}

func (c client) Create(ctx context.Context, request CreateRequest) (CreateResponse, error) {
	return wire.CallAnswer[CreateResponse](ctx, c.peer, Contract, "create", request)
}

func (c client) Start(ctx context.Context, request StartRequest) (StartResponse, error) {
	return wire.CallAnswer[StartResponse](ctx, c.peer, Contract, "start", request)
}

func (c client) Exec(ctx context.Context, request ExecRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "exec", request)
	return err
}

func (c client) Wait(ctx context.Context, request WaitRequest) (WaitResponse, error) {
	return wire.CallAnswer[WaitResponse](ctx, c.peer, Contract, "wait", request)
}

func (c client) Kill(ctx context.Context, request KillRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "kill", request)
	return err
}

func (c client) Pause(ctx context.Context, request PauseRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "pause", request)
	return err
}

func (c client) Resume(ctx context.Context, request ResumeRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "resume", request)
	return err
}

func (c client) Update(ctx context.Context, request UpdateRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "update", request)
	return err
}

func (c client) Stats(ctx context.Context, request StatsRequest) (StatsResponse, error) {
	return wire.CallAnswer[StatsResponse](ctx, c.peer, Contract, "stats", request)
}

func (c client) Processes(ctx context.Context, request ProcessesRequest) (ProcessesResponse, error) {
	return wire.CallAnswer[ProcessesResponse](ctx, c.peer, Contract, "processes", request)
}

func (c client) Resize(ctx context.Context, request ResizeRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "resize", request)
	return err
}

func (c client) CloseStdin(ctx context.Context, request CloseStdinRequest) error {
	_, err := wire.CallAnswer[wire.Nothing](ctx, c.peer, Contract, "closeStdin", request)
	return err
}

func (c client) State(ctx context.Context, request StateRequest) (StateResponse, error) {
	return wire.CallAnswer[StateResponse](ctx, c.peer, Contract, "state", request)
}

func (c client) Delete(ctx context.Context, request DeleteRequest) (DeleteResponse, error) {
	return wire.CallAnswer[DeleteResponse](ctx, c.peer, Contract, "delete", request)
}

func (c client) Reconnect(ctx context.Context, request ReconnectRequest) (ReconnectResponse, error) {
	return wire.CallAnswer[ReconnectResponse](ctx, c.peer, Contract, "reconnect", request)
}

func (c client) Events(ctx context.Context, send func(RuntimeEvent) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "events", wire.Nothing{}, send)
}
