package main

import (
	"regexp"
	"strconv"
	"strings"

	"moby-origin/sdk/wire"
)

var nameForm = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)
var modeForm = regexp.MustCompile(`^[0-7]{3,4}$`)

// checkName fails with VOLUME_NAME_INVALID for what could not be, or should not be, the name of a folder.
func checkName(name string) error {
	if nameForm.MatchString(name) {
		return nil
	}
	return wire.Errorf("VOLUME_NAME_INVALID", "%q is no name of a volume", strings.ToValidUTF8(name, "?")).
		WithHint("Use letters, digits, dots, dashes and underscores, beginning with a letter or a digit.")
}

// readMode reads the option mode. Fails with VOLUME_OPTION_UNKNOWN or VOLUME_OPTION_INVALID.
func readMode(options map[string]string) (uint32, error) {
	mode := "0755"
	for key, value := range options {
		if key != "mode" {
			return 0, wire.Errorf("VOLUME_OPTION_UNKNOWN", "there is no option %q", key).WithHint("It can be mode.")
		}
		mode = value
	}
	if !modeForm.MatchString(mode) {
		return 0, wire.Errorf("VOLUME_OPTION_INVALID", "mode cannot be %q", mode).WithHint("Write it in octal digits: 0750.")
	}
	read, err := strconv.ParseUint(mode, 8, 32)
	return uint32(read), err
}

func sameOptions(one, other map[string]string) bool {
	if len(one) != len(other) {
		return false
	}
	for key, value := range one {
		if found, exists := other[key]; !exists || found != value {
			return false
		}
	}
	return true
}
