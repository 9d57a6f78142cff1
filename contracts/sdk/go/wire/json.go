package wire

import (
	"bytes"
	"encoding/json"
	"io"
)

// parseJSON reads JSON that a peer sent; numbers stay texts. Fails with code for what is none or is nested deeper.
func parseJSON(data []byte, depth int, code, subject string) (any, error) {
	if isDeeperThan(data, depth) {
		return nil, Errorf(code, "%s: values are nested deeper than %d levels", subject, depth)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, Errorf(code, "%s: not JSON", subject)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, Errorf(code, "%s: not JSON", subject)
	}
	return value, nil
}

// isDeeperThan counts brackets before anything is built, because a parsed depth bomb has cost its memory already.
func isDeeperThan(data []byte, limit int) bool {
	depth, inText := 0, false
	for at := 0; at < len(data); at++ {
		switch c := data[at]; {
		case inText && c == '\\':
			at++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			if depth++; depth > limit {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
