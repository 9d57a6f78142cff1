// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package builder is the contract builder 0.1.0: Makes images from a Dockerfile and a context.
package builder

import (
	"context"

	"moby-origin/sdk/wire"
)

// Ulimit is part of the messages of the contract.
type Ulimit struct {
	Name string `json:"name"`

	Soft int `json:"soft"`

	Hard int `json:"hard"`
}

// Limits is part of the messages of the contract.
type Limits struct {
	// Bytes
	Memory *wire.Int64 `json:"memory,omitempty"`

	// Bytes
	MemorySwap *wire.Int64 `json:"memorySwap,omitempty"`

	CPUShares *int `json:"cpuShares,omitempty"`

	CPUPeriod *int `json:"cpuPeriod,omitempty"`

	CPUQuota *int `json:"cpuQuota,omitempty"`

	CpusetCpus *string `json:"cpusetCpus,omitempty"`

	CpusetMems *string `json:"cpusetMems,omitempty"`

	CgroupParent *string `json:"cgroupParent,omitempty"`

	// Bytes
	ShmSize *wire.Int64 `json:"shmSize,omitempty"`

	Ulimits []Ulimit `json:"ulimits,omitempty"`
}

// RegistryCredentials is part of the messages of the contract.
type RegistryCredentials struct {
	Username *string `json:"username,omitempty"`

	Password *string `json:"password,omitempty"`

	// A refresh token, exchanged at the token service
	IdentityToken *string `json:"identityToken,omitempty"`

	// A bearer token, sent as it is
	RegistryToken *string `json:"registryToken,omitempty"`
}

// BuildRequest is part of the messages of the contract.
type BuildRequest struct {
	// Path in the context
	Dockerfile string `json:"dockerfile"`

	// The Dockerfile itself: the context need not hold one
	DockerfileContent *string `json:"dockerfileContent,omitempty"`

	// The .dockerignore itself: none of the context is read
	IgnoreContent *string `json:"ignoreContent,omitempty"`

	// URL of the context: an archive or a Dockerfile; the input is then empty
	Remote *string `json:"remote,omitempty"`

	Tags wire.List[string] `json:"tags"`

	// Stage to stop at; absent, the last one
	Target *string `json:"target,omitempty"`

	// linux/amd64, linux/arm64/v8
	Platform *string `json:"platform,omitempty"`

	// `--build-arg`; null is for a name that was given without a value: the default of its ARG holds
	Args wire.Map[any] `json:"args"`

	// Added to the image
	Labels wire.Map[string] `json:"labels"`

	NoCache bool `json:"noCache"`

	// Ask the registry for base images even when they are here
	Pull bool `json:"pull"`

	// Remove the containers of steps. Where it is false they stay, but for those that were told secrets or
	// proxies
	RemoveIntermediate bool `json:"removeIntermediate"`

	// Remove the container of a step that fails, whatever removeIntermediate says
	ForceRemove bool `json:"forceRemove"`

	Squash bool `json:"squash"`

	// Network of the containers of RUN: bridge, none, host, the name of one
	Network *string `json:"network,omitempty"`

	ExtraHosts wire.List[string] `json:"extraHosts"`

	CacheFrom wire.List[string] `json:"cacheFrom"`

	Limits Limits `json:"limits"`

	SecurityOptions wire.List[string] `json:"securityOptions"`

	Isolation *string `json:"isolation,omitempty"`

	// By id
	Secrets map[string]wire.Bytes `json:"secrets,omitempty"`

	// Credentials by registry
	Registries wire.Map[RegistryCredentials] `json:"registries"`
}

// Step: A step begins, and the one before has ended
type Step struct {
	// Its name; of one without, stage- and its number
	Stage string `json:"stage"`

	// How many stages the Dockerfile has
	Stages int `json:"stages"`

	// In its stage, from 1 for FROM; 0 before the first stage
	Number int `json:"number"`

	// Steps of the stage
	Count int `json:"count"`

	// The instruction
	Text string `json:"text"`

	// Of the Dockerfile; 0 for what stands in none
	Line int `json:"line"`
}

// Output: The same as `stream`, where that is output of RUN
type Output struct {
	From string `json:"from"`

	Text string `json:"text"`
}

