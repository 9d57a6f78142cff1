package main

import (
	"context"

	"moby-origin/sdk/networkdriver"
	"moby-origin/sdk/wire"
)

// What this driver does not do, it says.

func refuse(what string) error {
	return wire.Errorf("NOT_SUPPORTED", "The network driver lan does not do %s", what)
}

func (d *driver) ProgramExternal(_ context.Context, request networkdriver.ProgramExternalRequest) (networkdriver.ProgramExternalResponse, error) {
	d.book.mutex.Lock()
	defer d.book.mutex.Unlock()
	if _, _, err := d.book.endpoint(request.NetworkID, request.EndpointID); err != nil {
		return networkdriver.ProgramExternalResponse{}, err
	}
	return networkdriver.ProgramExternalResponse{}, refuse("published ports")
}

func (d *driver) RevokeExternal(context.Context, networkdriver.RevokeExternalRequest) error {
	return refuse("published ports")
}

func (d *driver) PublishNames(context.Context, networkdriver.PublishNamesRequest) error {
	return refuse("names")
}

func (d *driver) AllocateNetwork(context.Context, networkdriver.AllocateNetworkRequest) (networkdriver.AllocateNetworkResponse, error) {
	return networkdriver.AllocateNetworkResponse{}, refuse("networks of a cluster")
}

func (d *driver) FreeNetwork(context.Context, networkdriver.FreeNetworkRequest) error {
	return refuse("networks of a cluster")
}

func (d *driver) CheckGateway(context.Context, networkdriver.CheckGatewayRequest) (networkdriver.CheckGatewayResponse, error) {
	return networkdriver.CheckGatewayResponse{}, refuse("checks of gateways")
}

func (d *driver) Discover(context.Context, networkdriver.DiscoverRequest) error {
	return refuse("clusters")
}
