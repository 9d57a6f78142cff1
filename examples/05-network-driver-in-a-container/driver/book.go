package main

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"sync"

	"moby-origin/sdk/networkdriver"
	"moby-origin/sdk/wire"
)

// network is what the driver must remember of a network over its restarts.
type network struct {
	Name     string
	Gateways []string
	Gateway4 string
	Gateway6 string
	Internal bool
	MTU      uint32
	// Endpoints by id, with their hardware addresses.
	Endpoints map[string]string
}

// book keeps the networks in one file.
type book struct {
	path     string
	mutex    sync.Mutex
	networks map[string]*network
}

func openBook(path string) (*book, error) {
	opened := &book{path: path, networks: map[string]*network{}}
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return opened, nil
	}
	if err != nil {
		return nil, err
	}
	return opened, json.Unmarshal(content, &opened.networks)
}

// change runs work on the networks, alone, and keeps what it left unless it fails.
func (b *book) change(work func() error) error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if err := work(); err != nil {
		return err
	}
	content, err := json.Marshal(b.networks)
	if err != nil {
		return err
	}
	if err := os.WriteFile(b.path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(b.path+".new", b.path)
}

// check refuses a network whose id another one has; one that is made again keeps its endpoints.
func (b *book) check(id string, made *network) error {
	known := b.networks[id]
	if known == nil {
		return nil
	}
	made.Endpoints = known.Endpoints
	if reflect.DeepEqual(known, made) {
		return nil
	}
	return wire.Errorf("NETWORK_EXISTS", "The network %s is there already, and is another one", known.Name)
}

func (b *book) network(id string) (*network, error) {
	if found := b.networks[id]; found != nil {
		return found, nil
	}
	return nil, wire.Errorf("NETWORK_NOT_FOUND", "There is no network %s here", id)
}

// endpoint answers a network and the hardware address of one of its endpoints.
func (b *book) endpoint(networkID, id string) (*network, string, error) {
	found, err := b.network(networkID)
	if err != nil {
		return nil, "", err
	}
	mac, known := found.Endpoints[id]
	if !known {
		return nil, "", wire.Errorf("ENDPOINT_NOT_FOUND", "The network %s has no endpoint %s", found.Name, id)
	}
	return found, mac, nil
}

// readNetwork takes what counts of a request.
func readNetwork(request networkdriver.CreateNetworkRequest) (*network, error) {
	mtu, err := readMTU(request.Options)
	made := &network{Name: request.Name, Internal: request.Internal, MTU: mtu, Endpoints: map[string]string{}}
	made.Gateway4 = made.addGateway(request.IPV4)
	made.Gateway6 = made.addGateway(request.IPV6)
	return made, err
}
