package main

import (
	"bytes"
	"fmt"

	"moby-origin/sdk/logdriver"
)

// stored is a record as a file holds it: the id of a line in pieces is not kept, whether it ends is.
type stored struct {
	time   string
	stream string
	whole  bool
	text   []byte
}

// encodeLine appends the line of a record.
func encodeLine(buffer *bytes.Buffer, record logdriver.LogRecord) {
	tag := byte('F')
	if record.Partial != nil && !record.Partial.Last {
		tag = 'P'
	}
	fmt.Fprintf(buffer, "%s %s %c ", record.Time, record.Stream, tag)
	buffer.Write(record.Line)
	buffer.WriteByte('\n')
}

// decodeLine reads a line without its line feed. The text is a copy.
func decodeLine(line []byte) (stored, error) {
	parts := bytes.SplitN(line, []byte(" "), 4)
	if len(parts) != 4 || len(parts[2]) != 1 {
		return stored{}, fmt.Errorf("a line is damaged: %.80q", line)
	}
	return stored{
		time:   string(parts[0]),
		stream: string(parts[1]),
		whole:  parts[2][0] == 'F',
		text:   append([]byte{}, parts[3]...),
	}, nil
}
