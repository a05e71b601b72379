package jaeger

import (
	"context"
	"net"
	"sync"
	"time"
)

// A politeConn hears nothing before it has spoken. A gRPC server speaks first,
// which the HTTP client would otherwise report on stderr by itself.
type politeConn struct {
	net.Conn
	spoken chan struct{}
	once   sync.Once
}

func dialPolite(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 20 * time.Second, KeepAlive: 30 * time.Second}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &politeConn{Conn: conn, spoken: make(chan struct{})}, nil
}

func (c *politeConn) speak() { c.once.Do(func() { close(c.spoken) }) }

// Read waits for the first Write, or for Close.
func (c *politeConn) Read(p []byte) (int, error) {
	<-c.spoken
	return c.Conn.Read(p)
}

// Write lets Read begin.
func (c *politeConn) Write(p []byte) (int, error) {
	defer c.speak()
	return c.Conn.Write(p)
}

// Close lets Read end.
func (c *politeConn) Close() error {
	defer c.speak()
	return c.Conn.Close()
}
