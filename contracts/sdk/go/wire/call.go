package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// CallAnswer calls a method that answers with one value. An idempotent one is asked once more after a lost connection.
func CallAnswer[R, Q any](ctx context.Context, peer *Peer, contract *Contract, name string, request Q) (R, error) {
	var none R
	call := newOutgoing(ctx, peer, contract, name)
	defer call.cancel()
	body, err := json.Marshal(request)
	if err != nil {
		return none, err
	}
	header := call.header("application/json")
	if call.method.Idempotent {
		header.Set(idempotencyHeader, newID())
	}
	response, err := attempt[R](call, header, body)
	if call.method.Idempotent && CodeOf(err) == "WIRE_PEER_UNREACHABLE" && call.ctx.Err() == nil {
		return attempt[R](call, header, body)
	}
	return response, err
}

func attempt[R any](call *outgoing, header http.Header, body []byte) (R, error) {
	var none R
	request, err := http.NewRequestWithContext(call.ctx, http.MethodPost, call.url(""), bytes.NewReader(body))
	if err != nil {
		return none, err
	}
	request.Header = header
	if !call.method.Idempotent {
		// A connection that was kept may have been closed meanwhile, and the call must not be lost with it.
		request.Close = true
		request.GetBody = nil
	}
	response, err := call.peer.http.Do(request)
	if err != nil {
		return none, call.failure(err, "WIRE_PEER_UNREACHABLE")
	}
	defer response.Body.Close()
	return readResult[R](call, response)
}

// CallUpload calls a method that takes a stream and answers with one value. It is never repeated: the stream is spent.
func CallUpload[R, Q, I any](ctx context.Context, peer *Peer, contract *Contract, name string, request Q, input *Input[I]) (R, error) {
	var none R
	call := newOutgoing(ctx, peer, contract, name)
	defer call.cancel()
	first, err := json.Marshal(request)
	if err != nil {
		return none, err
	}
	feed := startFeed(input, encodeFrame(requestFrame, first), peer.limits)
	defer feed.stop()
	sent, err := http.NewRequestWithContext(call.ctx, http.MethodPost, call.url(""), feed.pipe)
	if err != nil {
		return none, err
	}
	sent.Header = call.header(StreamType)
	response, err := peer.http.Do(sent)
	if err != nil {
		return none, feed.causeOf(call.failure(err, "WIRE_PEER_UNREACHABLE"))
	}
	defer response.Body.Close()
	result, err := readResult[R](call, response)
	return result, feed.causeOf(err)
}

// CallOutput calls a method that answers with a stream; send gets each item, and what it returns ends the call.
func CallOutput[Q, I any](ctx context.Context, peer *Peer, contract *Contract, name string, request Q, send func(I) error) error {
	call := newOutgoing(ctx, peer, contract, name)
	defer call.cancel()
	return receive(call, call.header("application/json"), request, send)
}

// CallTalk calls a method that takes a stream and answers with one.
func CallTalk[Q, I, O any](ctx context.Context, peer *Peer, contract *Contract, name string, request Q, input *Input[I], send func(O) error) error {
	call := newOutgoing(ctx, peer, contract, name)
	defer call.cancel()
	id := newID()
	feed := startFeed(input, nil, peer.limits)
	defer feed.stop()
	other, err := http.NewRequestWithContext(call.ctx, http.MethodPost, call.url("/input"), feed.pipe)
	if err != nil {
		return err
	}
	other.Header = call.header(StreamType)
	other.Header.Set(exchangeHeader, id)
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		// Its failures show in the other exchange: the peer sees its input cut.
		if response, err := peer.http.Do(other); err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
			response.Body.Close()
		}
	}()
	header := call.header("application/json")
	header.Set(exchangeHeader, id)
	err = feed.causeOf(receive(call, header, request, send))
	call.cancel()
	feed.stop()
	running.Wait()
	return err
}

func receive[Q, I any](call *outgoing, header http.Header, request Q, send func(I) error) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	// A peer that does not even begin to answer is stuck, however long the stream itself may last.
	ctx, cancel := context.WithCancel(call.ctx)
	defer cancel()
	late := time.AfterFunc(call.peer.limits.StreamHeadTime, cancel)
	sent, err := http.NewRequestWithContext(ctx, http.MethodPost, call.url(""), bytes.NewReader(body))
	if err != nil {
		return err
	}
	sent.Header = header
	response, err := call.peer.http.Do(sent)
	if !late.Stop() && call.ctx.Err() == nil {
		if err == nil {
			response.Body.Close()
		}
		return Errorf("WIRE_DEADLINE", "%s: no answer began within %s", call.subject(), call.peer.limits.StreamHeadTime)
	}
	if err != nil {
		return call.failure(err, "WIRE_PEER_UNREACHABLE")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		_, err := readResult[Nothing](call, response)
		return err
	}
	items := itemsOf[I](&source{
		contract: call.contract,
		method:   call.method,
		part:     "output",
		limits:   call.peer.limits,
		code:     "WIRE_RESPONSE_INVALID",
		body:     func() (io.Reader, error) { return response.Body, nil },
		wanted:   frameKind(call.method.Output),
	})
	for {
		item, err := items.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			if call.ctx.Err() != nil {
				return call.failure(errGone, "WIRE_STREAM_BROKEN")
			}
			return err
		}
		if err := send(item); err != nil {
			return err
		}
	}
}

func readResult[R any](call *outgoing, response *http.Response) (R, error) {
	var none R
	limit := call.method.limit(call.peer.limits)
	if response.StatusCode != http.StatusOK {
		limit = call.peer.limits.BodyBytes
	}
	if response.ContentLength > limit {
		return none, tooLarge(response.ContentLength, limit, call.subject())
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return none, call.failure(err, "WIRE_PEER_UNREACHABLE")
	case int64(len(body)) > limit:
		return none, tooLarge(int64(len(body)), limit, call.subject())
	case response.StatusCode != http.StatusOK:
		return none, fromEnvelope(body, call.peer.limits.Depth, call.subject())
	}
	return read[R](call.contract, call.method.Name, "response", body, call.peer.limits.Depth, "WIRE_RESPONSE_INVALID")
}

// feed is an input on its way to the peer, as fast as the peer takes it.
type feed struct {
	pipe    *io.PipeReader
	mutex   sync.Mutex
	failure error
}

func startFeed[I any](input *Input[I], first []byte, limits Limits) *feed {
	reader, writer := io.Pipe()
	made := &feed{pipe: reader}
	go func() {
		if _, err := writer.Write(first); err != nil {
			return
		}
		for {
			item, err := input.Next()
			var frames [][]byte
			if err == nil {
				frames, err = itemFrames(item, limits)
			}
			if err != nil {
				made.end(writer, err)
				return
			}
			for _, frame := range frames {
				if _, err := writer.Write(frame); err != nil {
					return
				}
			}
		}
	}()
	return made
}

// end sends the status: a failure of the source is an error to the peer.
func (f *feed) end(writer *io.PipeWriter, err error) {
	if errors.Is(err, io.EOF) {
		err = nil
	}
	f.mutex.Lock()
	f.failure = err
	f.mutex.Unlock()
	_, _ = writer.Write(endFrame(err))
	_ = writer.Close()
}

func (f *feed) stop() {
	_ = f.pipe.Close()
}

// causeOf an error of the call is what the source failed with, if it did.
func (f *feed) causeOf(err error) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err != nil && f.failure != nil {
		return f.failure
	}
	return err
}
