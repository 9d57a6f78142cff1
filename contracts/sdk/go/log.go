package moby

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

const longestLine = 16 << 10

// Fields of a record of the log: plain JSON.
type Fields map[string]any

// Log is the log of a component: one JSON record a line on standard error, which the engine reads.
type Log struct {
	mutex sync.Mutex
}

// Debug writes a record that only a reader of details wants.
func (l *Log) Debug(message string, fields Fields) { l.write("debug", message, fields) }

// Info writes a record.
func (l *Log) Info(message string, fields Fields) { l.write("info", message, fields) }

// Warn writes a record of something that an operator may have to look at.
func (l *Log) Warn(message string, fields Fields) { l.write("warn", message, fields) }

// Error writes a record of something that went wrong.
func (l *Log) Error(message string, fields Fields) { l.write("error", message, fields) }

func (l *Log) write(level, message string, fields Fields) {
	record := Fields{}
	for key, value := range fields {
		if err, ok := value.(error); ok {
			value = err.Error()
		}
		record[key] = value
	}
	record["level"], record["message"] = level, message
	line, err := json.Marshal(record)
	if err != nil {
		line, _ = json.Marshal(Fields{"level": level, "message": message, "fields": fmt.Sprint(fields)})
	}
	if len(line) >= longestLine {
		if len(message) > longestLine/8 {
			message = message[:longestLine/8]
		}
		line, _ = json.Marshal(Fields{"level": level, "message": message, "cut": true})
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	// Nobody may read any more, and a log must not end the component.
	_, _ = os.Stderr.Write(append(line, '\n'))
}
