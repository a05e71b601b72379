package jaeger

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/otrace/otrace/internal/trace"
)

// A notebook is a Memory that lasts as long as the test.
type notebook map[string]string

func (n notebook) Get(key string) ([]byte, bool) {
	value, ok := n[key]
	return []byte(value), ok
}

func (n notebook) Put(key string, value []byte) { n[key] = string(value) }

// The dialect is looked for once, also by later processes, under an address
// that holds no secret; and again when it is no longer spoken.
func TestMemory(t *testing.T) {
	var paths []string
	only := legacyPath
	server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		switch {
		case r.URL.Path != only:
			http.NotFound(w, r)
		case only == legacyPath:
			fmt.Fprint(w, legacyMessage(1))
		default:
			fmt.Fprint(w, jsonMessage(1))
		}
	})
	notes := notebook{}
	ask := func(want ...string) {
		t.Helper()
		paths = nil
		wants(t, newClient(t, Config{URL: strings.Replace(server.URL, "//", "//ann:s3cret@", 1), Memory: notes}), 1, "<nil>")
		if !slices.Equal(paths, want) {
			t.Errorf("asked for %v, want %v", paths, want)
		}
	}
	ask(v3Path, legacyPath)
	ask(legacyPath)
	only = v3Path
	ask(legacyPath, v3Path)
	ask(v3Path)
	if want := fmt.Sprint(map[string]string{"jaeger dialect " + server.URL: "HTTP api/v3"}); fmt.Sprint(map[string]string(notes)) != want {
		t.Errorf("%v, want %s", notes, want)
	}
	notes["jaeger dialect "+server.URL] = "\x00nonsense"
	ask(v3Path)
}

// That the better address was down just now is not worth remembering.
func TestMemoryOfAnOutage(t *testing.T) {
	l := listen(t)
	l.Close()
	notes := notebook{}
	c := newClient(t, Config{URL: "grpc://" + l.Addr().String(), Memory: notes})
	web := newFakeHTTP(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, jsonMessage(1)) })
	c.servers = append(c.servers, newClient(t, Config{URL: web.URL}).servers...)
	wants(t, c, 1, "<nil>")
	if len(notes) != 0 || c.known.name() != "HTTP api/v3" {
		t.Errorf("%v, %v", notes, c.known)
	}
}

// A trace's time is passed on, a day wider; without one, and with a wrong one,
// all time is asked for before "not found" is believed.
func TestWindows(t *testing.T) {
	at := trace.Window{From: epoch.UnixNano(), Until: epoch.Add(time.Second).UnixNano()}
	for _, tt := range []struct {
		path string
		at   trace.Window
		want string
	}{
		{v3Path, at, "end_time=2026-03-02T12:00:01Z start_time=2026-02-28T12:00:00Z; "},
		{v3Path, trace.Window{}, "; end_time=2026-03-02T12:00:00Z start_time=2025-12-01T12:00:00Z"},
		{legacyPath, at, "end=1772452801000000 start=1772280000000000; "},
		{legacyPath, trace.Window{From: at.From}, "start=1772280000000000; "},
	} {
		var asked []string
		server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == tt.path {
				asked = append(asked, windowIn(r.URL.Query()))
				page{404, notFoundV3}.write(w)
			} else {
				http.NotFound(w, r)
			}
		})
		c := newClient(t, Config{URL: server.URL, Now: func() time.Time { return epoch }})
		if _, err := c.Spans(t.Context(), testID, tt.at); fmt.Sprint(err) != notFound {
			t.Error(err)
		}
		if got := strings.Join(asked, "; "); got != tt.want {
			t.Errorf("%s asked for %q\nwant %q", tt.path, got, tt.want)
		}
	}
}

func windowIn(values url.Values) string {
	var list []string
	for name := range values {
		if strings.HasPrefix(name, "start") || strings.HasPrefix(name, "end") {
			list = append(list, name+"="+values.Get(name))
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// Health names the dialects, the clock and the version as far as they show.
func TestCheck(t *testing.T) {
	const uiWithVersion = `<script>const JAEGER_VERSION = {"gitCommit":"abc","gitVersion":"v2.13.0","buildDate":""};</script>`
	web := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", epoch.Add(time.Minute).Format(http.TimeFormat))
		switch r.URL.Path {
		case "/base/api/services":
			fmt.Fprint(w, `{"data":["b","a","b"],"errors":null}`)
		case "/base/":
			fmt.Fprint(w, uiWithVersion)
		default:
			http.NotFound(w, r)
		}
	})
	now := func() time.Time { return epoch }
	h, err := newClient(t, Config{URL: strings.Replace(web.URL, "//", "//ann:s3cret@", 1) + "/base", Now: now}).Check(t.Context())
	want := Health{
		Address: web.URL + "/base", Dialect: "HTTP api", Services: []string{"a", "b"}, Version: "v2.13.0", ClockAhead: time.Minute + time.Second/2, ClockKnown: true,
		Dialects: []DialectHealth{{"HTTP api/v3", false, "no API of Jaeger's at " + web.URL + "/base: its path may be another"}, {"HTTP api", true, ""}},
	}
	if err != nil || fmt.Sprintf("%+v", h) != fmt.Sprintf("%+v", want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, h, want)
	}

	f := newFakeGRPC(t, func(_ *fakeGRPC, method string, stream grpc.ServerStream) error {
		if method != getServicesV3 {
			return status.Error(codes.Unimplemented, "")
		}
		send(t, stream, appendText(appendText(nil, 1, "x"), 1, "ä"))
		return nil
	})
	h, err = newClient(t, Config{URL: f.url}).Check(t.Context())
	if err != nil || h.Dialect != "gRPC api_v3" || h.Address != f.url || !slices.Equal(h.Services, []string{"x", "ä"}) || h.ClockKnown || h.RoundTrip <= 0 || len(h.Dialects) != 2 {
		t.Errorf("%+v, %v", h, err)
	}

	shut := newFakeHTTP(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	host := shut.Listener.Addr().String()
	h, err = newClient(t, Config{URL: shut.URL, Token: "s3cret"}).Check(t.Context())
	if fmt.Sprint(err) != "jaeger: refused by "+host+" (401 Unauthorized)" || h.Dialect != "" || len(h.Dialects) != 2 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestClockAhead(t *testing.T) {
	for _, tt := range []struct {
		date      string
		roundTrip time.Duration
		want      time.Duration
		known     bool
	}{
		{"Sun, 01 Mar 2026 12:00:00 GMT", 0, 0, true},
		{"Sun, 01 Mar 2026 11:59:59 GMT", 0, 0, true},
		{"Sun, 01 Mar 2026 12:00:10 GMT", 0, 10500 * time.Millisecond, true},
		{"Sun, 01 Mar 2026 12:00:10 GMT", 2 * time.Second, 9500 * time.Millisecond, true},
		{"Sun, 01 Mar 2026 11:58:00 GMT", 0, -119500 * time.Millisecond, true},
		{"", 0, 0, false},
	} {
		got, known := clockAhead(http.Header{"Date": {tt.date}}, epoch, epoch.Add(tt.roundTrip))
		if got != tt.want || known != tt.known {
			t.Errorf("%s: %v %v, want %v", tt.date, got, known, tt.want)
		}
	}
}
