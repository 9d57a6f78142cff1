package main

import (
	"os"
	"path/filepath"
	"testing"

	"moby-origin/sdk/wire"
)

// again is what a driver sees that starts on the same folder.
func again(t *testing.T, root string) *folders {
	t.Helper()
	opened, err := openFolders(root)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func fails(t *testing.T, err error, code string) {
	t.Helper()
	if wire.CodeOf(err) != code {
		t.Errorf("%v is not %s", err, code)
	}
}

func succeeds(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFolderHasTheModeThatWasAskedFor(t *testing.T) {
	volumes := again(t, t.TempDir())
	succeeds(t, volumes.create("private", map[string]string{"mode": "0700"}))
	facts, err := os.Stat(volumes.files("private"))
	succeeds(t, err)
	if facts.Mode().Perm() != 0o700 {
		t.Error(facts.Mode())
	}
	fails(t, volumes.create("a", map[string]string{"mode": "rwx"}), "VOLUME_OPTION_INVALID")
	fails(t, volumes.create("a", map[string]string{"size": "1g"}), "VOLUME_OPTION_UNKNOWN")
}

func TestVolumesAndTheirUsersAreKnownAfterARestart(t *testing.T) {
	root := t.TempDir()
	succeeds(t, again(t, root).create("kept", nil))
	_, err := again(t, root).mount("kept", "container-1")
	succeeds(t, err)
	volumes := again(t, root)
	fails(t, volumes.remove("kept"), "VOLUME_IN_USE")
	succeeds(t, volumes.unmount("kept", "container-1"))
	succeeds(t, volumes.remove("kept"))
	if left, _ := os.ReadDir(root); len(left) != 0 {
		t.Error(left)
	}
}

func TestWhatWasHalfMadeIsSweptAndWhatIsDamagedIsKept(t *testing.T) {
	root := t.TempDir()
	succeeds(t, os.MkdirAll(filepath.Join(root, "half", "files"), 0o755))
	succeeds(t, os.MkdirAll(filepath.Join(root, "damaged"), 0o755))
	succeeds(t, os.WriteFile(filepath.Join(root, "damaged", "volume.json"), []byte(`{"users":`), 0o600))
	volumes := again(t, root)
	if found := volumes.list(); len(found) != 0 {
		t.Error(found)
	}
	if left, _ := os.ReadDir(root); len(left) != 1 {
		t.Error(left)
	}
	fails(t, volumes.create("damaged", nil), "VOLUME_OPTIONS_CONFLICT")
}
