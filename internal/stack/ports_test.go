package main

import (
	"net"
	"testing"
)

// freePort is a port that nobody has at the moment.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestChoosePorts(t *testing.T) {
	s := testStack(t)
	busy, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	usual := ports{"http": freePort(t), "grpc": busy.Addr().(*net.TCPAddr).Port}
	got, err := s.choosePorts(t.Context(), usual)
	if err != nil {
		t.Fatal(err)
	}
	if got["http"] != usual["http"] {
		t.Errorf("the usual port %d is free, got %d", usual["http"], got["http"])
	}
	if got["grpc"] == usual["grpc"] || got["grpc"] == 0 {
		t.Errorf("port %d is taken, got %d", usual["grpc"], got["grpc"])
	}
	again, err := s.choosePorts(t.Context(), usual)
	if err != nil {
		t.Fatal(err)
	}
	for role, port := range again {
		if port == got["http"] || port == got["grpc"] {
			t.Errorf("port %d was given to %s, and before to another", port, role)
		}
	}
}
