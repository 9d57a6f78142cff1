package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// StreamType is the content type of a body of frames.
const StreamType = "application/vnd.moby.stream"

// drainTime in which input that nobody wants is read off, so that its sender gets the answer.
const drainTime = 5 * time.Second

// incoming is one call that came in, and the way back.
type incoming struct {
	contract *Contract
	method   Method
	request  *http.Request
	writer   http.ResponseWriter
	conn     net.Conn
	body     *countedBody
	limits   Limits
	pairs    *pairs
	// begun is true when the head of the answer has been sent.
	begun bool
}

// countedBody knows whether it has been read to its end. A driver may read it in a goroutine of its own.
type countedBody struct {
	io.Reader
	over atomic.Bool
	// ended is true when the stream in it told its end; the end of the body follows at once.
	ended atomic.Bool
	mutex sync.Mutex
	left  bool
}

func (b *countedBody) Read(buffer []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.left {
		return 0, errGone
	}
	count, err := b.Reader.Read(buffer)
	if err != nil {
		b.over.Store(true)
	}
	return count, err
}

// leave ends a read that is under way and refuses those that come: net/http panics in the goroutine of whoever reads
// the body of a connection that was taken over.
func (b *countedBody) leave(conn net.Conn) {
	_ = conn.SetReadDeadline(time.Unix(1, 0))
	b.mutex.Lock()
	b.left = true
	b.mutex.Unlock()
	_ = conn.SetReadDeadline(time.Time{})
}

func (c *incoming) subject() string {
	return c.contract.ID + " " + c.method.Name
}

// readBody is the whole body. Fails with WIRE_TOO_LARGE as soon as it is over the limit.
func (c *incoming) readBody() ([]byte, error) {
	limit := c.method.limit(c.limits)
	if c.request.ContentLength > limit {
		return nil, tooLarge(c.request.ContentLength, limit, c.subject())
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(c.limits.BodyTime))
	data, err := io.ReadAll(io.LimitReader(c.body, limit+1))
	if err != nil {
		return nil, Errorf("WIRE_STREAM_BROKEN", "%s: the request was cut", c.subject())
	}
	if int64(len(data)) > limit {
		return nil, tooLarge(int64(len(data)), limit, c.subject())
	}
	// A read that ended exactly at the limit has not seen the end.
	if !c.body.over.Load() {
		_, _ = c.body.Read(make([]byte, 1))
	}
	_ = c.conn.SetReadDeadline(time.Time{})
	return data, nil
}

func tooLarge(length, limit int64, subject string) error {
	return Errorf("WIRE_TOO_LARGE", "%s: a body of at least %d bytes, where %d are allowed", subject, length, limit).
		WithDetails(map[string]any{"length": length, "limit": limit})
}

// send answers with a JSON body. Input that has not been read would hold the server's own answer up, so that one goes
// out beside it, and the connection ends when the rest was read off or its time is over.
func (c *incoming) send(status int, body []byte) {
	c.begun = true
	if c.body.ended.Load() && !c.body.over.Load() {
		_ = c.conn.SetReadDeadline(time.Now().Add(time.Second))
		_, _ = c.body.Read(make([]byte, 1))
		_ = c.conn.SetReadDeadline(time.Time{})
	}
	if c.body.over.Load() {
		header := c.writer.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Content-Length", fmt.Sprint(len(body)))
		c.writer.WriteHeader(status)
		_, _ = c.writer.Write(body)
		return
	}
	hijacker, ok := c.writer.(http.Hijacker)
	if !ok {
		return
	}
	c.body.leave(c.conn)
	conn, buffered, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(drainTime))
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		status, http.StatusText(status), len(body))
	if _, err := conn.Write(append([]byte(head), body...)); err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, buffered)
}

// errGone is what a sender gets when nobody reads any more.
var errGone = errors.New("the caller has gone")

// stream answers with items. The head goes out before the first, so that the caller knows that it is served; errors
// come as status.
func (c *incoming) stream(ctx context.Context, produce func(send func(any) error) error) error {
	flusher, _ := c.writer.(http.Flusher)
	c.begun = true
	c.writer.Header().Set("Content-Type", StreamType)
	c.writer.WriteHeader(http.StatusOK)
	flusher.Flush()
	write := func(frame []byte) error {
		if ctx.Err() != nil {
			return errGone
		}
		if _, err := c.writer.Write(frame); err != nil {
			return errGone
		}
		flusher.Flush()
		return nil
	}
	failed := produce(func(item any) error {
		frames, err := itemFrames(item, c.limits)
		if err != nil {
			return err
		}
		for _, frame := range frames {
			if err := write(frame); err != nil {
				return err
			}
		}
		return nil
	})
	if ctx.Err() == nil {
		_ = write(endFrame(failed))
	}
	return failed
}
