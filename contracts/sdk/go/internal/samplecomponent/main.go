// Command samplecomponent serves test.sample for the tests of the SDK: by itself, or as a relay of another that it
// requires.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	moby "moby-origin/sdk"
	"moby-origin/sdk/internal/testsample"
	"moby-origin/sdk/wire"
)

type sample struct {
	own    *moby.Context
	config map[string]any
	mutex  sync.Mutex
	facts  struct {
		Begun     int `json:"begun"`
		Cancelled int `json:"cancelled"`
		Closed    int `json:"closed"`
		Made      int `json:"made"`
		Most      int `json:"most"`
		Seen      any `json:"seen"`
		running   int
	}
}

func main() {
	moby.Serve(func(own *moby.Context) (*moby.Running, error) {
		config := map[string]any{}
		if err := own.Config(&config); err != nil {
			return nil, err
		}
		if config["relay"] == true {
			peer, err := own.One(testsample.Contract)
			return &moby.Running{Services: []wire.Service{testsample.Serve(testsample.Client(peer))}}, err
		}
		own.Log.Info("the sample is served", moby.Fields{"mode": config["mode"]})
		return &moby.Running{
			Services: []wire.Service{testsample.Serve(&sample{own: own, config: config})},
			Start: func(context.Context) error {
				return os.WriteFile(filepath.Join(own.Folders.Data, "started"), nil, 0o600)
			},
			Stop: func(_ context.Context, reason string) error {
				return os.WriteFile(filepath.Join(own.Folders.Data, "stopped"), []byte(reason), 0o600)
			},
			Health: func(context.Context) (string, error) {
				restriction, _ := config["restriction"].(string)
				return restriction, nil
			},
		}, nil
	})
}

// wait until the call is cancelled or the time has passed.
func (s *sample) wait(ctx context.Context, limit time.Duration) error {
	select {
	case <-ctx.Done():
		s.mutex.Lock()
		s.facts.Cancelled++
		s.mutex.Unlock()
		return ctx.Err()
	case <-time.After(limit):
		return nil
	}
}

func (s *sample) Echo(ctx context.Context, request testsample.EchoRequest) (testsample.EchoResponse, error) {
	none := testsample.EchoResponse{}
	text := ""
	if request.Text != nil {
		text = *request.Text
	}
	if text == "!wait" || text == "!slow" {
		s.mutex.Lock()
		s.facts.Begun++
		s.mutex.Unlock()
	}
	switch text {
	case "!conflict":
		return none, wire.Errorf("VOLUME_IN_USE", "volume a is used").WithHint("Stop b.").
			WithDetails(map[string]any{"by": []string{"b"}})
	case "!own":
		return none, &wire.Error{Code: "ACME_QUOTA", Kind: "exhausted", Message: "full"}
	case "!defect":
		return none, errors.New("x is undefined")
	case "!panic":
		panic("x is undefined")
	case "!wait":
		if err := s.wait(ctx, 20*time.Second); err != nil {
			return none, err
		}
	case "!slow":
		s.mutex.Lock()
		s.facts.running++
		if s.facts.running > s.facts.Most {
			s.facts.Most = s.facts.running
		}
		s.mutex.Unlock()
		time.Sleep(300 * time.Millisecond)
		s.mutex.Lock()
		s.facts.running--
		s.mutex.Unlock()
	case "!facts":
		return s.tell(ctx)
	case "!degraded":
		if err := s.own.Degraded(ctx, "the disk is slow"); err != nil {
			return none, err
		}
	}
	body, err := json.Marshal(request)
	if err != nil {
		return none, err
	}
	got := map[string]any{}
	if err := json.Unmarshal(body, &got); err != nil {
		return none, err
	}
	delete(got, "bytes")
	return testsample.EchoResponse{Got: got, Bytes: request.Bytes}, nil
}

func (s *sample) tell(ctx context.Context) (testsample.EchoResponse, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	body, err := json.Marshal(s.facts)
	if err != nil {
		return testsample.EchoResponse{}, err
	}
	got := map[string]any{"name": s.own.Name, "config": s.config, "call": wire.CallID(ctx)}
	return testsample.EchoResponse{Got: got}, json.Unmarshal(body, &got)
}

func (s *sample) Act(context.Context) error {
	return nil
}

func (s *sample) Hurry(ctx context.Context) error {
	return s.wait(ctx, 20*time.Second)
}

func (s *sample) Upload(_ context.Context, request testsample.UploadRequest, input *wire.Input[[]byte]) (testsample.UploadResponse, error) {
	length := 0
	for {
		piece, err := input.Next()
		if err == io.EOF {
			return testsample.UploadResponse{Length: wire.Int64(length)}, nil
		}
		if err == nil {
			if length += len(piece); request.StopAfter != nil && length >= *request.StopAfter {
				err = wire.Errorf("VOLUME_IN_USE", "enough")
			}
		}
		var coded *wire.Error
		if errors.As(err, &coded) {
			s.mutex.Lock()
			s.facts.Seen = map[string]string{"code": coded.Code, "message": coded.Message}
			s.mutex.Unlock()
			return testsample.UploadResponse{}, err
		}
	}
}

func (s *sample) Download(_ context.Context, request testsample.DownloadRequest, send func([]byte) error) error {
	for n := 0; n < request.Chunks; n++ {
		if request.FailAfter != nil && n == *request.FailAfter {
			return wire.Errorf("SNAPSHOT_NOT_FOUND", "gone meanwhile").WithHint("try another")
		}
		s.mutex.Lock()
		s.facts.Made++
		s.mutex.Unlock()
		if err := send(bytes.Repeat([]byte{byte(n)}, request.Size)); err != nil {
			return err
		}
	}
	return nil
}

func (s *sample) Records(ctx context.Context, request testsample.RecordsRequest, send func(testsample.RecordsItem) error) error {
	defer func() {
		s.mutex.Lock()
		s.facts.Closed++
		s.mutex.Unlock()
	}()
	count := request.Count
	if count < 0 {
		count = -count
	}
	for n := 0; n < count; n++ {
		if err := send(testsample.RecordsItem{N: n, Data: make([]byte, n)}); err != nil {
			return err
		}
	}
	if request.Count < 0 {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (s *sample) Talk(_ context.Context, request testsample.TalkRequest, input *wire.Input[[]byte], send func(testsample.TalkItem) error) error {
	if err := send(testsample.TalkItem{Said: request.Greeting}); err != nil {
		return err
	}
	for {
		piece, err := input.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := send(testsample.TalkItem{Said: strings.ToUpper(string(piece))}); err != nil {
			return err
		}
	}
}
