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

	"github.com/otrace/otrace/internal/trace"
)

const (
	v3Path     = "/api/v3/traces/00000000000000007a1c09e2f4b85d36"
	legacyPath = "/api/traces/00000000000000007a1c09e2f4b85d36"
	notFoundV3 = `{"error":{"httpCode":404,"message":"No traces found"}}`
	notFound   = "jaeger: trace 00000000000000007a1c09e2f4b85d36: not found"
	uiPage     = "\n<!DOCTYPE html><title>Jaeger UI</title>"
)

// page answers with a status and a body.
type page struct {
	status int
	body   string
}

func (p page) write(w http.ResponseWriter) {
	w.WriteHeader(p.status)
	fmt.Fprint(w, p.body)
}

// Each server in the field answers what it does not know in its own way.
func TestHTTPAnswers(t *testing.T) {
	for _, tt := range []struct {
		name       string
		v3, legacy page
		spans      int
		want       string // HOST stands for the server's address
		is         error
	}{
		{"v3", page{200, jsonMessage(1, 2)}, page{}, 2, "<nil>", nil},
		{"v3 in several objects", page{200, jsonMessage(1) + "\n" + jsonMessage(2)}, page{}, 2, "<nil>", nil},
		{"v3 has no such trace", page{404, notFoundV3}, page{}, 0, notFound, trace.ErrNotFound},
		{"v3 of 2023 has no such trace", page{404, `{"code":5,"message":"trace not found","details":[]}`}, page{}, 0, notFound, trace.ErrNotFound},
		{"v3 is empty", page{200, `{"result":{"resourceSpans":[]}}`}, page{}, 0, notFound, trace.ErrNotFound},
		{"v3 answers 500 for no such trace", page{500, `{"error":{"httpCode":500,"message":"trace not found"}}`}, page{}, 0, notFound, trace.ErrNotFound},
		{"only legacy, by 404", page{404, "404 page not found\n"}, page{200, legacyMessage(1, 2, 3)}, 3, "<nil>", nil},
		{"only legacy, by the UI's page", page{200, uiPage}, page{200, legacyMessage(1)}, 1, "<nil>", nil},
		{"legacy has no such trace", page{404, "404 page not found"}, page{404, `{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}`}, 0, notFound, trace.ErrNotFound},
		{"legacy with 200 for no such trace", page{404, ""}, page{200, `{"data":[],"total":0,"errors":[{"code":404,"msg":"trace not found"}]}`}, 0, notFound, trace.ErrNotFound},
		{"legacy's empty data", page{404, ""}, page{200, `{"data":[]}`}, 0, notFound, trace.ErrNotFound},
		{"legacy's error with 200", page{404, ""}, page{200, `{"data":null,"errors":[{"code":500,"msg":"no shard"}]}`}, 0, "jaeger: the server answered 500: no shard", nil},
		{"storage's error", page{500, `{"error":{"httpCode":500,"message":"stream error: rpc error: code = ResourceExhausted desc = grpc: received message larger than max"}}`}, page{}, 0, "jaeger: the server answered 500: stream error: rpc error: code = ResourceExhausted desc = grpc: received message larger than max", nil},
		{"a gateway's error", page{502, "<html>Bad Gateway</html>"}, page{}, 0, "jaeger: the server answered 502", nil},
		{"not let in", page{401, "token expired"}, page{}, 0, "jaeger: refused by HOST (401 Unauthorized: token expired)", trace.ErrRefused},
		{"forbidden", page{403, "<html>"}, page{}, 0, "jaeger: refused by HOST (403 Forbidden)", trace.ErrRefused},
		{"no Jaeger at all", page{200, uiPage}, page{200, uiPage}, 0, "jaeger: no API of Jaeger's at http://HOST: its path may be another", errNoDialect},
		{"another service", page{200, `{"status":"ok"}`}, page{200, `{"status":"ok"}`}, 0, "jaeger: no API of Jaeger's at http://HOST: its path may be another", errNoDialect},
		{"a gateway's JSON 404", page{404, `{"message":"no Route matched with those values"}`}, page{404, `{"message":"no Route matched with those values"}`}, 0, "jaeger: no API of Jaeger's at http://HOST: its path may be another", errNoDialect},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == v3Path && r.URL.Query().Get("raw_traces") == "true":
					tt.v3.write(w)
				case r.URL.Path == legacyPath && r.URL.Query().Get("raw") == "true":
					tt.legacy.write(w)
				default:
					t.Errorf("asked for %s", r.URL)
				}
			})
			c := newClient(t, Config{URL: server.URL})
			wants(t, c, tt.spans, strings.ReplaceAll(tt.want, "HOST", server.Listener.Addr().String()))
			if _, err := c.Spans(t.Context(), testID, trace.Window{}); tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
		})
	}
}

