package wire

import (
	"encoding/json"
	"fmt"
	"sync"
)

// Stream tells what flows in a stream of a method.
type Stream int

// Kinds of streams.
const (
	NoStream Stream = iota
	ByteStream
	RecordStream
)

// Method is one method of a contract.
type Method struct {
	Name string
	// Input is what the caller streams in, Output what the method answers with in place of a response.
	Input, Output Stream
	// DeadlineMs until the caller gives up; 0 for calls that may last.
	DeadlineMs int
	// Idempotent is true when a second call with the same request has no further effect.
	Idempotent bool
	// MaxBytes of the largest message as JSON; 0: as the limits say.
	MaxBytes int64
}

// Contract is a named, versioned interface between components.
type Contract struct {
	ID, Version string
	methods     map[string]Method
	text        string
	once        sync.Once
	schemas     map[string]*schema
}

// NewContract is called by generated code; schemas is JSON: the schema of every message, by method and part.
func NewContract(id, version, schemas string, methods ...Method) *Contract {
	contract := &Contract{ID: id, Version: version, text: schemas, methods: map[string]Method{}}
	for _, method := range methods {
		contract.methods[method.Name] = method
	}
	return contract
}

// schema of a message, nil for one without fields. They are read at the first use, because most are never used.
func (c *Contract) schema(method, part string) *schema {
	c.once.Do(func() {
		if err := json.Unmarshal([]byte(c.text), &c.schemas); err != nil {
			panic(fmt.Sprintf("the schemas of %s cannot be read: %s", c.ID, err))
		}
	})
	return c.schemas[method+"."+part]
}

// empty is the schema of a message without fields.
var empty = &schema{Type: "object"}

// read checks a message and decodes it. Fails with code.
func read[T any](c *Contract, method, part string, data []byte, depth int, code string) (T, error) {
	var value T
	subject := c.ID + " " + method
	plain, err := parseJSON(data, depth, code, subject)
	if err != nil {
		return value, err
	}
	wanted := c.schema(method, part)
	if wanted == nil {
		wanted = empty
	}
	if err := wanted.check(plain, code, subject); err != nil {
		return value, err
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return value, Errorf(code, "%s: %s", subject, err)
	}
	return value, nil
}

// limit of a message of the method.
func (m Method) limit(limits Limits) int64 {
	if m.MaxBytes > 0 {
		return m.MaxBytes
	}
	return limits.BodyBytes
}