// BuildProgress is part of the messages of the contract.
type BuildProgress struct {
	// Text for the user: steps, output of RUN
	Stream *string `json:"stream,omitempty"`

	// Of a base image that is pulled, with id, current and total
	Status *string `json:"status,omitempty"`

	ID *string `json:"id,omitempty"`

	Current *float64 `json:"current,omitempty"`

	Total *float64 `json:"total,omitempty"`

	// `sha256:` and hex
	ImageID *string `json:"imageId,omitempty"`

	// A step begins, and the one before has ended
	Step *Step `json:"step,omitempty"`

	// The step is taken from an earlier build
	Cached *bool `json:"cached,omitempty"`

	// The same as `stream`, where that is output of RUN
	Output *Output `json:"output,omitempty"`

	// The same as `stream`, where that is a warning
	Warning *string `json:"warning,omitempty"`
}

// ExamineRequest is part of the messages of the contract.
type ExamineRequest struct {
	// Path in the context
	Dockerfile string `json:"dockerfile"`

	// The Dockerfile itself: the context need not hold one
	DockerfileContent *string `json:"dockerfileContent,omitempty"`

	// The .dockerignore itself: none of the context is read
	IgnoreContent *string `json:"ignoreContent,omitempty"`

	// URL of the context: an archive or a Dockerfile; the input is then empty
	Remote *string `json:"remote,omitempty"`

	Tags wire.List[string] `json:"tags"`

	// Stage to stop at; absent, the last one
	Target *string `json:"target,omitempty"`

	// linux/amd64, linux/arm64/v8
	Platform *string `json:"platform,omitempty"`

	// `--build-arg`; null is for a name that was given without a value: the default of its ARG holds
	Args wire.Map[any] `json:"args"`

	// Added to the image
	Labels wire.Map[string] `json:"labels"`

	NoCache bool `json:"noCache"`

	// Ask the registry for base images even when they are here
	Pull bool `json:"pull"`

	// Remove the containers of steps. Where it is false they stay, but for those that were told secrets or
	// proxies
	RemoveIntermediate bool `json:"removeIntermediate"`

	// Remove the container of a step that fails, whatever removeIntermediate says
	ForceRemove bool `json:"forceRemove"`

	Squash bool `json:"squash"`

	// Network of the containers of RUN: bridge, none, host, the name of one
	Network *string `json:"network,omitempty"`

	ExtraHosts wire.List[string] `json:"extraHosts"`

	CacheFrom wire.List[string] `json:"cacheFrom"`

	Limits Limits `json:"limits"`

	SecurityOptions wire.List[string] `json:"securityOptions"`

	Isolation *string `json:"isolation,omitempty"`

	// By id
	Secrets map[string]wire.Bytes `json:"secrets,omitempty"`

	// Credentials by registry
	Registries wire.Map[RegistryCredentials] `json:"registries"`
}

// ExamineResponse is part of the messages of the contract.
type ExamineResponse struct {
	// Names of images that steps begin with or take files from
	Images wire.List[string] `json:"images"`

	// Ids
	Secrets wire.List[string] `json:"secrets"`

	// Patterns of `ignoreContent`: files that need not be in the context
	Excluded wire.List[string] `json:"excluded"`
}

// Entry is part of the messages of the contract.
type Entry struct {
	ID string `json:"id"`

	Parents wire.List[string] `json:"parents"`

	// regular, internal, exec.cachemount
	Kind string `json:"kind"`

	Description string `json:"description"`

	InUse bool `json:"inUse"`

	Shared bool `json:"shared"`

	// Bytes
	Size wire.Int64 `json:"size"`

	// When it was made
	CreatedAt string `json:"createdAt"`

	// When it was last used
	LastUsedAt *string `json:"lastUsedAt,omitempty"`

	UsageCount int `json:"usageCount"`
}

// UsageResponse is part of the messages of the contract.
type UsageResponse struct {
	Entries wire.List[Entry] `json:"entries"`
}

// PruneRequest is part of the messages of the contract.
type PruneRequest struct {
	All *bool `json:"all,omitempty"`

	// Stop when the cache is this small
	KeepBytes *wire.Int64 `json:"keepBytes,omitempty"`

	// Only entries not used since
	UnusedSince *string `json:"unusedSince,omitempty"`

	Ids []string `json:"ids,omitempty"`
}

