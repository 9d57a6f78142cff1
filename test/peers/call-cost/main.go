// Command call-cost measures what one small call costs over a Unix socket, by gRPC and by Docker's own plugin client.
//
//	call-cost serve grpc|plugin SOCKET
//	call-cost call grpc|plugin SOCKET COUNT
//
// The caller prints the microseconds of a call, one after the other on one connection.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/docker/docker/pkg/plugins"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func main() {
	if len(os.Args) < 4 {
		log.Fatal("usage: call-cost serve|call grpc|plugin SOCKET [COUNT]")
	}
	action, kind, socket := os.Args[1], os.Args[2], os.Args[3]
	if action == "serve" {
		log.Fatal(serve(kind, socket))
	}
	count, err := strconv.Atoi(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	call, err := caller(kind, socket)
	if err != nil {
		log.Fatal(err)
	}
	for warm := 0; warm < 200; warm++ {
		if err := call(); err != nil {
			log.Fatal(err)
		}
	}
	began := time.Now()
	for done := 0; done < count; done++ {
		if err := call(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%.2f\n", float64(time.Since(began).Nanoseconds())/1000/float64(count))
}

func serve(kind, socket string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	if kind == "grpc" {
		server := grpc.NewServer()
		grpc_health_v1.RegisterHealthServer(server, health.NewServer())
		return server.Serve(listener)
	}
	http.HandleFunc("/VolumeDriver.Capabilities", func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", plugins.VersionMimetype)
		_ = json.NewEncoder(response).Encode(map[string]any{"Capabilities": map[string]string{"Scope": "local"}})
	})
	return http.Serve(listener, nil)
}

func caller(kind, socket string) (func() error, error) {
	if kind == "grpc" {
		connection, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return nil, err
		}
		client := grpc_health_v1.NewHealthClient(connection)
		return func() error {
			_, err := client.Check(context.Background(), &grpc_health_v1.HealthCheckRequest{})
			return err
		}, nil
	}
	client, err := plugins.NewClient("unix://"+socket, nil)
	if err != nil {
		return nil, err
	}
	return func() error {
		var answer struct {
			Capabilities struct{ Scope string }
		}
		return client.Call("VolumeDriver.Capabilities", struct{}{}, &answer)
	}, nil
}
