package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"moby-origin/sdk/storagevolume"
	"moby-origin/sdk/wire"
)

// record is what is kept of a volume beside its files.
type record struct {
	Options   map[string]string `json:"options"`
	CreatedAt string            `json:"createdAt"`
	Users     []string          `json:"users"`
}

// folders are the volumes below one folder: <name>/files holds the files of a volume, <name>/volume.json its record. A
// volume exists from the moment its record is whole until the record is gone; what has no record is swept at the start.
type folders struct {
	root    string
	mutex   sync.Mutex
	records map[string]record
	damaged map[string]bool
}

func openFolders(root string) (*folders, error) {
	if err := os.MkdirAll(root, 0o711); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	opened := &folders{root: root, records: map[string]record{}, damaged: map[string]bool{}}
	for _, entry := range entries {
		var found record
		text, err := os.ReadFile(filepath.Join(root, entry.Name(), "volume.json"))
		switch {
		case os.IsNotExist(err):
			err = os.RemoveAll(filepath.Join(root, entry.Name()))
			if err != nil {
				return nil, err
			}
		case err != nil || json.Unmarshal(text, &found) != nil:
			opened.damaged[entry.Name()] = true
		default:
			opened.records[entry.Name()] = found
		}
	}
	return opened, nil
}

func (f *folders) create(name string, options map[string]string) error {
	if err := checkName(name); err != nil {
		return err
	}
	mode, err := readMode(options)
	if err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if known, exists := f.records[name]; exists {
		if sameOptions(known.Options, options) {
			return nil
		}
		return wire.Errorf("VOLUME_OPTIONS_CONFLICT", "volume %s exists already with other options", name).
			WithHint("Remove it first, or choose another name.")
	}
	if f.damaged[name] {
		return wire.Errorf("VOLUME_OPTIONS_CONFLICT", "volume %s exists already, and its record is damaged", name).
			WithHint("Move " + filepath.Join(f.root, name) + " away: it holds the files of that volume.")
	}
	if err := os.MkdirAll(f.files(name), 0o755); err != nil {
		return err
	}
	// MkdirAll is subject to the umask.
	if err := syscall.Chmod(f.files(name), mode); err != nil {
		return err
	}
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	return f.keep(name, record{Options: options, CreatedAt: now})
}

func (f *folders) get(name string) (storagevolume.Volume, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	found, err := f.find(name)
	return f.show(name, found), err
}

func (f *folders) list() []storagevolume.Volume {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	volumes := make([]storagevolume.Volume, 0, len(f.records))
	for name, found := range f.records {
		volumes = append(volumes, f.show(name, found))
	}
	sort.Slice(volumes, func(i, j int) bool { return volumes[i].Name < volumes[j].Name })
	return volumes
}

func (f *folders) path(name string) (string, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	_, err := f.find(name)
	return f.files(name), err
}

func (f *folders) mount(name, user string) (string, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	found, err := f.find(name)
	if err != nil {
		return "", err
	}
	without := remove(found.Users, user)
	if len(without) == len(found.Users) {
		found.Users = append(without, user)
		err = f.keep(name, found)
	}
	return f.files(name), err
}

func (f *folders) unmount(name, user string) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	found, err := f.find(name)
	if err != nil {
		return err
	}
	without := remove(found.Users, user)
	if len(without) == len(found.Users) {
		return nil
	}
	found.Users = without
	return f.keep(name, found)
}

// usage is bytes on the disk; a file with several names counts once.
func (f *folders) usage(ctx context.Context, name string) (int64, error) {
	path, err := f.path(name)
	if err != nil {
		return 0, err
	}
	var total int64
	seen := map[uint64]bool{}
	err = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			// Somebody works in the volume meanwhile.
			return nil
		}
		facts, err := entry.Info()
		if err != nil {
			return nil
		}
		if status, known := facts.Sys().(*syscall.Stat_t); known && !seen[status.Ino] {
			seen[status.Ino] = true
			total += status.Blocks * 512
		}
		return nil
	})
	return total, err
}

func (f *folders) remove(name string) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	found, err := f.find(name)
	if err != nil {
		return err
	}
	if len(found.Users) > 0 {
		return wire.Errorf("VOLUME_IN_USE", "volume %s is used by %s", name, strings.Join(found.Users, ", ")).
			WithHint("Remove the containers that use it first.")
	}
	// The record goes first: from here on the volume does not exist.
	if err := os.Remove(filepath.Join(f.root, name, "volume.json")); err != nil {
		return err
	}
	delete(f.records, name)
	return os.RemoveAll(filepath.Join(f.root, name))
}

func (f *folders) files(name string) string {
	return filepath.Join(f.root, name, "files")
}

func (f *folders) find(name string) (record, error) {
	found, exists := f.records[name]
	if !exists {
		return found, wire.Errorf("VOLUME_NOT_FOUND", "there is no volume %s", name)
	}
	return found, nil
}

func (f *folders) show(name string, found record) storagevolume.Volume {
	path := f.files(name)
	return storagevolume.Volume{Name: name, Mountpoint: &path, CreatedAt: &found.CreatedAt, Options: found.Options}
}

// keep writes a record so that a reader sees the old or the new one whole, whenever the process dies.
func (f *folders) keep(name string, wanted record) error {
	text, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	path := filepath.Join(f.root, name, "volume.json")
	file, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		f.records[name] = wanted
	}
	return err
}

// remove answers the words without one of them, in a list of its own.
func remove(words []string, unwanted string) []string {
	kept := make([]string, 0, len(words)+1)
	for _, word := range words {
		if word != unwanted {
			kept = append(kept, word)
		}
	}
	return kept
}