// The dialect that was found is not looked for again.
func TestHTTPRemembers(t *testing.T) {
	var paths []string
	server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		if r.URL.Path != "/base/path"+legacyPath {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, legacyMessage(1))
	})
	c := newClient(t, Config{URL: server.URL + "/base/path/"})
	wants(t, c, 1, "<nil>")
	wants(t, c, 1, "<nil>")
	if want := []string{"/base/path" + v3Path, "/base/path" + legacyPath, "/base/path" + legacyPath}; !slices.Equal(paths, want) {
		t.Errorf("asked for %v", paths)
	}
}

// Fault 16 over HTTP: a body that breaks off is asked for again, once.
func TestHTTPCut(t *testing.T) {
	for _, tt := range []struct {
		path, body string
		cut        int
		whole      int32 // the call that is not cut
		spans      int
		gap        string
	}{
		{v3Path, jsonMessage(1, 2, 3), 270, 2, 3, ""},
		{v3Path, jsonMessage(1, 2, 3), 270, 99, 2, "only 2 spans came: the connection to HOST broke"},
		{legacyPath, legacyMessage(1, 2, 3), 270, 2, 3, ""},
		{legacyPath, legacyMessage(1, 2, 3), 270, 99, 1, "only 1 span came: the connection to HOST broke"},
	} {
		var calls atomic.Int32
		server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != tt.path {
				http.NotFound(w, r)
				return
			}
			if calls.Add(1) == tt.whole {
				fmt.Fprint(w, tt.body)
				return
			}
			w.Header().Set("Content-Length", fmt.Sprint(len(tt.body)))
			fmt.Fprint(w, tt.body[:tt.cut])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		ev := wants(t, newClient(t, Config{URL: server.URL}), tt.spans, "<nil>")
		gap := ""
		for _, g := range ev.Gaps {
			gap += g.Reason
		}
		if want := strings.ReplaceAll(tt.gap, "HOST", server.Listener.Addr().String()); gap != want || calls.Load() != 2 {
			t.Errorf("gap %q, want %q; %d calls", gap, want, calls.Load())
		}
	}
}

// Fault 13: a server that never answers, and one that stops within its answer.
func TestHTTPHangs(t *testing.T) {
	for _, begin := range []string{"", `{"result":`, `{"data":[{"spans":[`} {
		server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
			if begin != "" {
				fmt.Fprint(w, begin)
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
		})
		err := promptly(t, newClient(t, Config{URL: server.URL}))
		if want := "jaeger: no answer from " + server.Listener.Addr().String() + " in time"; fmt.Sprint(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A server's own reason outranks the deadline's.
func TestHTTPReasonOutranksDeadline(t *testing.T) {
	server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "no shard is up")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	_, err := newClient(t, Config{URL: server.URL}).Spans(ctx, testID, trace.Window{})
	if want := "jaeger: the server answered 500: no shard is up"; fmt.Sprint(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// Credentials and the tenant stay with the server that they are for.
func TestHTTPRedirects(t *testing.T) {
	var leaked atomic.Bool
	other := newFakeHTTP(t, func(http.ResponseWriter, *http.Request) { leaked.Store(true) })
	server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/away"):
			http.Redirect(w, r, other.URL+"/login?secret=x", http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/moved"):
			http.Redirect(w, r, strings.Replace(r.URL.String(), "/moved", "/new", 1), http.StatusMovedPermanently)
		case r.Header.Get("X-Tenant") != "acme" || r.Header.Get("Authorization") != "Bearer t0ken":
			t.Errorf("headers %v", r.Header)
		default:
			fmt.Fprint(w, jsonMessage(1))
		}
	})
	config := func(path string) Config {
		return Config{URL: server.URL + path, Token: "t0ken", Headers: map[string]string{"x-tenant": "acme"}}
	}
	wants(t, newClient(t, config("/moved")), 1, "<nil>")
	wants(t, newClient(t, config("/away")), 0, fmt.Sprintf("jaeger: %s redirects to %s: not followed, because credentials must not go there", server.Listener.Addr(), other.URL))
	if leaked.Load() {
		t.Error("the other server was asked")
	}
}

func TestHTTPBasicAuth(t *testing.T) {
	server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "ann" || password != "p@ss" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, jsonMessage(1))
	})
	wants(t, newClient(t, Config{URL: strings.Replace(server.URL, "//", "//ann:p%40ss@", 1)}), 1, "<nil>")
}

func TestRemarks(t *testing.T) {
	body := strings.Replace(jsonMessage(1, 2), `"name":"op"`, `"name":"op","attributes":[{"key":"@jaeger@warnings","value":{"arrayValue":{"values":[{"stringValue":"Trace truncated: only first 2 spans loaded"},{"stringValue":"This span's timestamps were adjusted by 1.5s"}]}}}]`, 1)
	server := newFakeHTTP(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
	ev := wants(t, newClient(t, Config{URL: server.URL}), 2, "<nil>")
	if len(ev.Gaps) != 1 || ev.Gaps[0].Reason != "Trace truncated: only first 2 spans loaded" {
		t.Errorf("gaps %v", ev.Gaps)
	}
	if len(ev.Warnings) != 1 || !strings.Contains(ev.Warnings[0], "adjusted the times of 1 span") {
		t.Errorf("warnings %q", ev.Warnings)
	}
}
