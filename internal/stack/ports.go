package main

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"time"
)

// choosePorts gives each role its usual port, or a free one when that is taken.
// No port is given twice in one run.
func (s *stack) choosePorts(ctx context.Context, usual ports) (ports, error) {
	s.picking.Lock()
	defer s.picking.Unlock()
	var held []net.Listener // so that the system gives no port twice
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	chosen := ports{}
	for _, role := range slices.Sorted(maps.Keys(usual)) {
		l, err := s.listen(ctx, usual[role])
		if err != nil {
			return nil, fmt.Errorf("no free port for %s: %w", role, err)
		}
		held = append(held, l)
		chosen[role] = l.Addr().(*net.TCPAddr).Port
		s.promised[chosen[role]] = true
	}
	return chosen, nil
}

// listen takes the port if nobody has it, else any other.
func (s *stack) listen(ctx context.Context, port int) (net.Listener, error) {
	var config net.ListenConfig
	if !s.promised[port] && !taken(ctx, port) {
		if l, err := config.Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return l, nil
		}
	}
	for {
		l, err := config.Listen(ctx, "tcp4", "127.0.0.1:0")
		if err != nil || !s.promised[l.Addr().(*net.TCPAddr).Port] {
			return l, err
		}
		defer l.Close() // keep it until another one is found
	}
}

// taken reports whether somebody answers on the port. Where systems let one
// listen on loopback beside a listener on all addresses, trying is not enough.
func taken(ctx context.Context, port int) bool {
	dialer := net.Dialer{Timeout: 200 * time.Millisecond}
	c, err := dialer.DialContext(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	c.Close()
	return true
}
