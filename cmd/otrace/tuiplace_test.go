package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
	"github.com/otrace/otrace/internal/tui"
)

// A screenTest is a place as the screen has it, without the screen.
type screenTest struct {
	*tuiPlace
	places *tuiPlaces
}

// placeFor opens a place in an environment.
func placeFor(t *testing.T, env map[string]string, where config.Settings, redacts redactFlags) screenTest {
	t.Helper()
	a := &app{ctx: t.Context(), err: t.Output(), getenv: func(name string) string { return env[name] }}
	opts := tuiOptions{redactFlags: redacts}
	opts.settings = settings{Settings: where}
	opts.groupBy, opts.maxTraces, opts.maxLogs = "cause", 2000, 5000
	places := &tuiPlaces{app: a, opts: &opts}
	t.Cleanup(places.close)
	p, err := places.open(t.Context(), opts.settings)
	if err != nil {
		t.Fatal(err)
	}
	return screenTest{p, places}
}

// servers answer every question to Jaeger and to Elasticsearch.
func servers(t *testing.T, jaeger, elastic http.Handler) map[string]string {
	t.Helper()
	j, e := httptest.NewServer(jaeger), httptest.NewServer(elastic)
	t.Cleanup(func() { j.CloseClientConnections(); e.CloseClientConnections(); j.Close(); e.Close() })
	return map[string]string{"OTRACE_JAEGER_URL": j.URL, "OTRACE_ELASTICSEARCH_URL": e.URL, "HOME": t.TempDir()}
}

const failingTrace = `{"result":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},"scopeSpans":[{"spans":[{"traceId":"00000000000000007a1c09e2f4b85d36","spanId":"00f067aa0ba902b7","kind":2,"name":"POST /orders","startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000250000000","status":{"code":2,"message":"card 4111111111111111 of jane@example.com was declined"},"attributes":[{"key":"error","value":{"boolValue":true}},{"key":"user.mail","value":{"stringValue":"jane@example.com"}}]}]}]}]}}`

const failingLog = `{"@timestamp":"2023-11-14T22:13:20.1Z","trace_id":"00000000000000007a1c09e2f4b85d36","level":"error","message":"no money on 4111111111111111, wrote to jane@example.com","service":"order"}`

// well are servers that have one trace, which failed, and its log.
func well(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"search": failingTrace, "00000000000000007a1c09e2f4b85d36": failingTrace, "services": `{"services":["order"]}`,
		"operations-order": `{"operations":[{"name":"POST /orders"}]}`, "logs": failingLog,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return servers(t, tracesIn(dir), errorLogsIn(filepath.Join(dir, "logs")))
}

// bundleOf keeps orders of each scenario.
func bundleOf(t *testing.T) string {
	t.Helper()
	cfg := orderservice.DefaultConfig()
	cfg.Orders, cfg.End, cfg.Over = 60, time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC), 3*time.Hour
	dir := t.TempDir()
	simulateBundle(t, cfg, dir)
	return dir
}

var (
	ofNovember = tui.Scope{Since: "2023-11-14T22:00:00Z", Until: "2023-11-14T23:00:00Z"}
	theFailing = trace.ID{Lo: 0x7a1c09e2f4b85d36}
)

// errorsOf asks for what fails, and fails the test when what comes early is
// told twice at a time, or when it is over.
func (p screenTest) errorsOf(ctx context.Context, t *testing.T, s tui.Scope) (*triage.Report, error) {
	t.Helper()
	var telling, over atomic.Bool
	r, _, err := p.Errors(ctx, s, func(r *triage.Report, _ []tui.Answer) {
		if !telling.CompareAndSwap(false, true) {
			t.Error("two early reports at the same time")
		}
		if over.Load() || len(r.Groups) == 0 || !r.Pending {
			t.Errorf("an early report of %d groups, after the last: %v", len(r.Groups), over.Load())
		}
		telling.Store(false)
	})
	over.Store(true)
	return r, err
}

