package main

import (
	"bufio"
	"context"
	"io"
	"os"
)

// cursor is a place in a log from which it is read on.
type cursor struct {
	log     *logFiles
	segment int
	offset  int64
	file    *os.File
}

// newCursor begins at the first file that is kept.
func newCursor(log *logFiles) *cursor {
	log.mutex.Lock()
	defer log.mutex.Unlock()
	made := &cursor{log: log, segment: log.first()}
	log.readers[made] = struct{}{}
	return made
}

func (c *cursor) close() {
	c.log.mutex.Lock()
	defer c.log.mutex.Unlock()
	delete(c.log.readers, c)
	if !c.log.closed {
		c.log.prune()
	}
	if c.file != nil {
		c.file.Close()
	}
}

// state of the log as the cursor sees it.
type state struct {
	// end of what counts in the file that the cursor is in.
	end int64
	// full is true when the log goes on in another file.
	full    bool
	closed  bool
	changed <-chan struct{}
}

func (c *cursor) look() (state, error) {
	c.log.mutex.Lock()
	defer c.log.mutex.Unlock()
	seen := state{end: c.log.mark.Size, full: c.segment < c.log.mark.Segment, closed: c.log.closed, changed: c.log.changed}
	if c.file == nil {
		file, err := os.Open(segmentPath(c.log.folder, c.segment))
		if err != nil {
			return seen, err
		}
		c.file = file
	}
	if seen.full {
		facts, err := c.file.Stat()
		if err != nil {
			return seen, err
		}
		seen.end = facts.Size()
	}
	return seen, nil
}

// read calls take with every record up to the end; with follow, also with those that come until the log is closed, and
// idle before it waits for these.
func (c *cursor) read(ctx context.Context, follow bool, idle func() error, take func(stored) error) error {
	for {
		seen, err := c.look()
		if err != nil {
			return err
		}
		if err := c.readUpTo(ctx, seen.end, take); err != nil {
			return err
		}
		switch {
		case seen.full:
			c.advance()
		case !follow || seen.closed:
			return nil
		default:
			if err := idle(); err != nil {
				return err
			}
			select {
			case <-seen.changed:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

func (c *cursor) readUpTo(ctx context.Context, end int64, take func(stored) error) error {
	lines := bufio.NewReaderSize(io.NewSectionReader(c.file, c.offset, end-c.offset), 64<<10)
	for c.offset < end {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return err
		}
		c.offset += int64(len(line))
		record, err := decodeLine(line[:len(line)-1])
		if err != nil {
			return err
		}
		if err := take(record); err != nil {
			return err
		}
	}
	return nil
}

// advance goes on to the next file, and lets the one before be removed.
func (c *cursor) advance() {
	c.log.mutex.Lock()
	defer c.log.mutex.Unlock()
	c.file.Close()
	c.file, c.offset = nil, 0
	c.segment++
	c.log.prune()
}
