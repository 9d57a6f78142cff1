package wire

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Peer is a process that serves contracts. Nothing is opened before the first call.
type Peer struct {
	path   string
	limits Limits
	http   *http.Client
	driver string
}

// NewPeer is the way to the contracts that are served on a Unix socket.
func NewPeer(path string, limits Limits) *Peer {
	dialer := &net.Dialer{}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		},
		MaxIdleConns:        8,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     30 * time.Second,
		DisableCompression:  true,
	}
	return &Peer{path: path, limits: limits, http: &http.Client{Transport: transport}}
}

// Driver is the same way to one of several drivers.
func (p *Peer) Driver(name string) *Peer {
	other := *p
	other.driver = name
	return &other
}

// Close closes connections that nobody uses.
func (p *Peer) Close() {
	p.http.CloseIdleConnections()
}

// outgoing is one call to a peer.
type outgoing struct {
	peer     *Peer
	contract *Contract
	method   Method
	parent   context.Context
	ctx      context.Context
	cancel   context.CancelFunc
}

func newOutgoing(parent context.Context, peer *Peer, contract *Contract, name string) *outgoing {
	call := &outgoing{peer: peer, contract: contract, method: contract.methods[name], parent: parent}
	if ms := call.method.DeadlineMs; ms > 0 {
		call.ctx, call.cancel = context.WithTimeout(parent, time.Duration(ms)*time.Millisecond)
	} else {
		call.ctx, call.cancel = context.WithCancel(parent)
	}
	return call
}

func (o *outgoing) subject() string {
	return o.contract.ID + " " + o.method.Name
}

func (o *outgoing) header(contentType string) http.Header {
	id := CallID(o.parent)
	if id == "" {
		id = newID()
	}
	header := http.Header{"Content-Type": {contentType}, CallHeader: {id}}
	if o.peer.driver != "" {
		header.Set(DriverHeader, o.peer.driver)
	}
	return header
}

func (o *outgoing) url(suffix string) string {
	return fmt.Sprintf("http://moby/%s/%s%s", o.contract.ID, o.method.Name, suffix)
}

// failure tells what an error of an exchange means to the caller.
func (o *outgoing) failure(err error, code string) error {
	var coded *Error
	switch {
	case errors.As(err, &coded):
		return err
	case o.parent.Err() != nil:
		return Errorf("CANCELLED", "%s: the caller gave up", o.subject())
	case errors.Is(o.ctx.Err(), context.DeadlineExceeded):
		return Errorf("WIRE_DEADLINE", "%s: no answer within %d ms", o.subject(), o.method.DeadlineMs).
			WithDetails(map[string]any{"deadlineMs": o.method.DeadlineMs})
	case code == "WIRE_STREAM_BROKEN":
		return Errorf(code, "%s: the peer closed the connection", o.subject())
	}
	return Errorf(code, "%s: no answer from %s (%s)", o.subject(), o.peer.path, err).
		WithDetails(map[string]any{"socketPath": o.peer.path})
}

// newID is a UUID of version 4.
func newID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