// TestPlaceIsAskedAtOnce asks everything at the same time, some of it given up
// midway.
func TestPlaceIsAskedAtOnce(t *testing.T) {
	for name, at := range map[string]struct {
		place screenTest
		scope tui.Scope
	}{
		"servers":  {placeFor(t, well(t), config.Settings{}, redactFlags{redact: true}), ofNovember},
		"a bundle": {placeFor(t, nil, config.Settings{From: []string{bundleOf(t)}}, redactFlags{}), tui.Scope{}},
	} {
		t.Run(name, func(t *testing.T) {
			p := at.place
			first, err := p.errorsOf(t.Context(), t, at.scope)
			if err != nil || len(first.Groups) == 0 || len(first.Groups[0].Examples) == 0 {
				t.Fatalf("%+v, %v", first, err)
			}
			id := first.Groups[0].Examples[0].Trace
			var all sync.WaitGroup
			for k := range 9 {
				ctx, cancel := context.WithCancel(t.Context())
				if k%3 == 0 {
					time.AfterFunc(time.Duration(k)*100*time.Microsecond, cancel)
				}
				given := func(err error) {
					if err != nil && !errors.Is(err, context.Canceled) && ctx.Err() == nil {
						t.Error(err)
					}
				}
				all.Go(func() {
					defer cancel()
					r, err := p.errorsOf(ctx, t, at.scope)
					given(err)
					if err == nil && len(r.Groups) != len(first.Groups) {
						t.Errorf("%d groups, and %d at first", len(r.Groups), len(first.Groups))
					}
				})
				all.Go(func() { _, _, err := p.Trace(ctx, id); given(err) })
				all.Go(func() { _, _, err := p.Group(ctx, first, &first.Groups[0]); given(err) })
				all.Go(func() {
					w, err := p.Window(ctx, at.scope.Since, at.scope.Until)
					given(err)
					_, _, err = p.Find(ctx, trace.Query{Service: "order", Window: w, Limit: 10}, func(trace.Found, []tui.Answer) {})
					given(err)
				})
				all.Go(func() { p.Services(ctx); p.Operations(ctx, "order") })
			}
			all.Wait()
		})
	}
}

// TestPlaceKeepsSecrets asks servers that echo credentials, whatever they are
// asked.
func TestPlaceKeepsSecrets(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Elastic-Product", "Elasticsearch")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"error":{"type":"test","reason":"not %s"},"status":403}`, r.Header.Get("Authorization"))
	})
	env := servers(t, echo, echo)
	env["OTRACE_JAEGER_TOKEN"], env["OTRACE_ELASTICSEARCH_API_KEY"] = "s3cret-t0ken", "id:an0ther-s3cret"
	p := placeFor(t, env, config.Settings{}, redactFlags{})
	var told bytes.Buffer
	tell := func(value any, answers []tui.Answer, err error) {
		if err == nil {
			t.Error("nobody was refused")
		}
		fmt.Fprintf(&told, "%+v %v\n", value, err)
		for _, a := range answers {
			fmt.Fprintln(&told, a.Name, a.Err)
		}
	}
	ev, answers, err := p.Trace(t.Context(), theFailing)
	tell(ev, answers, err)
	found, answers, err := p.Find(t.Context(), trace.Query{Service: "order", Limit: 1}, nil)
	tell(found, answers, err)
	r, answers, err := p.Errors(t.Context(), tui.Scope{Since: "1h"}, func(*triage.Report, []tui.Answer) {})
	tell(r, answers, err)
	if !refused(err) {
		t.Errorf("%v is not known as a refusal", err)
	}
	own := &triage.Report{}
	g := &triage.Group{Kind: triage.LogOnly, Examples: []triage.Example{{Trace: theFailing}}}
	d, answers, err := p.Group(t.Context(), own, g)
	tell(d.Report.Gaps, answers, errors.Join(err, errors.New("which is a gap")))
	if len(d.Report.Gaps) == 0 || len(own.Gaps) > 0 {
		t.Errorf("gaps: %v; of the list: %v", d.Report.Gaps, own.Gaps)
	}
	if text := told.String(); !strings.Contains(text, "not ApiKey ***") || strings.Contains(text, "s3cret") || strings.Contains(text, "aWQ6YW4w") {
		t.Errorf("it told:\n%s", text)
	}
}

