package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"moby-origin/sdk/logdriver"
)

// mark is how far a log reaches: positions of the container's output, and the file and its size that hold them. It is
// written after each batch, so after a death in between the file has a tail that the mark does not know, never less.
type mark struct {
	Stdout int64 `json:"stdout"`
	Stderr int64 `json:"stderr"`
	// Segment is the number of the file that is written to.
	Segment int   `json:"segment"`
	Size    int64 `json:"size"`
}

// markBytes is fixed, so that one write replaces a mark as a whole.
const markBytes = 160

func (m mark) position() logdriver.LogPosition {
	return logdriver.LogPosition{Stdout: int64s(m.Stdout), Stderr: int64s(m.Stderr)}
}

// openMarks opens the file with the mark of a log and reads it; a new log begins with the first segment.
func openMarks(folder string) (*os.File, mark, error) {
	file, err := os.OpenFile(filepath.Join(folder, "position"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, mark{}, err
	}
	found := mark{Segment: 1}
	text := make([]byte, markBytes)
	if count, _ := file.ReadAt(text, 0); count == markBytes {
		if err := json.Unmarshal(text, &found); err != nil {
			file.Close()
			return nil, mark{}, fmt.Errorf("the position of the log in %s is damaged: %w", folder, err)
		}
	}
	return file, found, nil
}

func writeMark(file *os.File, wanted mark) error {
	text, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte(fmt.Sprintf("%-*s\n", markBytes-1, text)), 0)
	return err
}
