package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/orderservice"
)

// An errorsDoc is what otrace errors -o json says, as far as these tests look.
type errorsDoc struct {
	Groups   []errorsGroup
	Expected []errorsGroup
	Partial  bool
	Gaps     []struct{ Source, Reason string }
}

type errorsGroup struct {
	ID             string
	Flag           string
	Kind           string
	Service        string
	Operation      string
	Class          string
	Traces         int
	Absorbed       int
	Logs           int
	BaselineTraces int      `json:"baseline_traces"`
	Examples       []string `json:"example_trace_ids"`
}

func (g errorsGroup) String() string {
	return fmt.Sprintf("%s %s: %s %s %s, %d traces (%d absorbed; before: %d), %d logs", g.Flag, g.Kind, g.Service, g.Operation, g.Class, g.Traces, g.Absorbed, g.BaselineTraces, g.Logs)
}

// errorsJSON runs otrace errors and returns its document.
func errorsJSON(t *testing.T, from place, args ...string) errorsDoc {
	t.Helper()
	var stdout, stderr bytes.Buffer
	all := slices.Concat([]string{"errors", "-o", "json", "--timeout", "2m"}, from.args, args)
	if code := run(t.Context(), all, nil, &stdout, &stderr, func(string) string { return "" }); code != exitOK {
		t.Fatalf("%s: %v: exit code %d: %s", from.name, args, code, stderr.String())
	}
	var doc errorsDoc
	if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil {
		t.Fatalf("%v: %s", err, stdout.String())
	}
	return doc
}

// An incident is a day of ordinary trouble and an hour in which some of it gets
// worse and something is new: phases of simulated traffic, each in a bundle of
// its own.
type incident struct {
	end    time.Time // of the hour
	phases []phase
}

type phase struct {
	name      string
	mix       orderservice.Mix
	orders    int
	end, over time.Duration // before the incident's end
	dir       string
	truth     map[string]map[string]bool // trace IDs by scenario
}

// theIncident has, in its last hour, four times the timeouts of the day before;
// and in its last ten minutes panics, of which there were none.
func theIncident(end time.Time) *incident {
	usual := orderservice.Mix{orderservice.OK: 60, orderservice.Declined: 20, orderservice.RetryStorm: 10, orderservice.Timeout: 6, orderservice.SlowDB: 4}
	worse := maps.Clone(usual)
	worse[orderservice.Timeout] *= 4
	return &incident{end: end, phases: []phase{
		{name: "the day before", mix: usual, orders: 24 * 50, end: time.Hour, over: 24 * time.Hour},
		{name: "the hour", mix: worse, orders: 50 + 9, over: time.Hour - time.Second},
		{name: "the last minutes", mix: orderservice.Mix{orderservice.Panic: 1}, orders: 8, over: 9 * time.Minute},
	}}
}

// play simulates the phases; feed says where they go beside their bundles.
func (in *incident) play(t *testing.T, seed uint64, feed func(*testing.T, orderservice.Config, string)) {
	t.Helper()
	for i := range in.phases {
		p := &in.phases[i]
		p.dir = t.TempDir()
		cfg := orderservice.DefaultConfig()
		cfg.Seed, cfg.Orders, cfg.Mix = seed+uint64(i), p.orders, p.mix
		cfg.End, cfg.Over = in.end.Add(-p.end), p.over
		cfg.Skew = map[string]time.Duration{"payment": 180 * time.Millisecond, "inventory": -95 * time.Millisecond}
		feed(t, cfg, p.dir)
		p.truth = map[string]map[string]bool{}
		eachLine(t, filepath.Join(p.dir, "truth.ndjson"), func(line []byte) {
			if !bytes.Contains(line, []byte(`"gateway"`)) {
				return // decoding all takes long
			}
			var truth orderservice.Truth
			if err := json.Unmarshal(line, &truth); err != nil {
				t.Fatal(err)
			}
			if truth.Kind != "span" || truth.Service != "gateway" { // which stands in every order's own trace
				return
			}
			if p.truth[truth.Scenario] == nil {
				p.truth[truth.Scenario] = map[string]bool{}
			}
			p.truth[truth.Scenario][truth.TraceID] = true
		})
	}
}

// window is the flags for the incident's hour.
func (in *incident) window() []string {
	const layout = "2006-01-02T15:04:05.000Z"
	return []string{"--since", in.end.Add(-time.Hour).UTC().Format(layout), "--until", in.end.UTC().Format(layout)}
}

// bundle is the place that holds all phases.
func (in *incident) bundle() place {
	var from []string
	for _, p := range in.phases {
		from = append(from, "--from", p.dir)
	}
	return place{"bundle", from}
}

