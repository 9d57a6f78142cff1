// Package wire is how contracts are spoken between processes: HTTP/1.1 on a Unix socket, JSON bodies, and streams of
// length-prefixed frames that end in a status frame. Authors of drivers need of it the types of messages, [Error],
// and [Input]; package moby runs a component.
package wire