// PruneResponse is part of the messages of the contract.
type PruneResponse struct {
	Removed wire.List[string] `json:"removed"`

	// Bytes
	SpaceReclaimed wire.Int64 `json:"spaceReclaimed"`
}

// Driver is what a driver of builder implements, and what a client offers.
type Driver interface {
	// Build: Builds an image from a context: a tar archive, plain or compressed. The image and its tags
	// are there when the stream ends well; who stops reading cancels the build.
	//
	// Errors: DOCKERFILE_INVALID, BUILD_CONTEXT_INVALID, BUILD_OPTION_INVALID, BUILD_STEP_FAILED,
	// IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED,
	// REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, NOT_SUPPORTED, IMAGE_REFERENCE_INVALID, IMAGE_INVALID,
	// MANIFEST_INVALID, MANIFEST_LIMIT, PLATFORM_NOT_FOUND, CONTENT_MISMATCH, ARCHIVE_INVALID,
	// ARCHIVE_TRUNCATED, ARCHIVE_ESCAPES, ARCHIVE_LIMIT, SNAPSHOT_TOO_DEEP, STORAGE_FULL,
	// CONTAINER_SPEC_INVALID, CONTAINER_START_FAILED, DRIVER_AWAY, DRIVER_UNKNOWN, HOST_LACKS,
	// NETWORK_NOT_KNOWN.
	Build(ctx context.Context, request BuildRequest, input *wire.Input[[]byte], send func(BuildProgress) error) error

	// Examine: What a build will ask for, as far as the Dockerfile of `dockerfileContent` tells; nothing
	// is built. What triggers of base images ask for is not foreseen.
	//
	// Errors: DOCKERFILE_INVALID, BUILD_OPTION_INVALID, BUILD_CONTEXT_INVALID.
	Examine(ctx context.Context, request ExamineRequest) (ExamineResponse, error)

	// Usage: What the cache of the builder holds.
	Usage(ctx context.Context) (UsageResponse, error)

	// Prune: Removes what the cache holds and no build needs now: what images hold is not its own.
	//
	// Errors: FILTER_INVALID.
	Prune(ctx context.Context, request PruneRequest) (PruneResponse, error)
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("builder", "0.1.0", schemas,
	wire.Method{Name: "build", Input: wire.ByteStream, Output: wire.RecordStream, DeadlineMs: 0},
	wire.Method{Name: "examine", DeadlineMs: 10000, Idempotent: true},
	wire.Method{Name: "usage", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "prune", DeadlineMs: 0, Idempotent: true},
)

const schemas = `{
"build.request": {"type":"object","required":["dockerfile","tags","args","labels","noCache","pull","removeIntermediate","forceRemove","squash","extraHosts","cacheFrom","limits","securityOptions","registries"],"additionalProperties":false,"x-type":"BuildRequest","properties":{"dockerfile":{"type":"string","description":"Path in the context"},"dockerfileContent":{"type":"string","description":"The Dockerfile itself: the context need not hold one"},"ignoreContent":{"type":"string","description":"The .dockerignore itself: none of the context is read"},"remote":{"type":"string","description":"URL of the context: an archive or a Dockerfile; the input is then empty"},"tags":{"type":"array","items":{"type":"string","description":"Names for the image"}},"target":{"type":"string","description":"Stage to stop at; absent, the last one"},"platform":{"type":"string","description":"linux/amd64, linux/arm64/v8"},"args":{"type":"object","description":"` + "`" + `--build-arg` + "`" + `; null is for a name that was given without a value: the default of its ARG holds","patternProperties":{"^.*$":{"anyOf":[{"type":"string"},{"type":"null"}]}}},"labels":{"type":"object","description":"Added to the image","patternProperties":{"^.*$":{"type":"string"}}},"noCache":{"type":"boolean"},"pull":{"type":"boolean","description":"Ask the registry for base images even when they are here"},"removeIntermediate":{"type":"boolean","description":"Remove the containers of steps. Where it is false they stay, but for those that were told secrets or proxies"},"forceRemove":{"type":"boolean","description":"Remove the container of a step that fails, whatever removeIntermediate says"},"squash":{"type":"boolean"},"network":{"type":"string","description":"Network of the containers of RUN: bridge, none, host, the name of one"},"extraHosts":{"type":"array","items":{"type":"string"}},"cacheFrom":{"type":"array","items":{"type":"string"}},"limits":{"type":"object","x-type":"Limits","properties":{"memory":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"memorySwap":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"cpuShares":{"type":"integer"},"cpuPeriod":{"type":"integer"},"cpuQuota":{"type":"integer"},"cpusetCpus":{"type":"string"},"cpusetMems":{"type":"string"},"cgroupParent":{"type":"string"},"shmSize":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"ulimits":{"type":"array","items":{"type":"object","required":["name","soft","hard"],"x-type":"Ulimit","properties":{"name":{"type":"string"},"soft":{"type":"integer"},"hard":{"type":"integer"}}}}}},"securityOptions":{"type":"array","items":{"type":"string"}},"isolation":{"type":"string"},"secrets":{"type":"object","description":"By id","patternProperties":{"^.*$":{"type":"string","contentEncoding":"base64","description":"Content of the secret"}}},"registries":{"type":"object","description":"Credentials by registry","patternProperties":{"^.*$":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}}}},
"build.output": {"type":"object","x-type":"BuildProgress","properties":{"stream":{"type":"string","description":"Text for the user: steps, output of RUN"},"status":{"type":"string","description":"Of a base image that is pulled, with id, current and total"},"id":{"type":"string"},"current":{"type":"number"},"total":{"type":"number"},"imageId":{"type":"string","description":"` + "`" + `sha256:` + "`" + ` and hex"},"step":{"type":"object","required":["stage","stages","number","count","text","line"],"description":"A step begins, and the one before has ended","x-type":"Step","properties":{"stage":{"type":"string","description":"Its name; of one without, stage- and its number"},"stages":{"type":"integer","description":"How many stages the Dockerfile has"},"number":{"type":"integer","description":"In its stage, from 1 for FROM; 0 before the first stage"},"count":{"type":"integer","description":"Steps of the stage"},"text":{"type":"string","description":"The instruction"},"line":{"type":"integer","description":"Of the Dockerfile; 0 for what stands in none"}}},"cached":{"type":"boolean","description":"The step is taken from an earlier build"},"output":{"type":"object","required":["from","text"],"description":"The same as ` + "`" + `stream` + "`" + `, where that is output of RUN","x-type":"Output","properties":{"from":{"type":"string","enum":["stdout","stderr"]},"text":{"type":"string"}}},"warning":{"type":"string","description":"The same as ` + "`" + `stream` + "`" + `, where that is a warning"}}},
"examine.request": {"type":"object","required":["dockerfile","tags","args","labels","noCache","pull","removeIntermediate","forceRemove","squash","extraHosts","cacheFrom","limits","securityOptions","registries"],"additionalProperties":false,"x-type":"ExamineRequest","properties":{"dockerfile":{"type":"string","description":"Path in the context"},"dockerfileContent":{"type":"string","description":"The Dockerfile itself: the context need not hold one"},"ignoreContent":{"type":"string","description":"The .dockerignore itself: none of the context is read"},"remote":{"type":"string","description":"URL of the context: an archive or a Dockerfile; the input is then empty"},"tags":{"type":"array","items":{"type":"string","description":"Names for the image"}},"target":{"type":"string","description":"Stage to stop at; absent, the last one"},"platform":{"type":"string","description":"linux/amd64, linux/arm64/v8"},"args":{"type":"object","description":"` + "`" + `--build-arg` + "`" + `; null is for a name that was given without a value: the default of its ARG holds","patternProperties":{"^.*$":{"anyOf":[{"type":"string"},{"type":"null"}]}}},"labels":{"type":"object","description":"Added to the image","patternProperties":{"^.*$":{"type":"string"}}},"noCache":{"type":"boolean"},"pull":{"type":"boolean","description":"Ask the registry for base images even when they are here"},"removeIntermediate":{"type":"boolean","description":"Remove the containers of steps. Where it is false they stay, but for those that were told secrets or proxies"},"forceRemove":{"type":"boolean","description":"Remove the container of a step that fails, whatever removeIntermediate says"},"squash":{"type":"boolean"},"network":{"type":"string","description":"Network of the containers of RUN: bridge, none, host, the name of one"},"extraHosts":{"type":"array","items":{"type":"string"}},"cacheFrom":{"type":"array","items":{"type":"string"}},"limits":{"type":"object","x-type":"Limits","properties":{"memory":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"memorySwap":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"cpuShares":{"type":"integer"},"cpuPeriod":{"type":"integer"},"cpuQuota":{"type":"integer"},"cpusetCpus":{"type":"string"},"cpusetMems":{"type":"string"},"cgroupParent":{"type":"string"},"shmSize":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"ulimits":{"type":"array","items":{"type":"object","required":["name","soft","hard"],"x-type":"Ulimit","properties":{"name":{"type":"string"},"soft":{"type":"integer"},"hard":{"type":"integer"}}}}}},"securityOptions":{"type":"array","items":{"type":"string"}},"isolation":{"type":"string"},"secrets":{"type":"object","description":"By id","patternProperties":{"^.*$":{"type":"string","contentEncoding":"base64","description":"Content of the secret"}}},"registries":{"type":"object","description":"Credentials by registry","patternProperties":{"^.*$":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}}}},
"examine.response": {"type":"object","required":["images","secrets","excluded"],"x-type":"ExamineResponse","properties":{"images":{"type":"array","description":"Names of images that steps begin with or take files from","items":{"type":"string"}},"secrets":{"type":"array","description":"Ids","items":{"type":"string"}},"excluded":{"type":"array","description":"Patterns of ` + "`" + `ignoreContent` + "`" + `: files that need not be in the context","items":{"type":"string"}}}},
"usage.request": {"type":"object","additionalProperties":false,"properties":{}},
"usage.response": {"type":"object","required":["entries"],"x-type":"UsageResponse","properties":{"entries":{"type":"array","items":{"type":"object","required":["id","parents","kind","description","inUse","shared","size","createdAt","usageCount"],"x-type":"Entry","properties":{"id":{"type":"string"},"parents":{"type":"array","items":{"type":"string"}},"kind":{"type":"string","description":"regular, internal, exec.cachemount"},"description":{"type":"string"},"inUse":{"type":"boolean"},"shared":{"type":"boolean"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made"},"lastUsedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was last used"},"usageCount":{"type":"integer"}}}}}},
"prune.request": {"type":"object","additionalProperties":false,"x-type":"PruneRequest","properties":{"all":{"type":"boolean"},"keepBytes":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Stop when the cache is this small"},"unusedSince":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"Only entries not used since"},"ids":{"type":"array","items":{"type":"string"}}}},
"prune.response": {"type":"object","required":["removed","spaceReclaimed"],"x-type":"PruneResponse","properties":{"removed":{"type":"array","items":{"type":"string"}},"spaceReclaimed":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}}
}`

// Serve makes a driver a service of builder.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Talk("build", func(ctx context.Context, request BuildRequest, input *wire.Input[[]byte], send func(BuildProgress) error) error {
			return driver.Build(ctx, request, input, send)
		}),
		wire.Answer("examine", func(ctx context.Context, request ExamineRequest) (ExamineResponse, error) {
			return driver.Examine(ctx, request)
		}),
		wire.Answer("usage", func(ctx context.Context, request wire.Nothing) (UsageResponse, error) {
			return driver.Usage(ctx)
		}),
		wire.Answer("prune", func(ctx context.Context, request PruneRequest) (PruneResponse, error) {
			return driver.Prune(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of builder behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Build(ctx context.Context, request BuildRequest, input *wire.Input[[]byte], send func(BuildProgress) error) error {
	return wire.CallTalk(ctx, c.peer, Contract, "build", request, input, send)
}

func (c client) Examine(ctx context.Context, request ExamineRequest) (ExamineResponse, error) {
	return wire.CallAnswer[ExamineResponse](ctx, c.peer, Contract, "examine", request)
}

func (c client) Usage(ctx context.Context) (UsageResponse, error) {
	return wire.CallAnswer[UsageResponse](ctx, c.peer, Contract, "usage", wire.Nothing{})
}

func (c client) Prune(ctx context.Context, request PruneRequest) (PruneResponse, error) {
	return wire.CallAnswer[PruneResponse](ctx, c.peer, Contract, "prune", request)
}
