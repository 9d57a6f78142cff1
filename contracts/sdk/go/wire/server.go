package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime/debug"
	"time"
)

// CallHeader carries the id of a call, the same at every process that the work passes.
const CallHeader = "X-Moby-Call"

// DriverHeader picks one of several drivers of a contract that are served on one socket.
const DriverHeader = "X-Moby-Driver"

const idempotencyHeader = "Idempotency-Key"

var pathForm = regexp.MustCompile(`^/([a-z0-9.]+)/([A-Za-z0-9]+)(/input)?$`)

type contextKey int

const (
	connKey contextKey = iota
	callKey
)

// CallID is the correlation id of the call that ctx belongs to, nothing when there is none.
func CallID(ctx context.Context) string {
	id, _ := ctx.Value(callKey).(string)
	return id
}

// Server serves contracts on a Unix socket.
type Server struct {
	services  map[string]Service
	handshake []byte
	limits    Limits
	pairs     *pairs
	attempts  attempts
	onDefect  func(err error, subject, call string)
	http      *http.Server
}

// NewServer serves services as a component in a version. onDefect is told of errors without a code.
func NewServer(component, version string, services []Service, limits Limits, onDefect func(err error, subject, call string)) *Server {
	type served struct {
		Contract string `json:"contract"`
		Version  string `json:"version"`
	}
	contracts, byID := []served{}, map[string]Service{}
	for _, each := range services {
		contracts = append(contracts, served{each.contract.ID, each.contract.Version})
		byID[each.contract.ID] = each
	}
	handshake, _ := json.Marshal(map[string]any{
		"Implements": []string{}, "component": component, "version": version, "contracts": contracts,
	})
	server := &Server{services: byID, handshake: handshake, limits: limits, pairs: newPairs(limits), onDefect: onDefect}
	server.http = &http.Server{
		Handler:           server,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(discard{}, "", 0),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, connKey, conn)
		},
	}
	return server
}

type discard struct{}

func (discard) Write(data []byte) (int, error) { return len(data), nil }

// Listen begins to serve. A socket that an earlier process left is replaced.
func (s *Server) Listen(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	go func() { _ = s.http.Serve(listener) }()
	return nil
}

// Close refuses new calls, lets those in flight end for some time, then cuts them.
func (s *Server) Close(grace time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
}

// ServeHTTP serves one exchange.
func (s *Server) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	conn, _ := request.Context().Value(connKey).(net.Conn)
	call := &incoming{
		request: request,
		writer:  writer,
		conn:    conn,
		body:    &countedBody{Reader: request.Body},
		limits:  s.limits,
		pairs:   s.pairs,
	}
	call.body.over.Store(request.ContentLength == 0)
	id := request.Header.Get(CallHeader)
	ctx := context.WithValue(request.Context(), callKey, id)
	err := s.route(ctx, call)
	if err == nil {
		return
	}
	if CodeOf(err) == "" && ctx.Err() == nil && !errors.Is(err, errGone) {
		s.onDefect(err, request.URL.Path, id)
	}
	if call.begun {
		return
	}
	status, body := toEnvelope(err)
	call.send(status, body)
}

func (s *Server) route(ctx context.Context, call *incoming) error {
	request := call.request
	if request.Method != http.MethodPost {
		return Errorf("WIRE_REQUEST_INVALID", "%s: only POST is served", request.Method)
	}
	if request.URL.Path == "/Plugin.Activate" {
		call.send(http.StatusOK, s.handshake)
		return nil
	}
	match := pathForm.FindStringSubmatch(request.URL.Path)
	if match == nil {
		return Errorf("WIRE_REQUEST_INVALID", "%s is not /<contract>/<method>", request.URL.Path)
	}
	service, ok := s.services[match[1]]
	if !ok {
		return Errorf("WIRE_CONTRACT_UNKNOWN", "this component does not serve %s", match[1])
	}
	handler, ok := service.handlers[match[2]]
	if !ok {
		return Errorf("WIRE_METHOD_UNKNOWN", "%s %s has no method %s here", match[1], service.contract.Version, match[2])
	}
	call.contract, call.method = service.contract, service.contract.methods[match[2]]
	if match[3] != "" {
		return s.takeInput(call)
	}
	key := request.Header.Get(idempotencyHeader)
	if key == "" || len(key) > 64 {
		return guarded(ctx, handler, call)
	}
	var err error
	s.attempts.inTurn(match[1]+" "+match[2]+" "+key, func() {
		if ctx.Err() == nil {
			err = guarded(ctx, handler, call)
		}
	})
	return err
}

func (s *Server) takeInput(call *incoming) error {
	id, err := exchangeID(call.request)
	if err != nil {
		return err
	}
	if err := s.pairs.offer(id, call.body); err != nil {
		return err
	}
	call.send(http.StatusOK, []byte("{}"))
	return nil
}

// guarded turns a panic of a driver into an error, because it must not take other calls with it.
func guarded(ctx context.Context, handler handler, call *incoming) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = defect{fmt.Sprint(reason), string(debug.Stack())}
		}
	}()
	return handler(ctx, call)
}

type defect struct {
	message string
	// Stack is for the log of the component alone.
	Stack string
}

func (d defect) Error() string { return d.message }

// StackOf a panic that became an error.
func StackOf(err error) string {
	var found defect
	if errors.As(err, &found) {
		return found.Stack
	}
	return ""
}