// simulateBundle plays orders into a bundle alone.
func simulateBundle(t *testing.T, cfg orderservice.Config, dir string) {
	t.Helper()
	b, err := orderservice.NewBundle(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := orderservice.Simulate(t.Context(), cfg, b); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// check wants each cause to be one group with the right root, in its place, and
// nothing beside them.
func (in *incident) check(t *testing.T, doc errorsDoc) {
	t.Helper()
	hour, minutes := in.phases[1].truth, in.phases[2].truth
	want := []struct {
		service, operation, class, flag string
		traces                          map[string]bool
		more                            bool // other scenarios' traces, too, and these only absorbed
	}{
		{"payment", "processPayment", "runtime.errorString", "new", minutes[orderservice.Panic], false},
		{"inventory", "POST /reservations", "slow", "rising", hour[orderservice.Timeout], false},
		{"payment", "POST api.psp.example/v1/charges", "503", "steady", hour[orderservice.RetryStorm], true},
	}
	if len(doc.Groups) != len(want) {
		t.Errorf("%d causes, want %d", len(doc.Groups), len(want))
	}
	for i, w := range want {
		if i >= len(doc.Groups) {
			break
		}
		g := doc.Groups[i]
		if g.Service != w.service || g.Operation != w.operation || g.Class != w.class || g.Flag != w.flag {
			t.Errorf("cause %d: %v; want %s: %s %s %s", i+1, g, w.flag, w.service, w.operation, w.class)
		}
		if n := len(w.traces); g.Traces != n && !w.more || g.Traces < n {
			t.Errorf("cause %d: %v; the truth has %d traces", i+1, g, n)
		}
		for _, id := range g.Examples {
			if !w.traces[id] && !w.more {
				t.Errorf("cause %d: example %s is none of its traces", i+1, id)
			}
		}
	}
	if len(doc.Expected) != 1 || doc.Expected[0].Service != "payment" || doc.Expected[0].Class != "402" || doc.Expected[0].Traces != len(hour[orderservice.Declined]) {
		t.Errorf("expected: %v; want the %d declined cards", doc.Expected, len(hour[orderservice.Declined]))
	}
	if doc.Partial || t.Failed() {
		for i, g := range doc.Groups {
			t.Logf("%d. %v", i+1, g)
		}
		t.Logf("expected %v; partial %v: %v", doc.Expected, doc.Partial, doc.Gaps)
	}
}

// TestErrorsFindsTheCausesOfAnIncident is triage on the real servers, in every
// pair of dialect and version.
func TestErrorsFindsTheCausesOfAnIncident(t *testing.T) {
	places := serverPlaces(t)
	// A time of its own: other tests feed the same services.
	seed := uint64(time.Now().UnixNano())
	in := theIncident(time.Now().Add(-time.Duration(20+seed%60) * 26 * time.Hour).Truncate(time.Minute))
	in.play(t, seed, feedServers)
	for _, place := range places {
		t.Run(place.name, func(t *testing.T) { in.check(t, errorsJSON(t, place, in.window()...)) }) // in turn: its patience is a time
	}
}

// TestErrorsFindsTheCausesInABundle is the same without any server.
func TestErrorsFindsTheCausesInABundle(t *testing.T) {
	t.Parallel()
	in := theIncident(time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC))
	in.play(t, 2, simulateBundle)
	in.check(t, errorsJSON(t, in.bundle(), in.window()...))
	slow := errorsJSON(t, in.bundle(), append(in.window(), "--service", "inventory")...).Groups
	if len(slow) != 1 || slow[0].Class != "slow" || slow[0].Flag != "rising" || slow[0].Traces != len(in.phases[1].truth[orderservice.Timeout]) {
		t.Errorf("of inventory alone: %v", slow)
	}
}

// TestErrorsShowOpensWhatWasListed opens each group of a list by its number, and
// the first by its ID.
func TestErrorsShowOpensWhatWasListed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := orderservice.DefaultConfig()
	cfg.Orders, cfg.End = 60, time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	simulateBundle(t, cfg, dir)
	home := t.TempDir()
	getenv := func(name string) string { return map[string]string{"HOME": home}[name] }
	var list, group, stderr bytes.Buffer
	if code := run(t.Context(), []string{"errors", "-o", "json", "--from", dir}, nil, &list, &stderr, getenv); code != exitOK {
		t.Fatal(stderr.String())
	}
	var doc errorsDoc
	if err := json.Unmarshal(list.Bytes(), &doc); err != nil || len(doc.Groups) == 0 {
		t.Fatalf("%v: %s", err, list.String())
	}
	for i, g := range slices.Concat(doc.Groups, doc.Expected) {
		names := []string{fmt.Sprint(i + 1)}
		if i == 0 {
			names = append(names, g.ID, strings.ToUpper(g.ID))
		}
		for _, name := range names {
			group.Reset()
			if code := run(t.Context(), []string{"errors", "show", name, "-o", "json", "--from", dir}, nil, &group, &stderr, getenv); code != exitOK {
				t.Fatal(stderr.String())
			}
			var one struct{ Group errorsGroup }
			if err := json.Unmarshal(group.Bytes(), &one); err != nil || one.Group.String() != g.String() {
				t.Errorf("%s opens %v, not %v: %v", name, one.Group, g, err)
			}
		}
	}
}
