package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const schemas = `{
"echo.request": {"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":3,"pattern":"^[a-z]+$"},"list":{"type":"array","items":{"type":"integer","minimum":0},"maxItems":2},"data":{"type":"string","contentEncoding":"base64"}},"additionalProperties":false},
"echo.response": {"type":"object","required":["got"],"properties":{"got":{"type":"string"}}},
"read.output": {"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}},
"take.input": {"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}
}`

var sample = NewContract("test.wire", "0.1.0", schemas,
	Method{Name: "echo", DeadlineMs: 1000, Idempotent: true},
	Method{Name: "act", DeadlineMs: 300},
	Method{Name: "read", Output: RecordStream, DeadlineMs: 0},
	Method{Name: "take", Input: RecordStream, DeadlineMs: 0},
)

type echoRequest struct {
	Name string    `json:"name"`
	List []float64 `json:"list,omitempty"`
}

type echoResponse struct {
	Got string `json:"got"`
}

type item struct {
	N int `json:"n"`
}

func TestCheckNamesWhatDoesNotMatch(t *testing.T) {
	for text, path := range map[string]string{
		`{"name":"abc","list":[0,1.0],"data":"AQI="}`: "fine",
		`{}`:                                "",
		`[]`:                                "",
		`{"name":"abcd"}`:                   "/name",
		`{"name":""}`:                       "/name",
		`{"name":"ab\n"}`:                   "/name",
		`{"name":"a","nme":1}`:              "/nme",
		`{"name":"a","a/b~":1}`:             "/a~1b~0",
		`{"name":"a","list":[0,-1]}`:        "/list/1",
		`{"name":"a","list":[0,true]}`:      "/list/1",
		`{"name":"a","list":[0,1.5]}`:       "/list/1",
		`{"name":"a","list":[0,1,2]}`:       "/list",
		`{"name":"a","data":"AQI"}`:         "/data",
		`{"name":"a","data":"AQ\nI="}`:      "/data",
		`{"name":"a","list":[1e400,0.5e1]}`: "fine",
	} {
		value, err := parseJSON([]byte(text), 64, "WIRE_REQUEST_INVALID", "it")
		if err != nil {
			t.Fatal(err)
		}
		err = sample.schema("echo", "request").check(value, "WIRE_REQUEST_INVALID", "it")
		if path == "fine" {
			if err != nil {
				t.Errorf("%s: %s", text, err)
			}
			continue
		}
		coded, ok := err.(*Error)
		if !ok || coded.Details["path"] != path {
			t.Errorf("%s: %v, expected a problem at %q", text, err, path)
		}
	}
}

func TestDepthIsCountedOutsideOfTexts(t *testing.T) {
	deep := strings.Repeat("[", 64) + strings.Repeat("]", 64)
	for text, fine := range map[string]bool{
		deep:                                    true,
		"[" + deep + "]":                        false,
		`"` + strings.Repeat("[", 100) + `\"["`: true,
		strings.Repeat(`{"a":`, 1_000_000):      false,
		`1 2`:                                   false,
		`NaN`:                                   false,
		``:                                      false,
	} {
		if _, err := parseJSON([]byte(text), 64, "WIRE_REQUEST_INVALID", "it"); (err == nil) != fine {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

func TestTypesHaveTheirFormInJSON(t *testing.T) {
	type message struct {
		Size  Int64        `json:"size"`
		Data  Bytes        `json:"data"`
		List  List[string] `json:"list"`
		Words Map[string]  `json:"words"`
		Maybe *Int64       `json:"maybe,omitempty"`
	}
	text, err := json.Marshal(message{Size: 1 << 62})
	if want := `{"size":"4611686018427387904","data":"","list":[],"words":{}}`; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	var read message
	err = json.Unmarshal([]byte(`{"size":"-9223372036854775808","data":"/wA=","maybe":"7"}`), &read)
	if err != nil || read.Size != -1<<63 || !bytes.Equal(read.Data, []byte{255, 0}) || *read.Maybe != 7 {
		t.Errorf("%+v, %v", read, err)
	}
	if json.Unmarshal([]byte(`{"size":7}`), &read) == nil || json.Unmarshal([]byte(`{"size":"9223372036854775808"}`), &read) == nil {
		t.Error("a number and one that is too large were taken")
	}
}

func TestErrorsKeepTheKindOfTheTable(t *testing.T) {
	status, body := toEnvelope(&Error{Code: "VOLUME_IN_USE", Kind: "internal", Message: "used", Details: map[string]any{"c": make(chan int)}})
	if status != 409 || string(body) != `{"error":{"code":"VOLUME_IN_USE","kind":"conflict","message":"used"}}` {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := toEnvelope(fmt.Errorf("wrapped: %w", Errorf("LOG_NOT_FOUND", "none"))); status != 404 {
		t.Errorf("a wrapped error has status %d", status)
	}
	if status, _ := toEnvelope(io.ErrUnexpectedEOF); status != 500 {
		t.Errorf("a defect has status %d", status)
	}
}

// hostile is a peer that answers each connection's first bytes by hand.
func hostile(t *testing.T, act func(conn net.Conn, count int)) *Peer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for count := 1; ; count++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func(count int) {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 1<<16))
				act(conn, count)
			}(count)
		}
	}()
	limits := DefaultLimits
	limits.StreamHeadTime = 200 * time.Millisecond
	limits.BodyBytes = 1000
	return NewPeer(path, limits)
}

