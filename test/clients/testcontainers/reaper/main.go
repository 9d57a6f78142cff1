// A stand-in for the reaper of Testcontainers, whose image lies in a registry of the world. It speaks the same protocol:
// lines such as `label=a=b&label=c=d` on port 8080, each answered by ACK; when nobody has been connected for a while, it
// removes all that has one of these sets of labels, through the socket that is mounted into it, and ends.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	socket     = "/var/run/docker.sock"
	firstGuest = time.Minute
)

var engine = http.Client{Transport: &http.Transport{
	DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	},
}}

type reaper struct {
	sync.Mutex
	filters map[string][]string
	guests  int
	// One signal for each guest that leaves.
	left chan struct{}
	came chan struct{}
}

func main() {
	patience, err := time.ParseDuration(os.Getenv("RYUK_RECONNECTION_TIMEOUT"))
	if err != nil {
		patience = 10 * time.Second
	}
	listener, err := net.Listen("tcp", ":8080")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	all := &reaper{filters: map[string][]string{}, left: make(chan struct{}, 64), came: make(chan struct{}, 64)}
	go all.welcome(listener)
	fmt.Println("Started")
	select {
	case <-all.came:
	case <-time.After(firstGuest):
	}
	for all.present() || all.comesBackWithin(patience) {
		<-all.left
	}
	for line, labels := range all.filters {
		fmt.Printf("Removing %s: %s\n", line, prune(labels))
	}
}

func (all *reaper) welcome(listener net.Listener) {
	for {
		guest, err := listener.Accept()
		if err != nil {
			return
		}
		all.Lock()
		all.guests++
		all.Unlock()
		all.came <- struct{}{}
		go all.listen(guest)
	}
}

func (all *reaper) listen(guest net.Conn) {
	lines := bufio.NewScanner(guest)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		values, err := url.ParseQuery(line)
		if err != nil || len(values["label"]) == 0 {
			continue
		}
		all.Lock()
		all.filters[line] = values["label"]
		all.Unlock()
		fmt.Fprint(guest, "ACK\n")
	}
	guest.Close()
	all.Lock()
	all.guests--
	all.Unlock()
	all.left <- struct{}{}
}

func (all *reaper) present() bool {
	all.Lock()
	defer all.Unlock()
	return all.guests > 0
}

func (all *reaper) comesBackWithin(patience time.Duration) bool {
	for len(all.came) > 0 {
		<-all.came
	}
	select {
	case <-all.came:
		return true
	case <-time.After(patience):
		return all.present()
	}
}

// Removes what has all of these labels; containers first, since they hold the rest.
func prune(labels []string) string {
	filters, _ := json.Marshal(map[string][]string{"label": labels})
	query := "filters=" + url.QueryEscape(string(filters))
	var told []string
	for _, kind := range []struct{ name, list, key, removal string }{
		{"containers", "/containers/json?all=1&" + query, "Id", "/containers/%s?force=1&v=1"},
		{"networks", "/networks?" + query, "Id", "/networks/%s"},
		{"volumes", "/volumes?" + query, "Name", "/volumes/%s?force=1"},
		{"images", "/images/json?" + query, "Id", "/images/%s?force=1"},
	} {
		names := list(kind.list, kind.key)
		removed := 0
		for _, name := range names {
			if remove(fmt.Sprintf(kind.removal, name)) {
				removed++
			}
		}
		told = append(told, fmt.Sprintf("%s %d of %d", kind.name, removed, len(names)))
	}
	return strings.Join(told, ", ")
}

func list(path, key string) (names []string) {
	answer, err := engine.Get("http://docker/v1.41" + path)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	var body any
	if json.NewDecoder(answer.Body).Decode(&body) != nil {
		return nil
	}
	if object, is := body.(map[string]any); is {
		body = object["Volumes"]
	}
	items, _ := body.([]any)
	for _, item := range items {
		fields, _ := item.(map[string]any)
		// The reaper has the labels of its session too, and removes itself by its end.
		if labels, _ := fields["Labels"].(map[string]any); labels["org.testcontainers.ryuk"] != "true" {
			names = append(names, fmt.Sprint(fields[key]))
		}
	}
	return names
}

func remove(path string) bool {
	request, err := http.NewRequest(http.MethodDelete, "http://docker/v1.41"+path, nil)
	if err != nil {
		return false
	}
	answer, err := engine.Do(request)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode < 300
}
