package main

import (
	"context"
	"crypto/sha256"
	"fmt"

	"moby-origin/sdk/networkdriver"
	"moby-origin/sdk/wire"
)

// driver is network.driver in terms of links. It works on one thing at a time: each takes the kernel a millisecond.
type driver struct {
	book  *book
	links links
}

func (d *driver) Capabilities(context.Context) (networkdriver.CapabilitiesResponse, error) {
	return networkdriver.CapabilitiesResponse{Scope: "local", ConnectivityScope: "local", Addresses: true}, nil
}

func (d *driver) CreateNetwork(_ context.Context, request networkdriver.CreateNetworkRequest) error {
	made, err := readNetwork(request)
	if err != nil {
		return err
	}
	return d.book.change(func() error {
		if err := d.book.check(request.NetworkID, made); err != nil {
			return err
		}
		if err := d.links.raise(request.NetworkID, made.Gateways, made.MTU); err != nil {
			return err
		}
		d.book.networks[request.NetworkID] = made
		return nil
	})
}

func (d *driver) DeleteNetwork(_ context.Context, request networkdriver.DeleteNetworkRequest) error {
	return d.book.change(func() error {
		found, err := d.book.network(request.NetworkID)
		if err != nil {
			return nil
		}
		if count := len(found.Endpoints); count > 0 {
			return wire.Errorf("NETWORK_HAS_ENDPOINTS", "The network %s still has %d endpoints", found.Name, count).
				WithHint("disconnect or remove its containers first")
		}
		if err := d.links.remove(d.links.bridge(request.NetworkID)); err != nil {
			return err
		}
		delete(d.book.networks, request.NetworkID)
		return nil
	})
}

func (d *driver) CreateEndpoint(_ context.Context, request networkdriver.CreateEndpointRequest) (networkdriver.CreateEndpointResponse, error) {
	var answer networkdriver.CreateEndpointResponse
	err := d.book.change(func() error {
		found, err := d.book.network(request.NetworkID)
		if err != nil {
			return err
		}
		if _, known := found.Endpoints[request.EndpointID]; known {
			return wire.Errorf("ENDPOINT_EXISTS", "The network %s has the endpoint %s already", found.Name, request.EndpointID)
		}
		mac := request.Interface.MacAddress
		if mac == nil {
			mac = wire.Ptr(macOf(request.EndpointID))
			answer.Interface.MacAddress = mac
		}
		found.Endpoints[request.EndpointID] = *mac
		return nil
	})
	return answer, err
}

func (d *driver) EndpointInfo(_ context.Context, request networkdriver.EndpointInfoRequest) (networkdriver.EndpointInfoResponse, error) {
	d.book.mutex.Lock()
	defer d.book.mutex.Unlock()
	_, mac, err := d.book.endpoint(request.NetworkID, request.EndpointID)
	return networkdriver.EndpointInfoResponse{Value: wire.Map[any]{"com.docker.network.endpoint.macaddress": mac}}, err
}

func (d *driver) Join(_ context.Context, request networkdriver.JoinRequest) (networkdriver.JoinResponse, error) {
	d.book.mutex.Lock()
	defer d.book.mutex.Unlock()
	found, mac, err := d.book.endpoint(request.NetworkID, request.EndpointID)
	if err != nil {
		return networkdriver.JoinResponse{}, err
	}
	// The sandbox is none of this component's business, which does not even see it: the engine moves the link there.
	inner, err := d.links.pair(request.NetworkID, request.EndpointID, mac, found.MTU)
	answer := networkdriver.JoinResponse{Link: &networkdriver.Link{Source: inner, Prefix: "eth"}}
	if !found.Internal {
		answer.Gateway, answer.GatewayIPV6 = optional(found.Gateway4), optional(found.Gateway6)
	}
	return answer, err
}

func (d *driver) Leave(_ context.Context, request networkdriver.LeaveRequest) error {
	d.book.mutex.Lock()
	defer d.book.mutex.Unlock()
	return d.links.remove(d.links.port(request.EndpointID))
}

func (d *driver) DeleteEndpoint(_ context.Context, request networkdriver.DeleteEndpointRequest) error {
	return d.book.change(func() error {
		found, _, err := d.book.endpoint(request.NetworkID, request.EndpointID)
		if err != nil {
			return nil
		}
		if err := d.links.remove(d.links.port(request.EndpointID)); err != nil {
			return err
		}
		delete(found.Endpoints, request.EndpointID)
		return nil
	})
}

// stop takes everything off the host when its containers end with the engine.
func (d *driver) stop(_ context.Context, reason string) error {
	if reason != "stop-containers" {
		return nil
	}
	return d.book.change(func() error {
		for id, each := range d.book.networks {
			for endpoint := range each.Endpoints {
				if err := d.links.remove(d.links.port(endpoint)); err != nil {
					return err
				}
			}
			if err := d.links.remove(d.links.bridge(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// macOf is an address for local use, the same at every call.
func macOf(endpoint string) string {
	digest := sha256.Sum256([]byte(endpoint))
	return fmt.Sprintf("02:%02x:%02x:%02x:%02x:%02x", digest[0], digest[1], digest[2], digest[3], digest[4])
}

func optional(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
