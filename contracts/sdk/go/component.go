// Package moby runs components for Moby Origin that are written in Go, with the standard library alone. A driver
// implements the interface Driver of the package of its contract, and its program is:
//
//	func main() {
//		moby.Serve(func(c *moby.Context) (*moby.Running, error) {
//			volumes, err := open(c.Folders.Data)
//			return &moby.Running{Services: []wire.Service{storagevolume.Serve(volumes)}}, err
//		})
//	}
package moby

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"moby-origin/sdk/componentlifecycle"
	"moby-origin/sdk/wire"
)

const (
	// grace that calls in flight have at the end.
	grace = 5 * time.Second
	// last moment of the process when the engine is gone, whatever still runs.
	last = 10 * time.Second
)

// Running is a component that was created: its services, and what it does when the engine starts, watches and stops it.
type Running struct {
	// Services are one for each contract that component.yaml provides.
	Services []wire.Service
	// Start is called once every component of the assembly has been created: the place to take up work that was left.
	Start func(ctx context.Context) error
	// Stop is called with leave-containers or stop-containers when users of the component have stopped.
	Stop func(ctx context.Context, reason string) error
	// Health tells what is restricted, nothing when nothing is. An error means that the component cannot go on: it is
	// started anew.
	Health func(ctx context.Context) (string, error)
}

// Serve makes the component, serves it, and returns when it was asked to end: by SIGTERM, or by the end of standard
// input, because then the engine is gone. A component that cannot be made ends the process with status 1.
func Serve(create func(*Context) (*Running, error)) {
	log := &Log{}
	asked, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	own, err := loadContext(log)
	var running *Running
	if err == nil {
		running, err = create(own)
	}
	if err != nil {
		fail(log, err)
	}
	hooks := &lifecycle{running: running}
	services := append(append([]wire.Service{}, running.Services...), componentlifecycle.Serve(hooks))
	component := own.Component
	server := wire.NewServer(component.Name, component.Version, services, wire.DefaultLimits, tellDefect(log))
	if err := server.Listen(own.listen); err != nil {
		fail(log, err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		time.AfterFunc(last, func() { os.Exit(1) })
		stop()
	}()
	<-asked.Done()
	if err := hooks.end(context.Background(), "leave-containers"); err != nil {
		log.Error("the component did not stop well", Fields{"error": err})
	}
	server.Close(grace)
}

func fail(log *Log, err error) {
	log.Error("the component does not start: "+err.Error(), nil)
	os.Exit(1)
}

func tellDefect(log *Log) func(err error, subject, call string) {
	return func(err error, subject, call string) {
		fields := Fields{"call": call, "error": err}
		if stack := wire.StackOf(err); stack != "" {
			fields["stack"] = stack
		}
		log.Error(subject+" failed without a code: "+err.Error(), fields)
	}
}

type lifecycle struct {
	running *Running
	mutex   sync.Mutex
	stopped bool
}

func (l *lifecycle) Start(ctx context.Context) error {
	if l.running.Start == nil {
		return nil
	}
	return l.running.Start(ctx)
}

func (l *lifecycle) Stop(ctx context.Context, request componentlifecycle.StopRequest) error {
	return l.end(ctx, request.Reason)
}

func (l *lifecycle) Health(ctx context.Context) (componentlifecycle.HealthResponse, error) {
	var reason string
	var err error
	if l.running.Health != nil {
		reason, err = l.running.Health(ctx)
	}
	if reason == "" {
		return componentlifecycle.HealthResponse{Status: "ready"}, err
	}
	return componentlifecycle.HealthResponse{Status: "degraded", Reason: &reason}, err
}

// end calls the hook once, whoever asks first: the engine, a signal, or the end of the engine.
func (l *lifecycle) end(ctx context.Context, reason string) error {
	l.mutex.Lock()
	first := !l.stopped
	l.stopped = true
	l.mutex.Unlock()
	if !first || l.running.Stop == nil {
		return nil
	}
	return l.running.Stop(ctx, reason)
}
