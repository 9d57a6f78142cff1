package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moby-origin/sdk/logdriver"
	"moby-origin/sdk/wire"
)

// errPast ends the reading at a record that is later than `until`.
var errPast = errors.New("later than until")

// readLog sends what a request chooses: `tail` counts whole lines from the end, `since`, `until` and
// `streams` choose among these. A record later than `until` is the end, also for one who follows.
func readLog(ctx context.Context, log *logFiles, request logdriver.ReadRequest, send func([]logdriver.LogRecord) error) error {
	chosen, err := newChoice(request)
	if err != nil {
		return err
	}
	cursor := newCursor(log)
	defer cursor.close()
	numbers := pieceNumbers{}
	out := &batch{send: send}
	give := func(record stored) error {
		numbered := numbers.number(record)
		if chosen.isPast(record.time) {
			return errPast
		}
		if !chosen.hasTime(record.time) || !chosen.hasStream(record.stream) {
			return nil
		}
		return out.add(numbered)
	}
	follow := request.Follow != nil && *request.Follow
	if request.Tail != nil {
		last, err := readTail(ctx, cursor, *request.Tail)
		for at := 0; err == nil && at < len(last); at++ {
			err = give(last[at])
		}
		if err == errPast {
			return out.flush()
		}
		if err != nil {
			return err
		}
	}
	if request.Tail == nil || follow {
		if err := cursor.read(ctx, follow, out.flush, give); err != nil && err != errPast {
			return err
		}
	}
	return out.flush()
}

// readTail reads to the end of the log and answers with its last lines; hardly more than these are held at a time.
func readTail(ctx context.Context, cursor *cursor, count int) ([]stored, error) {
	type counted struct {
		stored
		// line that the record belongs to: pieces of one may stand between lines of the other stream.
		line int
	}
	var window []counted
	lines := 0
	open := map[string]int{}
	err := cursor.read(ctx, false, nil, func(record stored) error {
		line := open[record.stream]
		if line == 0 {
			lines++
			line = lines
		}
		open[record.stream] = line
		if record.whole {
			delete(open, record.stream)
		}
		window = append(window, counted{record, line})
		for len(window) > 0 && window[0].line <= lines-count {
			window = window[1:]
		}
		return nil
	})
	var last []stored
	for _, each := range window {
		if each.line > lines-count {
			last = append(last, each.stored)
		}
	}
	return last, err
}

// choice of records by stream and time.
type choice struct {
	streams      map[string]bool
	since, until time.Time
}

func newChoice(request logdriver.ReadRequest) (choice, error) {
	chosen := choice{}
	if request.Streams != nil {
		chosen.streams = map[string]bool{}
		for _, each := range request.Streams {
			chosen.streams[each] = true
		}
	}
	for text, target := range map[*string]*time.Time{request.Since: &chosen.since, request.Until: &chosen.until} {
		if text == nil {
			continue
		}
		moment, err := time.Parse(time.RFC3339Nano, *text)
		if err != nil {
			return chosen, wire.Errorf("WIRE_REQUEST_INVALID", "log.driver read: there is no such time: %s", *text)
		}
		*target = moment
	}
	return chosen, nil
}

func (c choice) hasStream(stream string) bool {
	return c.streams == nil || c.streams[stream]
}

// isPast is true of a record after which there is nothing to choose: times grow from record to record.
func (c choice) isPast(text string) bool {
	if c.until.IsZero() {
		return false
	}
	moment, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && moment.After(c.until)
}

// hasTime includes both ends.
func (c choice) hasTime(text string) bool {
	if c.since.IsZero() && c.until.IsZero() {
		return true
	}
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return false
	}
	return !moment.Before(c.since) && (c.until.IsZero() || !moment.After(c.until))
}

// pieceNumbers gives the pieces of lines their numbers, which the files do not keep.
type pieceNumbers struct {
	count int
	open  map[string]*logdriver.Partial
}

func (p *pieceNumbers) number(record stored) logdriver.LogRecord {
	made := logdriver.LogRecord{Stream: record.stream, Time: record.time, Line: record.text}
	piece := p.open[record.stream]
	if record.whole && piece == nil {
		return made
	}
	if piece == nil {
		p.count++
		piece = &logdriver.Partial{ID: fmt.Sprintf("%s-%d", record.stream, p.count)}
	}
	next := logdriver.Partial{ID: piece.ID, Ordinal: piece.Ordinal + 1, Last: record.whole}
	if p.open == nil {
		p.open = map[string]*logdriver.Partial{}
	}
	if record.whole {
		delete(p.open, record.stream)
	} else {
		p.open[record.stream] = &next
	}
	made.Partial = &next
	return made
}
