package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"moby-origin/sdk/logdriver"
	"moby-origin/sdk/wire"
)

func int64s(value int64) wire.Int64 { return wire.Int64(value) }

// logFiles is one open log: numbered files, the last of which grows.
type logFiles struct {
	folder string
	mutex  sync.Mutex
	limits options
	marks  *os.File
	file   *os.File
	mark   mark
	// oldest is the number of the first file that counts.
	oldest int
	closed bool
	// readers are asked before a file is removed, because one who follows may still need it.
	readers map[*cursor]struct{}
	// changed is closed, and made anew, whenever there is more to read or no more to come.
	changed chan struct{}
}

func segmentPath(folder string, number int) string {
	return filepath.Join(folder, fmt.Sprintf("%08d.log", number))
}

// openLog brings files and position together: what was appended after the last mark is cut off.
func openLog(folder string, limits options) (*logFiles, error) {
	marks, found, err := openMarks(folder)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(segmentPath(folder, found.Segment), os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = file.Truncate(found.Size)
	}
	if err != nil {
		marks.Close()
		return nil, err
	}
	// A file that was begun before the driver died is not known to the mark.
	_ = os.Remove(segmentPath(folder, found.Segment+1))
	oldest := found.Segment
	for oldest > 1 {
		if _, err := os.Stat(segmentPath(folder, oldest-1)); err != nil {
			break
		}
		oldest--
	}
	return &logFiles{
		folder: folder, limits: limits, marks: marks, file: file, mark: found, oldest: oldest,
		readers: map[*cursor]struct{}{}, changed: make(chan struct{}),
	}, nil
}

func (l *logFiles) position() logdriver.LogPosition {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.mark.position()
}

func (l *logFiles) setOptions(wanted options) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.limits = wanted
}

// write appends records that reach up to a position; a batch that is there already is dropped. A batch is written
// with one call and counts from the moment of its mark on, so it is there as a whole or not at all.
func (l *logFiles) write(records []logdriver.LogRecord, position logdriver.LogPosition) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.closed {
		return notFound(filepath.Base(l.folder))
	}
	if int64(position.Stdout) <= l.mark.Stdout && int64(position.Stderr) <= l.mark.Stderr {
		return nil
	}
	if l.mark.Size >= l.limits.MaxSize {
		if err := l.rotate(); err != nil {
			return err
		}
	}
	var lines bytes.Buffer
	for _, record := range records {
		encodeLine(&lines, record)
	}
	next := l.mark
	next.Stdout, next.Stderr = int64(position.Stdout), int64(position.Stderr)
	next.Size += int64(lines.Len())
	if _, err := l.file.WriteAt(lines.Bytes(), l.mark.Size); err != nil {
		// What did arrive lies behind the mark, and the next batch goes over it.
		return err
	}
	if err := writeMark(l.marks, next); err != nil {
		return err
	}
	l.mark = next
	l.tell()
	return nil
}

// rotate goes on in a new file, and removes what is more than is kept.
func (l *logFiles) rotate() error {
	next := l.mark
	next.Segment++
	next.Size = 0
	file, err := os.OpenFile(segmentPath(l.folder, next.Segment), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	// A write that failed may have left something behind what counts; readers of a full file read to its end.
	if err := l.file.Truncate(l.mark.Size); err != nil {
		file.Close()
		return err
	}
	if err := writeMark(l.marks, next); err != nil {
		file.Close()
		return err
	}
	l.file.Close()
	l.file, l.mark = file, next
	l.prune()
	return nil
}

// prune removes files that are neither kept nor read.
func (l *logFiles) prune() {
	keep := l.mark.Segment - l.limits.MaxFiles + 1
	for reader := range l.readers {
		if reader.segment < keep {
			keep = reader.segment
		}
	}
	for ; l.oldest < keep; l.oldest++ {
		_ = os.Remove(segmentPath(l.folder, l.oldest))
	}
}

// first is the number of the first file that a new reader sees.
func (l *logFiles) first() int {
	first := l.mark.Segment - l.limits.MaxFiles + 1
	if first < l.oldest {
		first = l.oldest
	}
	return first
}

func (l *logFiles) tell() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *logFiles) close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	l.tell()
	if err := l.file.Close(); err != nil {
		return err
	}
	return l.marks.Close()
}
