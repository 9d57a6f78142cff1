package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Error is an error with a code: the only one that crosses a component's boundary. The message names the object and
// the cause, the hint names the remedy.
type Error struct {
	// Code of the table of errors, or of the component itself.
	Code string `json:"code"`
	// Kind decides the status of HTTP. It follows from a code of the table, and is to be told for others.
	Kind string `json:"kind"`
	// Message names the object and the cause.
	Message string `json:"message"`
	// Hint names the remedy.
	Hint string `json:"hint,omitempty"`
	// Details are facts for machines.
	Details map[string]any `json:"details,omitempty"`
}

// Errorf makes an error of the table.
func Errorf(code, format string, values ...any) *Error {
	return &Error{Code: code, Kind: kindOf(code), Message: fmt.Sprintf(format, values...)}
}

// WithHint adds what the reader can do about it, as a sentence.
func (e *Error) WithHint(hint string) *Error {
	e.Hint = hint
	return e
}

// WithDetails adds facts for machines.
func (e *Error) WithDetails(details map[string]any) *Error {
	e.Details = details
	return e
}

// Error tells the message and the code.
func (e *Error) Error() string {
	return e.Message + " [" + e.Code + "]"
}

// CodeOf tells the code of an error that has one, and nothing for others.
func CodeOf(err error) string {
	var coded *Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	return ""
}

type envelope struct {
	Error *Error `json:"error"`
}

// toEnvelope is status and body of an error. What has no code is WIRE_INTERNAL.
func toEnvelope(err error) (int, []byte) {
	var coded *Error
	if !errors.As(err, &coded) {
		coded = Errorf("WIRE_INTERNAL", "%s", err)
	}
	sent := *coded
	if kind := kindOf(sent.Code); kind != "" {
		sent.Kind = kind
	}
	if statusOf(sent.Kind) == 0 {
		sent.Kind = "internal"
	}
	body, err := json.Marshal(envelope{&sent})
	if err != nil {
		// Details may hold what is no JSON; the error itself still has to arrive.
		sent.Details = nil
		body, _ = json.Marshal(envelope{&sent})
	}
	return statusOf(sent.Kind), body
}

// fromEnvelope is the error that a peer sent. One that breaks the form is WIRE_RESPONSE_INVALID.
func fromEnvelope(body []byte, depth int, subject string) error {
	if _, err := parseJSON(body, depth, "WIRE_RESPONSE_INVALID", subject); err != nil {
		return err
	}
	var read envelope
	if err := json.Unmarshal(body, &read); err != nil || read.Error == nil || read.Error.Code == "" || read.Error.Message == "" {
		return Errorf("WIRE_RESPONSE_INVALID", "%s: an error without code, kind and message", subject)
	}
	if kind := kindOf(read.Error.Code); kind != "" {
		read.Error.Kind = kind
	} else if statusOf(read.Error.Kind) == 0 {
		read.Error.Kind = "internal"
	}
	return read.Error
}
