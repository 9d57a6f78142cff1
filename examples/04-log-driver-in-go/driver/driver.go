package main

import (
	"context"

	"moby-origin/sdk/logdriver"
	"moby-origin/sdk/wire"
)

// driver is the contract log.driver in terms of files.
type driver struct {
	logs *store
}

func (d *driver) Capabilities(context.Context) (logdriver.CapabilitiesResponse, error) {
	return logdriver.CapabilitiesResponse{Read: true}, nil
}

func (d *driver) Validate(_ context.Context, request logdriver.ValidateRequest) error {
	_, err := readOptions(request.Options, d.logs.defaults)
	return err
}

func (d *driver) Open(_ context.Context, request logdriver.OpenRequest) (logdriver.OpenResponse, error) {
	wanted, err := readOptions(request.Info.Options, d.logs.defaults)
	if err != nil {
		return logdriver.OpenResponse{}, err
	}
	found, err := d.logs.open(request.Log, wanted)
	if err != nil {
		return logdriver.OpenResponse{}, err
	}
	path := found.folder
	return logdriver.OpenResponse{Position: found.position(), Path: &path}, nil
}

func (d *driver) Write(_ context.Context, request logdriver.WriteRequest) error {
	found, err := d.logs.find(request.Log)
	if err != nil {
		return err
	}
	return found.write(request.Records, request.Position)
}

func (d *driver) Read(ctx context.Context, request logdriver.ReadRequest, send func([]logdriver.LogRecord) error) error {
	found, err := d.logs.read(request.Log)
	if err != nil {
		return err
	}
	return readLog(ctx, found, request, send)
}

func (d *driver) Close(_ context.Context, request logdriver.CloseRequest) error {
	return d.logs.close(request.Log)
}

func (d *driver) Remove(_ context.Context, request logdriver.RemoveRequest) error {
	return d.logs.remove(request.Log)
}

func notFound(name string) error {
	return wire.Errorf("LOG_NOT_FOUND", "there is no log %s", name)
}
