package main

import (
	"sort"
	"strconv"
	"strings"

	"moby-origin/sdk/wire"
)

// options of a log: those of its container, or of the configuration.
type options struct {
	// MaxSize in bytes from which a log goes on in a new file.
	MaxSize int64 `json:"maxSize"`
	// MaxFiles that are kept, the current one counted.
	MaxFiles int `json:"maxFiles"`
}

// readOptions reads --log-opt. Fails with LOG_OPTION_INVALID.
func readOptions(given map[string]string, defaults options) (options, error) {
	read := defaults
	keys := make([]string, 0, len(given))
	for key := range given {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		value, err := strconv.ParseInt(given[key], 10, 64)
		switch {
		case key != "max-size" && key != "max-file":
			return read, wire.Errorf("LOG_OPTION_INVALID", "there is no log option %s", key).
				WithHint("It can be max-size and max-file.")
		case err != nil || value < 1:
			return read, wire.Errorf("LOG_OPTION_INVALID", "%s cannot be %q", key, strings.ToValidUTF8(given[key], "?")).
				WithHint("Write it as a number that is not zero: bytes, or files.")
		case key == "max-size":
			read.MaxSize = value
		case value > 1000:
			return read, wire.Errorf("LOG_OPTION_INVALID", "max-file cannot be %d", value).WithHint("At most 1000 files are kept.")
		default:
			read.MaxFiles = int(value)
		}
	}
	return read, nil
}
