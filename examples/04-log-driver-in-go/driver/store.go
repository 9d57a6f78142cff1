package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"
)

// store is the logs below one folder, each in a folder of its own.
type store struct {
	folder   string
	defaults options
	mutex    sync.Mutex
	logs     map[string]*logFiles
	// closed logs are read, and not written until they are opened again.
	closed map[string]bool
}

func newStore(folder string, defaults options) *store {
	return &store{folder: folder, defaults: defaults, logs: map[string]*logFiles{}, closed: map[string]bool{}}
}

// open a log, made at the first call. Names are words without slashes: the contract says so.
func (s *store) open(name string, wanted options) (*logFiles, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if known := s.logs[name]; known != nil {
		known.setOptions(wanted)
		return known, nil
	}
	folder := filepath.Join(s.folder, name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	opened, err := openLog(folder, wanted)
	if err == nil {
		s.logs[name] = opened
		delete(s.closed, name)
	}
	return opened, err
}

// read finds a log to be read: one that was closed ends where it ends now.
func (s *store) read(name string) (*logFiles, error) {
	s.mutex.Lock()
	closed := s.closed[name]
	s.mutex.Unlock()
	if !closed {
		return s.find(name)
	}
	found, err := openLog(filepath.Join(s.folder, name), s.defaults)
	if err != nil {
		return nil, err
	}
	return found, found.close()
}

// find a log that is open, or was before the driver ended the last time.
func (s *store) find(name string) (*logFiles, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if known := s.logs[name]; known != nil {
		return known, nil
	}
	folder := filepath.Join(s.folder, name)
	if _, err := os.Stat(folder); s.closed[name] || os.IsNotExist(err) {
		return nil, notFound(name)
	}
	opened, err := openLog(folder, s.defaults)
	if err == nil {
		s.logs[name] = opened
	}
	return opened, err
}

func (s *store) close(name string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known := s.logs[name]
	delete(s.logs, name)
	if known == nil {
		return nil
	}
	s.closed[name] = true
	return known.close()
}

func (s *store) remove(name string) error {
	if err := s.close(name); err != nil {
		return err
	}
	s.mutex.Lock()
	delete(s.closed, name)
	s.mutex.Unlock()
	return os.RemoveAll(filepath.Join(s.folder, name))
}

func (s *store) closeAll(context.Context, string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var failed error
	for _, each := range s.logs {
		if err := each.close(); err != nil {
			failed = err
		}
	}
	return failed
}
