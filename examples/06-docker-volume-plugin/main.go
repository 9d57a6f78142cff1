// Command foldervolumes is a volume plugin for Docker: each volume is a folder below -root.
//
// It speaks Docker's public volume plugin protocol over a Unix socket and knows nothing of any particular engine.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"
)

const contentType = "application/vnd.docker.plugins.v1.1+json"

var nameRule = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

type volume struct {
	Created time.Time
	Options map[string]string
	// Users are the ids under which it is mounted.
	Users map[string]bool
}

type driver struct {
	root    string
	mu      sync.Mutex
	volumes map[string]*volume
}

type request struct {
	Name string
	ID   string
	Opts map[string]string
}

type shown struct {
	Name       string
	Mountpoint string                 `json:",omitempty"`
	CreatedAt  string                 `json:",omitempty"`
	Status     map[string]interface{} `json:",omitempty"`
}

func openDriver(root string) (*driver, error) {
	d := &driver{root: root, volumes: map[string]*volume{}}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(d.stateFile())
	if errors.Is(err, os.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	return d, json.Unmarshal(data, &d.volumes)
}

func (d *driver) stateFile() string { return filepath.Join(d.root, "volumes.json") }

func (d *driver) path(name string) string { return filepath.Join(d.root, "data", name) }

// save writes what is known of all volumes; the caller holds the lock.
func (d *driver) save() error {
	data, err := json.Marshal(d.volumes)
	if err != nil {
		return err
	}
	next := d.stateFile() + ".new"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return err
	}
	return os.Rename(next, d.stateFile())
}

func (d *driver) find(name string) (*volume, error) {
	if v, ok := d.volumes[name]; ok {
		return v, nil
	}
	return nil, fmt.Errorf("no volume %q", name)
}

func (d *driver) show(name string, v *volume) shown {
	return shown{
		Name:       name,
		Mountpoint: d.path(name),
		CreatedAt:  v.Created.Format(time.RFC3339),
		Status:     map[string]interface{}{"users": len(v.Users)},
	}
}

func (d *driver) create(r request) (interface{}, error) {
	if !nameRule.MatchString(r.Name) {
		return nil, fmt.Errorf("%q is no name for a volume", r.Name)
	}
	if _, ok := d.volumes[r.Name]; ok {
		return struct{}{}, nil
	}
	if err := os.MkdirAll(d.path(r.Name), 0o755); err != nil {
		return nil, err
	}
	d.volumes[r.Name] = &volume{Created: time.Now(), Options: r.Opts, Users: map[string]bool{}}
	return struct{}{}, d.save()
}

func (d *driver) get(r request) (interface{}, error) {
	v, err := d.find(r.Name)
	if err != nil {
		return nil, err
	}
	return map[string]interface{}{"Volume": d.show(r.Name, v)}, nil
}

func (d *driver) list(request) (interface{}, error) {
	all := []shown{}
	for name, v := range d.volumes {
		all = append(all, d.show(name, v))
	}
	return map[string]interface{}{"Volumes": all}, nil
}

func (d *driver) mountpoint(r request) (interface{}, error) {
	if _, err := d.find(r.Name); err != nil {
		return nil, err
	}
	return map[string]string{"Mountpoint": d.path(r.Name)}, nil
}

func (d *driver) mount(r request) (interface{}, error) {
	v, err := d.find(r.Name)
	if err != nil {
		return nil, err
	}
	v.Users[r.ID] = true
	if err := d.save(); err != nil {
		return nil, err
	}
	return d.mountpoint(r)
}

func (d *driver) unmount(r request) (interface{}, error) {
	v, err := d.find(r.Name)
	if err != nil {
		return nil, err
	}
	if !v.Users[r.ID] {
		return nil, fmt.Errorf("the volume %q is not mounted for %q", r.Name, r.ID)
	}
	delete(v.Users, r.ID)
	return struct{}{}, d.save()
}

func (d *driver) remove(r request) (interface{}, error) {
	v, err := d.find(r.Name)
	if err != nil {
		return nil, err
	}
	if len(v.Users) > 0 {
		return nil, fmt.Errorf("the volume %q has %d users", r.Name, len(v.Users))
	}
	if err := os.RemoveAll(d.path(r.Name)); err != nil {
		return nil, err
	}
	delete(d.volumes, r.Name)
	return struct{}{}, d.save()
}

func capabilities(request) (interface{}, error) {
	return map[string]interface{}{"Capabilities": map[string]string{"Scope": "local"}}, nil
}

func activate(request) (interface{}, error) {
	return map[string][]string{"Implements": {"VolumeDriver"}}, nil
}

func (d *driver) handle(mux *http.ServeMux, path string, method func(request) (interface{}, error)) {
	mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		var asked request
		if r.ContentLength != 0 {
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		d.mu.Lock()
		answer, err := method(asked)
		d.mu.Unlock()
		w.Header().Set("Content-Type", contentType)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			answer = map[string]string{"Err": err.Error()}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			log.Printf("%s: %v", path, err)
		}
	})
}

func main() {
	socket := flag.String("socket", "/run/docker/plugins/folders.sock", "socket to listen on")
	root := flag.String("root", "/var/lib/folder-volumes", "folder of the volumes")
	flag.Parse()
	d, err := openDriver(*root)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	for path, method := range map[string]func(request) (interface{}, error){
		"/Plugin.Activate":           activate,
		"/VolumeDriver.Create":       d.create,
		"/VolumeDriver.Get":          d.get,
		"/VolumeDriver.List":         d.list,
		"/VolumeDriver.Path":         d.mountpoint,
		"/VolumeDriver.Mount":        d.mount,
		"/VolumeDriver.Unmount":      d.unmount,
		"/VolumeDriver.Remove":       d.remove,
		"/VolumeDriver.Capabilities": capabilities,
	} {
		d.handle(mux, path, method)
	}
	if err := os.Remove(*socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, mux))
}
