// Command volume-driver keeps each volume in a folder of this host, with the mode that its options tell.
package main

import (
	"context"
	"path/filepath"

	moby "moby-origin/sdk"
	"moby-origin/sdk/storagevolume"
	"moby-origin/sdk/wire"
)

func main() {
	moby.Serve(func(own *moby.Context) (*moby.Running, error) {
		var config struct {
			Path string `json:"path"`
		}
		if err := own.Config(&config); err != nil {
			return nil, err
		}
		if config.Path == "" {
			config.Path = filepath.Join(own.Folders.Data, "volumes")
		}
		volumes, err := openFolders(config.Path)
		if err != nil {
			return nil, err
		}
		return &moby.Running{Services: []wire.Service{storagevolume.Serve(&driver{volumes})}}, nil
	})
}

// driver is the contract storage.volume in terms of folders.
type driver struct {
	volumes *folders
}

func (d *driver) Capabilities(context.Context) (storagevolume.CapabilitiesResponse, error) {
	return storagevolume.CapabilitiesResponse{Scope: "local"}, nil
}

func (d *driver) Create(_ context.Context, request storagevolume.CreateRequest) error {
	return d.volumes.create(request.Name, request.Options)
}

func (d *driver) Get(_ context.Context, request storagevolume.GetRequest) (storagevolume.GetResponse, error) {
	found, err := d.volumes.get(request.Name)
	return storagevolume.GetResponse{Volume: found}, err
}

func (d *driver) List(context.Context) (storagevolume.ListResponse, error) {
	return storagevolume.ListResponse{Volumes: d.volumes.list()}, nil
}

func (d *driver) Path(_ context.Context, request storagevolume.PathRequest) (storagevolume.PathResponse, error) {
	path, err := d.volumes.path(request.Name)
	return storagevolume.PathResponse{Mountpoint: path}, err
}

func (d *driver) Mount(_ context.Context, request storagevolume.MountRequest) (storagevolume.MountResponse, error) {
	path, err := d.volumes.mount(request.Name, request.ID)
	return storagevolume.MountResponse{Mountpoint: path}, err
}

func (d *driver) Unmount(_ context.Context, request storagevolume.UnmountRequest) error {
	return d.volumes.unmount(request.Name, request.ID)
}

func (d *driver) Usage(ctx context.Context, request storagevolume.UsageRequest) (storagevolume.UsageResponse, error) {
	size, err := d.volumes.usage(ctx, request.Name)
	return storagevolume.UsageResponse{Size: wire.Int64(size)}, err
}

func (d *driver) Remove(_ context.Context, request storagevolume.RemoveRequest) error {
	return d.volumes.remove(request.Name)
}
