package main

import "moby-origin/sdk/logdriver"

const (
	batchRecords = 1024
	batchBytes   = 1 << 20
)

// batch collects records, because one sent alone would cost more than what it carries.
type batch struct {
	send    func([]logdriver.LogRecord) error
	records []logdriver.LogRecord
	bytes   int
}

func (b *batch) add(record logdriver.LogRecord) error {
	b.records = append(b.records, record)
	b.bytes += len(record.Line)
	if len(b.records) < batchRecords && b.bytes < batchBytes {
		return nil
	}
	return b.flush()
}

// flush sends what has been collected: at the end, and before the reader has to wait for more.
func (b *batch) flush() error {
	if len(b.records) == 0 {
		return nil
	}
	full := b.records
	b.records, b.bytes = nil, 0
	return b.send(full)
}
