package wire

import "sync"

// attempts keeps those of one call apart: a second one begins when the first, cut off from its caller, is over.
type attempts struct {
	mutex sync.Mutex
	keys  map[string]*turns
}

type turns struct {
	sync.Mutex
	count int
}

func (a *attempts) inTurn(key string, work func()) {
	a.mutex.Lock()
	if a.keys == nil {
		a.keys = map[string]*turns{}
	}
	mine := a.keys[key]
	if mine == nil {
		mine = &turns{}
		a.keys[key] = mine
	}
	mine.count++
	a.mutex.Unlock()
	defer func() {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		if mine.count--; mine.count == 0 {
			delete(a.keys, key)
		}
	}()
	mine.Lock()
	defer mine.Unlock()
	work()
}