// TestPlaceEndsInTime asks servers that never answer.
func TestPlaceEndsInTime(t *testing.T) {
	never := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	p := placeFor(t, servers(t, never, never), config.Settings{}, redactFlags{})
	asks := map[string]func(context.Context) error{
		"a trace": func(ctx context.Context) error { _, _, err := p.Trace(ctx, theFailing); return err },
		"traces": func(ctx context.Context) error {
			_, _, err := p.Find(ctx, trace.Query{Service: "order", Limit: 1}, nil)
			return err
		},
		"errors": func(ctx context.Context) error { _, err := p.errorsOf(ctx, t, tui.Scope{Since: "1h"}); return err },
		"names": func(ctx context.Context) error {
			p.Services(ctx)
			p.Operations(ctx, "order")
			return errors.Join(ctx.Err(), errors.New("names have no errors"))
		},
		"a group": func(ctx context.Context) error {
			_, _, err := p.Group(ctx, &triage.Report{}, &triage.Group{Kind: triage.LogOnly, Examples: []triage.Example{{Trace: theFailing}}})
			return errors.Join(err, ctx.Err())
		},
	}
	for name, ask := range asks {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(20*time.Millisecond, cancel)
			start := time.Now()
			if err := ask(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("given up, it says %v", err)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("given up, it took %v", took)
			}
			p.settings.timeout, p.errors.timeout = 50*time.Millisecond, 50*time.Millisecond
			defer func() { p.settings.timeout, p.errors.timeout = defaultTimeout, defaultTimeout }()
			start = time.Now()
			if err := ask(t.Context()); err == nil && name != "a group" { // which has gaps
				t.Error("it had an answer")
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestPlaceOfABundle looks at a bundle from its newest record back.
func TestPlaceOfABundle(t *testing.T) {
	p := placeFor(t, nil, config.Settings{From: []string{bundleOf(t)}}, redactFlags{})
	held, err := p.from.Span(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.errorsOf(t.Context(), t, tui.Scope{})
	if err != nil || all.Calendar.Window.From != held.From || all.Calendar.Window.Until != held.Until {
		t.Errorf("all of it: %+v, %v; it holds %+v", all, err, held)
	}
	last, err := p.errorsOf(t.Context(), t, tui.Scope{Since: "1h"})
	if err != nil || last.Calendar.Window.From != held.Until-int64(time.Hour) || last.Failing >= all.Failing {
		t.Errorf("its last hour: %+v, %v", last, err)
	}
	before, err := p.errorsOf(t.Context(), t, tui.Scope{Until: "2025-01-01"})
	if err != nil || len(before.Groups) > 0 || !strings.Contains(strings.Join(before.Warnings, " "), "holds nothing of this window") {
		t.Errorf("before it: %+v, %v", before, err)
	}
	if after, err := p.errorsOf(t.Context(), t, tui.Scope{Since: "2027-01-01"}); after != nil || !strings.Contains(fmt.Sprint(err), "nothing has happened since") {
		t.Errorf("after it: %+v, %v", after, err)
	}
	if _, err := p.errorsOf(t.Context(), t, tui.Scope{Since: "yesterday-ish"}); !errors.As(err, new(usageError)) {
		t.Errorf("at no time: %v", err)
	}
	if w, err := p.Window(t.Context(), "1h", ""); err != nil || w.From != held.Until-int64(time.Hour) {
		t.Errorf("its last hour is %+v, %v", w, err)
	}
	if w, err := p.Window(t.Context(), "", ""); err != nil || !w.IsZero() {
		t.Errorf("all of it is %+v, %v", w, err)
	}
}

// TestPlaceRedacts takes secrets out of all that is told.
func TestPlaceRedacts(t *testing.T) {
	p := placeFor(t, well(t), config.Settings{}, redactFlags{redact: true, patterns: []string{"no (money)"}})
	var told bytes.Buffer
	ev, _, err := p.Trace(t.Context(), theFailing)
	if err != nil || len(ev.Logs) != 1 || len(ev.Spans) != 1 {
		t.Fatalf("%+v, %v", ev, err)
	}
	fmt.Fprintf(&told, "%+v %s", ev, ev.Logs[0].Document)
	if got := ev.Warnings[len(ev.Warnings)-1]; !strings.Contains(got, "redacted: 2 cards, 3 e-mail addresses, 1 pattern") {
		t.Errorf("it says %q", got)
	}
	found, _, err := p.Find(t.Context(), trace.Query{Service: "order", Limit: 1}, nil)
	fmt.Fprintf(&told, "%+v %v", found, err)
	r, err := p.errorsOf(t.Context(), t, ofNovember)
	if err != nil || len(r.Groups) == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	for i := range r.Groups {
		d, _, err := p.Group(t.Context(), r, &r.Groups[i])
		if err := errors.Join(err, render.ErrorGroup(&told, d, render.Style{}), render.ErrorGroupJSON(&told, d)); err != nil {
			t.Error(err)
		}
	}
	for _, secret := range []string{"411111", "jane", "money"} {
		if _, after, has := strings.Cut(told.String(), secret); has {
			t.Errorf("%s is told, before %.60q", secret, after)
		}
	}
	if !strings.Contains(told.String(), "[redacted:card]") || !strings.Contains(told.String(), "7a1c09e2f4b85d36") {
		t.Errorf("it told:\n%s", told.String())
	}
	path := filepath.Join(t.TempDir(), "kept")
	if err := p.places.save(path, ev); err != nil {
		t.Fatal(err)
	}
	if manifest, err := os.ReadFile(filepath.Join(path, "manifest.json")); err != nil || !strings.Contains(string(manifest), `"redacted"`) {
		t.Errorf("the bundle does not tell what was taken out: %s, %v", manifest, err)
	}
}

// TestPlaceHasSecretsOnce counts how often a command is asked for a secret, and
// does not take the time for it from every request.
func TestPlaceHasSecretsOnce(t *testing.T) {
	env := well(t)
	asked := filepath.Join(t.TempDir(), "asked")
	env["OTRACE_CONFIG"] = filepath.Join(t.TempDir(), "config.yaml")
	text := fmt.Sprintf("contexts:\n- name: prod\n  jaeger-token: {command: \"echo asked >>%s; echo s3cret-t0ken\"}\n", asked)
	if err := os.WriteFile(env["OTRACE_CONFIG"], []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := placeFor(t, env, config.Settings{Context: "prod"}, redactFlags{})
	if got := p.Services(t.Context()); len(got) != 1 || got[0] != "order" {
		t.Errorf("services: %v", got)
	}
	if got := p.Operations(t.Context(), "order"); len(got) != 1 {
		t.Errorf("operations: %v", got)
	}
	if times, err := os.ReadFile(asked); err != nil || string(times) != "asked\n" {
		t.Errorf("asked: %q, %v", times, err)
	}
	if p.settings.timeout != defaultTimeout || p.errors.timeout != defaultTimeout {
		t.Errorf("requests may take %v, and errors %v", p.settings.timeout, p.errors.timeout)
	}
}

// TestPlaceGoesOver uses another context, with what the command line says of
// time, and leaves all as it was when that fails.
func TestPlaceGoesOver(t *testing.T) {
	env := map[string]string{"HOME": t.TempDir(), "OTRACE_CONFIG": filepath.Join(t.TempDir(), "config.yaml")}
	dir := bundleOf(t)
	text := fmt.Sprintf("contexts:\n- name: kept\n  from: [%s]\n- name: gone\n  from: [%s-not]\n- name: open\n  insecure: true\n  jaeger: https://user:s3cret@jaeger.example/base\n", dir, dir)
	if err := os.WriteFile(env["OTRACE_CONFIG"], []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := placeFor(t, env, config.Settings{From: []string{dir}}, redactFlags{})
	p.places.opts.since = "30m"
	next, err := p.places.use(t.Context(), "kept", render.Style{JaegerUI: "https://elsewhere"})
	if err != nil || next.Style.JaegerUI != "" || next.Warning != "" {
		t.Fatalf("%+v, %v", next, err)
	}
	if at := p.places.list[1].src.Window; at.IsZero() {
		t.Error("--since does not hold in the next context")
	}
	for _, name := range []string{"gone", "nowhere"} {
		if next, err := p.places.use(t.Context(), name, render.Style{}); err == nil {
			t.Errorf("%s: %+v", name, next)
		}
	}
	open, err := p.places.use(t.Context(), "open", render.Style{})
	if err != nil || !strings.HasPrefix(open.Warning, "TLS certificates are not verified (insecure in context open") || open.Style.JaegerUI != "https://jaeger.example/base" {
		t.Errorf("%+v, %v", open, err)
	}
	if list := fmt.Sprint(p.app.tuiContexts()); !strings.Contains(list, "{kept from "+dir+" }") || strings.Contains(list, "s3cret") {
		t.Errorf("the contexts are told as %s", list)
	}
}
