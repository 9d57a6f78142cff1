package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Nothing is a message without fields.
type Nothing struct{}

// Int64 is a 64-bit integer: a decimal string in JSON, whose numbers lose bits beyond 2^53.
type Int64 int64

// MarshalJSON writes the decimal string.
func (i Int64) MarshalJSON() ([]byte, error) {
	return []byte(`"` + strconv.FormatInt(int64(i), 10) + `"`), nil
}

// UnmarshalJSON reads the decimal string.
func (i *Int64) UnmarshalJSON(data []byte) error {
	if len(data) < 2 || data[0] != '"' {
		return fmt.Errorf("%s is no decimal string", data)
	}
	value, err := strconv.ParseInt(string(data[1:len(data)-1]), 10, 64)
	*i = Int64(value)
	return err
}

// Bytes are base64 in JSON; none are an empty text.
type Bytes []byte

// MarshalJSON writes base64.
func (b Bytes) MarshalJSON() ([]byte, error) {
	if b == nil {
		return []byte(`""`), nil
	}
	return json.Marshal([]byte(b))
}

// List is a list that a message must have: one that nobody made is empty.
type List[T any] []T

// MarshalJSON writes a list.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]T(l))
}

// Map is a map that a message must have: one that nobody made is empty.
type Map[T any] map[string]T

// MarshalJSON writes an object.
func (m Map[T]) MarshalJSON() ([]byte, error) {
	if m == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]T(m))
}

// Ptr is a value for an optional field.
func Ptr[T any](value T) *T {
	return &value
}
