package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"moby-origin/sdk/logdriver"
	"moby-origin/sdk/wire"
)

func records(first, count int) []logdriver.LogRecord {
	made := make([]logdriver.LogRecord, count)
	for at := range made {
		made[at] = logdriver.LogRecord{
			Stream: "stdout", Time: "2024-01-01T00:00:00.000000001Z", Line: wire.Bytes(fmt.Sprintf("line %d", first+at)),
		}
	}
	return made
}

func openForTest(t *testing.T, folder string, limits options) *logFiles {
	t.Helper()
	log, err := openLog(folder, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.close() })
	return log
}

func write(t *testing.T, log *logFiles, first, count int) {
	t.Helper()
	position := logdriver.LogPosition{Stdout: wire.Int64(first + count)}
	if err := log.write(records(first, count), position); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, log *logFiles, request logdriver.ReadRequest) string {
	t.Helper()
	var lines []string
	err := readLog(context.Background(), log, request, func(records []logdriver.LogRecord) error {
		for _, record := range records {
			lines = append(lines, string(record.Line))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, ",")
}

func TestWhatWasAppendedAfterTheLastMarkIsCutOff(t *testing.T) {
	folder := t.TempDir()
	log := openForTest(t, folder, options{MaxSize: 1 << 20, MaxFiles: 2})
	write(t, log, 0, 2)
	// The driver dies between the lines and their mark: the engine will send the batch again.
	file, err := os.OpenFile(segmentPath(folder, 1), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("2024-01-01T00:00:00Z stdout F line 2\n2024-01-01T00:0"); err != nil {
		t.Fatal(err)
	}
	file.Close()
	again := openForTest(t, folder, options{MaxSize: 1 << 20, MaxFiles: 2})
	if found := again.position(); found.Stdout != 2 {
		t.Errorf("the log reaches to %d", found.Stdout)
	}
	write(t, again, 2, 2)
	if found := read(t, again, logdriver.ReadRequest{}); found != "line 0,line 1,line 2,line 3" {
		t.Error(found)
	}
}

func TestAFileThatAFollowerStillReadsIsKeptAndThenRemoved(t *testing.T) {
	folder := t.TempDir()
	log := openForTest(t, folder, options{MaxSize: 10, MaxFiles: 1})
	write(t, log, 0, 1)
	slow := newCursor(log)
	for batch := 1; batch < 5; batch++ {
		write(t, log, batch, 1)
	}
	if found := read(t, log, logdriver.ReadRequest{}); found != "line 4" {
		t.Errorf("a new reader sees %s", found)
	}
	var seen []string
	err := slow.read(context.Background(), false, nil, func(record stored) error {
		seen = append(seen, string(record.text))
		return nil
	})
	if err != nil || strings.Join(seen, ",") != "line 0,line 1,line 2,line 3,line 4" {
		t.Errorf("%v, %v", seen, err)
	}
	slow.close()
	if files, _ := os.ReadDir(folder); len(files) != 2 {
		t.Errorf("%d files are left, not the last one and the position", len(files))
	}
}

func TestAFollowerEndsWithItsCaller(t *testing.T) {
	log := openForTest(t, t.TempDir(), options{MaxSize: 10, MaxFiles: 1})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err := readLog(ctx, log, logdriver.ReadRequest{Follow: wire.Ptr(true)}, func([]logdriver.LogRecord) error { return nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestTailCountsLinesAndNotPieces(t *testing.T) {
	log := openForTest(t, t.TempDir(), options{MaxSize: 1 << 20, MaxFiles: 1})
	piece := func(stream, text string, last bool) logdriver.LogRecord {
		return logdriver.LogRecord{
			Stream: stream, Time: "2024-01-01T00:00:00Z", Line: wire.Bytes(text), Partial: &logdriver.Partial{Last: last},
		}
	}
	batch := []logdriver.LogRecord{
		piece("stdout", "a1", false), piece("stderr", "b1", false), piece("stdout", "a2", true),
		piece("stderr", "b2", true), piece("stdout", "c", true),
	}
	if err := log.write(batch, logdriver.LogPosition{Stdout: 1, Stderr: 1}); err != nil {
		t.Fatal(err)
	}
	for tail, wanted := range map[int]string{0: "", 1: "c", 2: "b1,b2,c", 3: "a1,b1,a2,b2,c", 9: "a1,b1,a2,b2,c"} {
		if found := read(t, log, logdriver.ReadRequest{Tail: &tail}); found != wanted {
			t.Errorf("tail %d: %s, not %s", tail, found, wanted)
		}
	}
}

func TestOptionsAreNumbers(t *testing.T) {
	defaults := options{MaxSize: 7, MaxFiles: 3}
	if found, err := readOptions(map[string]string{"max-size": "100"}, defaults); err != nil || found != (options{100, 3}) {
		t.Errorf("%+v, %v", found, err)
	}
	for _, given := range []map[string]string{{"max-size": "10m"}, {"max-file": "0"}, {"max-file": "1001"}, {"tag": "a"}} {
		if _, err := readOptions(given, defaults); wire.CodeOf(err) != "LOG_OPTION_INVALID" {
			t.Errorf("%v: %v", given, err)
		}
	}
}
