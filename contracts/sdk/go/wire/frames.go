package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
)

// Kinds of frames.
const (
	dataFrame    = 1
	recordFrame  = 2
	requestFrame = 3
	statusFrame  = 4
)

const headBytes = 5

var frameNames = map[byte]string{dataFrame: "data", recordFrame: "record", requestFrame: "request", statusFrame: "status"}

// encodeFrame is one byte for the kind, four for the length (big-endian), and the payload.
func encodeFrame(kind byte, payload []byte) []byte {
	frame := make([]byte, headBytes+len(payload))
	frame[0] = kind
	binary.BigEndian.PutUint32(frame[1:], uint32(len(payload)))
	copy(frame[headBytes:], payload)
	return frame
}

// endFrame ends a stream: well, or with an error.
func endFrame(err error) []byte {
	if err == nil {
		return encodeFrame(statusFrame, []byte("{}"))
	}
	_, body := toEnvelope(err)
	return encodeFrame(statusFrame, body)
}

// itemFrames are the frames of one item. Bytes are split, so that no frame is larger than a reader takes.
func itemFrames(item any, limits Limits) ([][]byte, error) {
	data, ok := item.([]byte)
	if !ok {
		record, err := json.Marshal(item)
		if err != nil {
			return nil, err
		}
		return [][]byte{encodeFrame(recordFrame, record)}, nil
	}
	var frames [][]byte
	for len(data) > 0 {
		size := len(data)
		if int64(size) > limits.DataFrameBytes {
			size = int(limits.DataFrameBytes)
		}
		frames = append(frames, encodeFrame(dataFrame, data[:size]))
		data = data[size:]
	}
	return frames, nil
}

// readFrame reads the next frame; io.EOF at the end of the body.
func readFrame(body io.Reader, limits Limits, jsonBytes int64, subject string) (byte, []byte, error) {
	var head [headBytes]byte
	if _, err := io.ReadFull(body, head[:]); err == io.EOF {
		return 0, nil, io.EOF
	} else if err != nil {
		return 0, nil, insideFrame(err, subject)
	}
	kind, length := head[0], int64(binary.BigEndian.Uint32(head[1:]))
	if frameNames[kind] == "" {
		return 0, nil, Errorf("WIRE_STREAM_BROKEN", "%s: %d is no kind of frame", subject, kind)
	}
	limit := jsonBytes
	if kind == dataFrame {
		limit = limits.DataFrameBytes
	}
	if length > limit {
		return 0, nil, Errorf("WIRE_TOO_LARGE", "%s: a frame of %d bytes, where %d are allowed", subject, length, limit).
			WithDetails(map[string]any{"length": length, "limit": limit})
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(body, payload); err != nil {
		return 0, nil, insideFrame(err, subject)
	}
	return kind, payload, nil
}

func insideFrame(err error, subject string) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return Errorf("WIRE_STREAM_BROKEN", "%s: the stream ended inside a frame", subject)
	}
	return Errorf("WIRE_STREAM_BROKEN", "%s: the stream was cut", subject)
}

// Input is a stream that a method reads: as fast as it can use it, and no further than it wants.
type Input[T any] struct {
	next func() (T, error)
}

// NewInput makes an input for a call: next gives the next item, and io.EOF at the end.
func NewInput[T any](next func() (T, error)) *Input[T] {
	return &Input[T]{next}
}

// Next is the next item; io.EOF at the end that the sender told. A stream that was cut fails with WIRE_STREAM_BROKEN.
func (i *Input[T]) Next() (T, error) {
	return i.next()
}

// NewReader reads a stream of bytes.
func NewReader(input *Input[[]byte]) io.Reader {
	return &inputReader{input: input}
}

type inputReader struct {
	input *Input[[]byte]
	rest  []byte
}

func (r *inputReader) Read(buffer []byte) (int, error) {
	for len(r.rest) == 0 {
		next, err := r.input.Next()
		if err != nil {
			return 0, err
		}
		r.rest = next
	}
	count := copy(buffer, r.rest)
	r.rest = r.rest[count:]
	return count, nil
}

// source is where the items of a stream are read from.
type source struct {
	contract  *Contract
	method    Method
	part      string
	limits    Limits
	code      string
	body      func() (io.Reader, error)
	opened    io.Reader
	wanted    byte
	exhausted error
}

// items of a stream. They fail with the error of the status frame, and when the stream ends without one.
func itemsOf[T any](s *source) *Input[T] {
	subject := s.contract.ID + " " + s.method.Name
	return NewInput(func() (T, error) {
		var none T
		if s.exhausted != nil {
			return none, s.exhausted
		}
		value, err := nextItem[T](s, subject)
		if err != nil {
			s.exhausted = err
		}
		return value, err
	})
}

func nextItem[T any](s *source, subject string) (T, error) {
	var none T
	if s.opened == nil {
		body, err := s.body()
		if err != nil {
			return none, err
		}
		s.opened = body
	}
	kind, payload, err := readFrame(s.opened, s.limits, s.method.limit(s.limits), subject)
	switch {
	case err == io.EOF:
		return none, Errorf("WIRE_STREAM_BROKEN", "%s: the stream was cut", subject)
	case err != nil:
		return none, err
	case kind == statusFrame:
		if body, ok := s.opened.(*countedBody); ok {
			body.ended.Store(true)
		}
		return none, outcomeOf(payload, s.limits.Depth, s.code, subject)
	case kind != s.wanted:
		return none, Errorf("WIRE_STREAM_BROKEN", "%s: a %s frame in a stream of %s", subject, frameNames[kind], frameNames[s.wanted])
	case kind == dataFrame:
		value, _ := any(payload).(T)
		return value, nil
	}
	return read[T](s.contract, s.method.Name, s.part, payload, s.limits.Depth, s.code)
}

// outcomeOf a stream by its status frame: io.EOF when it ended well.
func outcomeOf(payload []byte, depth int, code, subject string) error {
	value, err := parseJSON(payload, depth, code, subject)
	if err != nil {
		return err
	}
	if object, ok := value.(map[string]any); ok {
		if _, failed := object["error"]; !failed {
			return io.EOF
		}
	}
	return fromEnvelope(payload, depth, subject)
}

func frameKind(stream Stream) byte {
	if stream == RecordStream {
		return recordFrame
	}
	return dataFrame
}