func answer(status int, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

func echo(ctx context.Context, peer *Peer) (string, error) {
	response, err := CallAnswer[echoResponse](ctx, peer, sample, "echo", echoRequest{Name: "a"})
	return response.Got, err
}

func TestCallsOfHostilePeersEndWithACode(t *testing.T) {
	for text, code := range map[string]string{
		"SSH-2.0-OpenSSH_9.2\r\n\r\n": "WIRE_PEER_UNREACHABLE",
		answer(500, "<html>"):         "WIRE_RESPONSE_INVALID",
		answer(500, "{}"):             "WIRE_RESPONSE_INVALID",
		answer(200, `{"got":`):        "WIRE_RESPONSE_INVALID",
		answer(200, `{}`):             "WIRE_RESPONSE_INVALID",
		answer(200, `{"got":"`+strings.Repeat("x", 2000)+`"}`):                      "WIRE_TOO_LARGE",
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"got":                      "WIRE_PEER_UNREACHABLE",
		answer(507, `{"error":{"code":"A_B","kind":"exhausted","message":"full"}}`): "A_B",
	} {
		peer := hostile(t, func(conn net.Conn, _ int) { _, _ = io.WriteString(conn, text) })
		if _, err := echo(context.Background(), peer); CodeOf(err) != code {
			t.Errorf("%.40q: %v, expected %s", text, err, code)
		}
	}
}

func TestCallsEndAtTheDeadlineAndWithTheirContext(t *testing.T) {
	silent := hostile(t, func(net.Conn, int) { time.Sleep(4 * time.Second) })
	// Where the deadline is not kept, the connection breaks first.
	if _, err := echo(context.Background(), silent); CodeOf(err) != "WIRE_DEADLINE" {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := echo(ctx, silent); CodeOf(err) != "CANCELLED" {
		t.Error(err)
	}
	err := CallOutput(context.Background(), silent, sample, "read", Nothing{}, func(item) error { return nil })
	if CodeOf(err) != "WIRE_DEADLINE" {
		t.Error(err)
	}
}

func TestOnlyWhatDoesNoHarmIsAskedTwice(t *testing.T) {
	most := 0
	peer := hostile(t, func(conn net.Conn, count int) {
		most = count
		if count > 1 {
			_, _ = io.WriteString(conn, answer(200, `{"got":"b"}`))
		}
	})
	if got, err := echo(context.Background(), peer); got != "b" {
		t.Error(err)
	}
	other := hostile(t, func(_ net.Conn, count int) { most = count })
	if _, err := CallAnswer[Nothing](context.Background(), other, sample, "act", Nothing{}); CodeOf(err) != "WIRE_PEER_UNREACHABLE" || most != 1 {
		t.Errorf("%v after %d connections", err, most)
	}
}

func TestACutStreamIsNoEnd(t *testing.T) {
	record := string(encodeFrame(recordFrame, []byte(`{"n":0}`)))
	end := string(endFrame(nil))
	for frames, want := range map[string]string{
		record + record + end:  "2 items",
		record:                 "WIRE_STREAM_BROKEN",
		record[:len(record)-1]: "WIRE_STREAM_BROKEN",
		"\x09\x00\x00\x00\x00": "WIRE_STREAM_BROKEN",
		string(encodeFrame(dataFrame, []byte("a"))) + end:               "WIRE_STREAM_BROKEN",
		string(encodeFrame(recordFrame, []byte(`{"n":"one"}`))) + end:   "WIRE_RESPONSE_INVALID",
		"\x02\x7f\xff\xff\xff":                                          "WIRE_TOO_LARGE",
		record + string(endFrame(Errorf("SNAPSHOT_NOT_FOUND", "gone"))): "SNAPSHOT_NOT_FOUND",
	} {
		peer := hostile(t, func(conn net.Conn, _ int) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+frames)
		})
		count := 0
		err := CallOutput(context.Background(), peer, sample, "read", Nothing{}, func(item) error {
			count++
			return nil
		})
		found := CodeOf(err)
		if err == nil {
			found = fmt.Sprintf("%d items", count)
		}
		if found != want {
			t.Errorf("%.30q: %v, expected %s", frames, err, want)
		}
	}
}

