package moby

import (
	"context"
	"encoding/json"
	"os"

	"moby-origin/sdk/componentkernel"
	"moby-origin/sdk/wire"
)

const protocol = 1

// Name of a component or an assembly, with its version.
type Name struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Instance is what a running engine is called on its host.
type Instance struct {
	// ID is part of every name that is global on the host.
	ID       string `json:"id"`
	DataRoot string `json:"dataRoot"`
	RunRoot  string `json:"runRoot"`
}

// Folders of the component alone.
type Folders struct {
	// Data is for state; it survives reboots.
	Data string `json:"data"`
	// Run is for sockets and other files of this run.
	Run string `json:"run"`
}

// Context is all that a component may use: its configuration, its folders, its log, and what it requires.
type Context struct {
	// Name of the entry in the assembly.
	Name      string
	Component Name
	Assembly  Name
	Instance  Instance
	Folders   Folders
	Log       *Log
	config    json.RawMessage
	listen    string
	required  map[string]requirement
	peer      *wire.Peer
}

type requirement struct {
	Contract string   `json:"contract"`
	Drivers  []string `json:"drivers"`
}

// loadContext reads the file that MOBY_CONTEXT names.
func loadContext(log *Log) (*Context, error) {
	path := os.Getenv("MOBY_CONTEXT")
	if path == "" {
		return nil, wire.Errorf("PROCESS_CONTEXT_INVALID",
			"MOBY_CONTEXT is not set: a component is started by an engine, or by `moby conform`")
	}
	var facts struct {
		Protocol  int             `json:"protocol"`
		Name      string          `json:"name"`
		Component Name            `json:"component"`
		Assembly  Name            `json:"assembly"`
		Instance  Instance        `json:"instance"`
		Folders   Folders         `json:"folders"`
		Config    json.RawMessage `json:"config"`
		Listen    string          `json:"listen"`
		Requires  struct {
			Socket    string        `json:"socket"`
			Contracts []requirement `json:"contracts"`
		} `json:"requires"`
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &facts)
	}
	if err != nil {
		return nil, wire.Errorf("PROCESS_CONTEXT_INVALID", "%s cannot be used: %s", path, err)
	}
	if facts.Protocol != protocol {
		return nil, wire.Errorf("PROCESS_CONTEXT_INVALID",
			"the engine speaks version %d of the protocol of components, this SDK version %d", facts.Protocol, protocol).
			WithHint("Use the SDK that belongs to the engine.")
	}
	required := map[string]requirement{}
	for _, each := range facts.Requires.Contracts {
		required[each.Contract] = each
	}
	return &Context{
		Name:      facts.Name,
		Component: facts.Component,
		Assembly:  facts.Assembly,
		Instance:  facts.Instance,
		Folders:   facts.Folders,
		Log:       log,
		config:    facts.Config,
		listen:    facts.Listen,
		required:  required,
		peer:      wire.NewPeer(facts.Requires.Socket, wire.DefaultLimits),
	}, nil
}

// Config reads the configuration into a struct. It was checked against the schema in component.yaml, and defaults are
// filled in.
func (c *Context) Config(target any) error {
	return json.Unmarshal(c.config, target)
}

// One is the way to the provider of a required contract: store, err := c.One(statestore.Contract), and then
// statestore.Client(store).
func (c *Context) One(contract *wire.Contract) (*wire.Peer, error) {
	if _, ok := c.required[contract.ID]; !ok {
		return nil, wire.Errorf("DRIVER_UNKNOWN", "%s asks for %s, which the engine does not give it", c.Component.Name, contract.ID).
			WithHint("Its component.yaml must say that it requires it, and the assembly must provide it.")
	}
	return c.peer, nil
}

// Many is the way to each driver of a contract that is required with `many: true`, by name.
func (c *Context) Many(contract *wire.Contract) (map[string]*wire.Peer, error) {
	if _, err := c.One(contract); err != nil {
		return nil, err
	}
	peers := map[string]*wire.Peer{}
	for _, name := range c.required[contract.ID].Drivers {
		peers[name] = c.peer.Driver(name)
	}
	return peers, nil
}

// Degraded tells that the component works with restrictions, or works again (no reason).
func (c *Context) Degraded(ctx context.Context, reason string) error {
	request := componentkernel.DegradedRequest{}
	if reason != "" {
		request.Reason = &reason
	}
	return componentkernel.Client(c.peer).Degraded(ctx, request)
}
