package wire

import (
	"io"
	"net/http"
	"regexp"
	"sync"
	"time"
)

const exchangeHeader = "Moby-Exchange"

var exchangeForm = regexp.MustCompile(`^[A-Za-z0-9-]{16,64}$`)

// pair is the two exchanges of a two-way call.
type pair struct {
	offered, called, over chan struct{}
	input                 io.Reader
	isOffered, isCalled   bool
}

// pairs brings exchanges together, in whichever order they arrive.
type pairs struct {
	limits Limits
	mutex  sync.Mutex
	open   map[string]*pair
}

func newPairs(limits Limits) *pairs {
	return &pairs{limits: limits, open: map[string]*pair{}}
}

// call is the side that answers; finish must be called at its end.
func (p *pairs) call(id string) (*pair, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	found, err := p.pair(id)
	if err != nil {
		return nil, err
	}
	if found.isCalled {
		return nil, Errorf("WIRE_REQUEST_INVALID", "exchange %s is called twice", id)
	}
	found.isCalled = true
	close(found.called)
	return found, nil
}

// wait for the other exchange.
func (p *pairs) wait(id string, found *pair) (io.Reader, error) {
	timer := time.NewTimer(p.limits.PairTime)
	defer timer.Stop()
	select {
	case <-found.offered:
		return found.input, nil
	case <-timer.C:
		return nil, Errorf("WIRE_STREAM_BROKEN", "the input of exchange %s did not come", id)
	}
}

func (p *pairs) finish(id string, found *pair) {
	p.mutex.Lock()
	delete(p.open, id)
	p.mutex.Unlock()
	close(found.over)
}

// offer is the side of the input: it returns when the call has no more use for it.
func (p *pairs) offer(id string, input io.Reader) error {
	p.mutex.Lock()
	found, err := p.pair(id)
	if err == nil && found.isOffered {
		err = Errorf("WIRE_REQUEST_INVALID", "exchange %s has two inputs", id)
	}
	if err != nil {
		p.mutex.Unlock()
		return err
	}
	found.isOffered, found.input = true, input
	close(found.offered)
	p.mutex.Unlock()
	timer := time.NewTimer(p.limits.PairTime)
	defer timer.Stop()
	select {
	case <-found.called:
	case <-timer.C:
		p.mutex.Lock()
		if !found.isCalled {
			delete(p.open, id)
			p.mutex.Unlock()
			return Errorf("WIRE_STREAM_BROKEN", "the call of exchange %s did not come", id)
		}
		p.mutex.Unlock()
	}
	<-found.over
	return nil
}

func (p *pairs) pair(id string) (*pair, error) {
	if known := p.open[id]; known != nil {
		return known, nil
	}
	waiting := 0
	for _, each := range p.open {
		if each.isCalled != each.isOffered {
			waiting++
		}
	}
	if waiting >= p.limits.WaitingPairs {
		return nil, Errorf("WIRE_TOO_LARGE", "%d exchanges wait for their other half already", waiting)
	}
	made := &pair{offered: make(chan struct{}), called: make(chan struct{}), over: make(chan struct{})}
	p.open[id] = made
	return made, nil
}

// exchangeID joins the exchanges of a two-way call.
func exchangeID(request *http.Request) (string, error) {
	if id := request.Header.Get(exchangeHeader); exchangeForm.MatchString(id) {
		return id, nil
	}
	return "", Errorf("WIRE_REQUEST_INVALID", "a two-way call needs the header %s", exchangeHeader)
}