func TestAPanicOfADriverIsAnErrorOfItsCall(t *testing.T) {
	told := make(chan string, 1)
	path := filepath.Join(t.TempDir(), "s")
	service := NewService(sample, Answer("echo", func(_ context.Context, request echoRequest) (echoResponse, error) {
		if request.Name == "x" {
			panic("no")
		}
		return echoResponse{request.Name}, nil
	}))
	server := NewServer("test/wire", "1.0.0", []Service{service}, DefaultLimits, func(err error, _, _ string) {
		told <- StackOf(err)
	})
	if err := server.Listen(path); err != nil {
		t.Fatal(err)
	}
	defer server.Close(time.Second)
	peer := NewPeer(path, DefaultLimits)
	_, err := CallAnswer[echoResponse](context.Background(), peer, sample, "echo", echoRequest{Name: "x"})
	if CodeOf(err) != "WIRE_INTERNAL" || !strings.Contains(<-told, "wire_test.go") {
		t.Error(err)
	}
	if got, err := echo(context.Background(), peer); got != "a" {
		t.Error(err)
	}
}

func TestADriverMayReadItsInputForLongerThanItsCallLasts(t *testing.T) {
	ended := make(chan error, 1)
	service := NewService(sample, Upload("take", func(_ context.Context, _ Nothing, input *Input[item]) (Nothing, error) {
		go func() {
			for {
				if _, err := input.Next(); err != nil {
					ended <- err
					return
				}
				// By then the call is answered.
				time.Sleep(200 * time.Millisecond)
			}
		}()
		time.Sleep(50 * time.Millisecond)
		return Nothing{}, nil
	}))
	path := filepath.Join(t.TempDir(), "s")
	server := NewServer("test/it", "1.0.0", []Service{service}, DefaultLimits, func(error, string, string) {})
	if err := server.Listen(path); err != nil {
		t.Fatal(err)
	}
	defer server.Close(0)
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	frame := append(encodeFrame(requestFrame, []byte("{}")), encodeFrame(recordFrame, []byte(`{"n":1}`))...)
	fmt.Fprintf(conn, "POST /test.wire/take HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", StreamType, len(frame), frame)
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	head := make([]byte, 15)
	if _, err := io.ReadFull(conn, head); err != nil || string(head) != "HTTP/1.1 200 OK" {
		t.Fatalf("%q, %v", head, err)
	}
	select {
	case err := <-ended:
		if err == io.EOF {
			t.Error("what was cut has ended")
		}
	case <-time.After(5 * time.Second):
		t.Error("the input is still read")
	}
}
