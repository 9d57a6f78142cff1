package wire

import "time"

// Limits are what a peer may ask of this process before it is refused.
type Limits struct {
	// BodyBytes of a JSON body or record, for methods that do not set another limit.
	BodyBytes int64
	// DataFrameBytes of one frame of a byte stream; what is longer is split.
	DataFrameBytes int64
	// Depth of objects and arrays within one another.
	Depth int
	// BodyTime until a JSON request must have arrived.
	BodyTime time.Duration
	// PairTime that one half of a two-way call waits for the other.
	PairTime time.Duration
	// WaitingPairs are halves of two-way calls that wait at once.
	WaitingPairs int
	// StreamHeadTime until the head of an answer that is a stream must have come.
	StreamHeadTime time.Duration
}

// DefaultLimits are those of the contracts.
var DefaultLimits = Limits{
	BodyBytes:      16 << 20,
	DataFrameBytes: 1 << 20,
	Depth:          64,
	BodyTime:       30 * time.Second,
	PairTime:       10 * time.Second,
	WaitingPairs:   256,
	StreamHeadTime: 30 * time.Second,
}
