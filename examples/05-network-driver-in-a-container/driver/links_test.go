package main

import (
	"bytes"
	"testing"
)

func TestLinkNamesFitAndHoldTheEngine(t *testing.T) {
	ours, theirs := links{instance: "0a1b2c3d"}, links{instance: "4e5f6071"}
	names := []string{ours.bridge("one"), ours.bridge("two"), ours.port("one"), theirs.bridge("one")}
	seen := map[string]bool{}
	for _, name := range names {
		if len(name) != 15 || seen[name] {
			t.Errorf("%q is no name of its own with 15 bytes", name)
		}
		seen[name] = true
	}
}

func TestAttributesNestAndArePadded(t *testing.T) {
	got := attribute(iflaLinkInfo, attribute(infoKind, text("veth")))
	want := []byte{16, 0, 18, 0, 9, 0, 1, 0, 'v', 'e', 't', 'h', 0, 0, 0, 0}
	if !bytes.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMTUIsTheOneOption(t *testing.T) {
	of := func(key string, value any) map[string]any {
		return map[string]any{userOptions: map[string]any{key: value}}
	}
	if mtu, err := readMTU(of(mtuOption, "1400")); mtu != 1400 || err != nil {
		t.Errorf("1400 became %d, %v", mtu, err)
	}
	for _, options := range []map[string]any{of(mtuOption, "none"), of(mtuOption, "67"), of("color", "red")} {
		if _, err := readMTU(options); err == nil {
			t.Errorf("%v was taken", options)
		}
	}
}
