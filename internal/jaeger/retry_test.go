package jaeger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/otrace/otrace/internal/trace"
)

// A clock counts what is waited for in place of waiting.
type clock struct{ waits []time.Duration }

func (c *clock) wait(ctx context.Context, d time.Duration) error {
	c.waits = append(c.waits, d)
	return ctx.Err()
}

// Faults 1 and 2 at Jaeger: a server that is busy is asked again, later and
// later, or when it says.
func TestBusyHTTP(t *testing.T) {
	for _, tt := range []struct {
		status int
		after  string
		times  int32
		want   string
		waits  string
	}{
		{503, "", 3, "<nil>", "[100ms 200ms 400ms]"},
		{429, "", 1, "<nil>", "[100ms]"},
		{429, "2", 2, "<nil>", "[2s 2s]"},
		{429, "9999", 1, "<nil>", "[30s]"},
		{503, "Sun, 01 Mar 2026 12:00:05 GMT", 1, "<nil>", "[5s]"},
		{503, "", 99, "jaeger: the server answered 503: too much", "[100ms 200ms 400ms 800ms 1.6s]"},
		{500, "", 99, "jaeger: the server answered 500: too much", "[]"},
	} {
		var calls atomic.Int32
		server := newFakeHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
			if calls.Add(1) > tt.times {
				fmt.Fprint(w, jsonMessage(1))
				return
			}
			w.Header().Set("Retry-After", tt.after)
			page{tt.status, "too much"}.write(w)
		})
		var c clock
		client := newClient(t, Config{URL: server.URL, Wait: c.wait, Jitter: func() float64 { return 0 }})
		client.servers[0].(*httpServer).now = func() time.Time { return epoch }
		_, err := client.Spans(t.Context(), testID, trace.Window{})
		if fmt.Sprint(err) != tt.want || fmt.Sprint(c.waits) != tt.waits {
			t.Errorf("%d %q %d times: %v after %v\nwant %s after %s", tt.status, tt.after, tt.times, err, c.waits, tt.want, tt.waits)
		}
	}
}

func TestBusyGRPC(t *testing.T) {
	f := newFakeGRPC(t, func(f *fakeGRPC, _ string, stream grpc.ServerStream) error {
		if f.calls.Load() < 3 {
			return status.Error(codes.Unavailable, "no healthy upstream")
		}
		send(t, stream, message(t, 1))
		return nil
	})
	var c clock
	wants(t, newClient(t, Config{URL: f.url, Wait: c.wait, Jitter: func() float64 { return 1 }}), 1, "<nil>")
	if want := []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}; !slices.Equal(c.waits, want) {
		t.Errorf("waited %v", c.waits)
	}
}

// A wait that would outlast the deadline is not begun, and the end of the
// context ends one: the server's own reason is told.
func TestBusyUntilTheEnd(t *testing.T) {
	server := newFakeHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "20")
		page{503, "too much"}.write(w)
	})
	var c clock
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := newClient(t, Config{URL: server.URL, Wait: c.wait}).Spans(ctx, testID, trace.Window{})
	if fmt.Sprint(err) != "jaeger: the server answered 503: too much" || len(c.waits) != 0 {
		t.Errorf("%v after %v", err, c.waits)
	}
	ctx, cancel = context.WithCancel(t.Context())
	begun := time.Now()
	_, err = newClient(t, Config{URL: server.URL, Wait: func(ctx context.Context, d time.Duration) error {
		cancel()
		return wait(ctx, d)
	}}).Spans(ctx, testID, trace.Window{})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "503") || time.Since(begun) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}

// An answer without an end is left, and said to be one.
func TestEndless(t *testing.T) {
	for name, begin := range map[string]string{"v3": `{"result":{"resourceSpans":[`, "legacy": `{"data":[`} {
		server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
			if name == "legacy" && strings.HasPrefix(r.URL.Path, "/api/v3") {
				http.NotFound(w, r)
				return
			}
			fmt.Fprint(w, begin)
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, strings.Repeat(" ", 1<<16)); err != nil {
					return
				}
			}
		})
		c := newClient(t, Config{URL: server.URL})
		c.servers[0].(*httpServer).most = 1 << 20
		wants(t, c, 0, "jaeger: the answer is larger than 1 GiB")
	}
}

func TestEndlessGRPC(t *testing.T) {
	for name, one := range map[string][]byte{getTraceV3: message(t, 1, 2, 3), "/jaeger.api_v2.QueryService/GetTrace": chunkV2(t, 1, 2, 3)} {
		f := newFakeGRPC(t, func(_ *fakeGRPC, method string, stream grpc.ServerStream) error {
			if method != name {
				return status.Error(codes.Unimplemented, "")
			}
			for stream.SendMsg(one) == nil { //nolint:revive // until the client leaves
			}
			return nil
		})
		c := newClient(t, Config{URL: f.url})
		c.servers[0].(*grpcServer).most = 1 << 16
		ev := wants(t, c, 3, "<nil>")
		if len(ev.Gaps) != 1 || ev.Gaps[0].Reason != "only 3 spans came: the answer is larger than 1 GiB" {
			t.Errorf("%s: %v", name, ev.Gaps)
		}
	}
}

// Texts of Go's own do not reach the user.
func TestPlainWords(t *testing.T) {
	server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v3") {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, `{"data":[{"spans":[`)
	})
	wants(t, newClient(t, Config{URL: server.URL}), 0, "jaeger: byte 19: the JSON ends too early")
}

func TestServersWords(t *testing.T) {
	for text, want := range map[string]string{
		`search failed: Post "http://es:9200/jaeger-span-2026-01-02%2Cjaeger-span-2026-01-01/_search": EOF`: `the server answered 500: search failed: Post "http://es:9200": EOF`,
		"a\n\x1b[31mred \u202e":   "the server answered 500: a ␛[31mred <U+202E>",
		strings.Repeat("x", 1000): "the server answered 500: " + strings.Repeat("x", longest) + "…",
		`"http`:                   `the server answered 500: "http`,
		"":                        "the server answered 500",
	} {
		if got := answered("500", text).Error(); got != want {
			t.Errorf("%q\nwant %q", got, want)
		}
	}
}
