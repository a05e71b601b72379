package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

var saveTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func options() SaveOptions { return SaveOptions{Now: saveTime, By: "otrace test"} }

func save(t testing.TB, path string, evidence ...*trace.Evidence) {
	t.Helper()
	if err := Save(path, options(), evidence...); err != nil {
		t.Fatal(err)
	}
}

func reopened(t testing.TB, path string, id trace.ID) trace.Evidence {
	t.Helper()
	b := open(t, path)
	defer b.Close()
	ev, ok, err := b.Saved(t.Context(), id)
	if err != nil || !ok {
		t.Fatalf("saved: %v, %v", ok, err)
	}
	return ev
}

// difference compares all that evidence says; nothing is nothing, nil or empty.
func difference(want, got *trace.Evidence) string {
	if slices.EqualFunc(want.Spans, got.Spans, func(a, b trace.Span) bool { return sameSpan(&a, &b) }) {
		few, more := *want, *got
		few.Spans, more.Spans = nil, nil // they are many, and were compared
		want, got = &few, &more
	}
	several := func(a, b []byte) bool { return len(a)+len(b) > 0 }
	return cmp.Diff(want, got, cmp.FilterValues(several, cmp.Comparer(bytes.Equal)), cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty())
}

// drawn is the evidence as otrace show prints it, in every format.
func drawn(t testing.TB, ev *trace.Evidence) string {
	t.Helper()
	var out bytes.Buffer
	tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
	for _, err := range []error{
		render.Tree(&out, tl, render.Style{Width: 120}), render.JSON(&out, tl), render.NDJSON(&out, tl),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// incident is evidence as servers gave it: a span and its log, a second shard
// that failed, a linked trace.
func incident(t testing.TB) *trace.Evidence {
	t.Helper()
	main, other := id(t, "7A1C09"), id(t, hexID2)
	spans := []trace.Span{
		{
			Trace: id(t, main.String()), ID: 1, Operation: "POST /orders", Kind: trace.KindServer, Start: 1_767_323_045_000_000_001, Duration: 5e6,
			Status: trace.StatusError, StatusMessage: "declined", Scope: "net/http", Warnings: []string{"odd", "[twice]"},
			Attributes: []trace.Attribute{{Key: "n", Value: trace.Int(math.MinInt64)}, {Key: "n", Value: trace.Double(math.Inf(-1))}, {Key: "list", Value: trace.JSON(`["a",1,2.5,{"k":null}]`)}},
			Resource:   trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String("order")}}),
			Events:     []trace.Event{{Name: "exception", Time: 1_767_323_045_000_000_002, Attributes: []trace.Attribute{{Key: "b", Value: trace.Bytes([]byte{0, 255})}}}},
			Links:      []trace.Link{{Trace: id(t, other.String()), Span: 7}},
		},
		{Trace: id(t, main.String()), Parent: 1, Operation: "no ID", Clamped: true, Start: 1_767_323_045_000_000_900, Resource: trace.NewResource(nil)},
		{Trace: id(t, other.String()), ID: 7, Operation: "notify", Start: 1_767_323_046_000_000_000, Duration: 10, Resource: trace.NewResource(nil), Adjusted: true},
	}
	p := logdoc.NewParser(logdoc.NewMatcher(main))
	in, _ := p.Parse([]byte(`{"@timestamp":"2026-01-02T03:04:05.5Z","trace_id":"`+main.String()+`","level":"ERR","message":"card declined","nested":{"deep":[1.0,1e5,"é"]}}`), "logs-1", "a")
	text, _ := p.Parse([]byte(`{"@timestamp":"2026-01-02T03:04:05.6Z","message":"see `+main.String()+` for more"}`), "logs-2", "b")
	damaged, _ := p.Parse([]byte(`{"trace_id":"`+main.String()+`", "cut`), "logs-2", "c")
	plain, _ := p.Parse([]byte("{\n  \"trace_id\": \""+main.String()+"\"\n}"), "", "")
	logs := []trace.Log{in, text, damaged, plain}
	for i := range logs {
		logs[i].Trace = &main
	}
	logs[1].Trace = &other
	return &trace.Evidence{
		ID: main, Spans: spans, Logs: logs,
		Gaps:     []trace.Gap{{Source: "jaeger", Reason: "connection refused"}, {Source: "elasticsearch", Reason: "1 of 5 shards failed", Partial: true, Refused: true}},
		Warnings: []string{"the field trace.id is text"},
		Searched: trace.Searched{Indices: []string{"logs-*"}, Fields: []string{"trace.id", "traceId"}},
		Linked:   []trace.LinkedTrace{{ID: other, Why: "linked to by POST /orders", Spans: 1, Logs: 1}},
	}
}

// What is shown of a saved incident is what was shown of the live one.
func TestSavedIsTheSame(t *testing.T) {
	ev := incident(t)
	want := drawn(t, ev)
	for _, name := range []string{"incident-42", "incident-42.tar.gz", "Incident.TGZ", "incident.zip"} {
		path := filepath.Join(t.TempDir(), name)
		save(t, path, ev)
		got := reopened(t, path, id(t, ev.ID.String()))
		if d := difference(ev, &got); d != "" {
			t.Errorf("%s: (-saved +opened)\n%s", name, d)
		}
		if text := drawn(t, &got); text != want {
			t.Errorf("%s: shown otherwise:\n%s", name, cmp.Diff(want, text))
		}
		again := filepath.Join(t.TempDir(), name)
		save(t, again, &got)
		if third := reopened(t, again, ev.ID); difference(ev, &third) != "" {
			t.Errorf("%s: saved again, it is otherwise", name)
		}
	}
}

// The plain formats say as much as they can, to any reader.
func TestSavedAsPlainExports(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	ev := incident(t)
	save(t, dir, ev)
	text, err := os.ReadFile(filepath.Join(dir, logsFile))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var hit struct {
			Index  string          `json:"_index"`
			ID     string          `json:"_id"`
			Source json.RawMessage `json:"_source"`
		}
		if err := json.Unmarshal([]byte(line), &hit); err != nil || hit.Index != ev.Logs[i].Index || hit.ID != ev.Logs[i].DocID {
			t.Errorf("%v: %s", err, line)
		}
		if i < 3 && !bytes.Equal(hit.Source, ev.Logs[i].Document) {
			t.Errorf("%s is saved as %s", ev.Logs[i].Document, hit.Source)
		}
	}
	if err := os.Remove(filepath.Join(dir, manifestFile)); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir)
	spans, err := b.Spans(t.Context(), ev.ID, trace.Window{})
	if err != nil || len(spans.Spans) != 2 || !spans.Spans[1].Clamped {
		t.Errorf("%v: %+v", err, spans.Spans)
	}
	logs, err := b.Logs(t.Context(), ev.ID, nil)
	if err != nil || len(logs.Logs) != 4 {
		t.Errorf("%v: %+v", err, logs.Logs)
	}
	if _, ok, err := b.Saved(t.Context(), ev.ID); ok || err != nil {
		t.Errorf("saved without a manifest: %v, %v", ok, err)
	}
}

// Whatever evidence says, it says it again after it was saved.
func TestSavedProperty(t *testing.T) {
	dir := t.TempDir()
	for seed := range uint64(200) {
		ev := randomEvidence(rand.New(rand.NewPCG(seed, 1)))
		path := filepath.Join(dir, fmt.Sprint(seed))
		save(t, path, ev)
		b := open(t, path)
		got, ok, err := b.Saved(t.Context(), ev.ID)
		if err != nil || !ok {
			t.Fatalf("seed %d: %v, %v", seed, ok, err)
		}
		if d := difference(ev, &got); d != "" {
			t.Fatalf("seed %d: (-saved +opened)\n%s", seed, d)
		}
		if a, b := drawn(t, ev), drawn(t, &got); a != b {
			t.Fatalf("seed %d: shown otherwise:\n%s", seed, cmp.Diff(a, b))
		}
	}
}

var hostileTexts = []string{
	"", "order", "a\xffb", "\x00", "\x1b[31m", "line\nbreak\r", `"},"otrace":{"case":1}}`, `{"_source":{}}`, "\u202e", "\ufeff", "日本", "\U0001f600", `\u0041`,
	"error", "span.kind", "client", "otel.status_code", jaegerWarnings, "service.name", "host.name", "This span's timestamps were adjusted by 5ms",
	"This span's timestamps were adjusted by magic", "[1,2]", strings.Repeat("x", 5000),
}

var hostileDocuments = []string{
	`{"message":"m","trace_id":"c0ffee00c0ffee00c0ffee00c0ffee01"}`, "{\n\t\"a\" : 1\r\n}", `{"cut`, "", "null", `"text"`, `[1,2]`, "\xff\xfe", `{"a":"` + "\xff" + `"}`,
	`{"otrace":{"case":3,"again":true}}`, `{"_source":{"a":1},"otrace":{"again":true}}`, `{"a":1,"a":2}`, strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000),
	`{"level":"error","@timestamp":"2026-01-02T03:04:05Z","span_id":"00000000000000ff","message":"c0ffee00c0ffee00c0ffee00c0ffee01"}`, ` {"a":1} `,
}

func randomEvidence(r *rand.Rand) *trace.Evidence {
	ids := []trace.ID{{Hi: 1, Lo: 2}, {Lo: 0xdecaf}, {Hi: 0xc0ffee00c0ffee00, Lo: 0xc0ffee00c0ffee01}}
	for _, typed := range []string{"2a", "002A", "0000000decaf", "order-ORD-17", "日本日本日本日本", "c0ffee00-c0ff-ee00-c0ff-ee00c0ffee01"} {
		parsed, err := trace.ParseID(typed)
		if err != nil {
			panic(err)
		}
		ids = append(ids, parsed)
	}
	r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	g := generator{r, ids}
	ev := &trace.Evidence{ID: ids[0], NoTrace: r.IntN(2) == 0, Warnings: g.texts(), Searched: trace.Searched{Indices: g.texts(), Fields: g.texts()}}
	for range r.IntN(3) {
		ev.Gaps = append(ev.Gaps, trace.Gap{Source: g.text(), Reason: g.text(), Partial: r.IntN(2) == 0, Refused: r.IntN(2) == 0})
	}
	for i := range r.IntN(3) {
		ev.Linked = append(ev.Linked, trace.LinkedTrace{ID: ids[i+1], Why: g.text(), Spans: r.IntN(9), Logs: r.IntN(9)})
	}
	resources := []*trace.Resource{trace.NewResource(nil), trace.NewResource(g.attributes()), {Origin: g.origin(), Attributes: g.attributes()}}
	for range 1 + r.IntN(300)/(1+r.IntN(100)) {
		ev.Spans = append(ev.Spans, g.span(resources[r.IntN(3)]))
		if r.IntN(4) == 0 {
			ev.Spans = append(ev.Spans, ev.Spans[r.IntN(len(ev.Spans))])
		}
	}
	for range r.IntN(12) {
		ev.Logs = append(ev.Logs, g.log(ev))
	}
	return ev
}

type generator struct {
	*rand.Rand
	ids []trace.ID
}

func (g generator) text() string { return hostileTexts[g.IntN(len(hostileTexts))] }

func (g generator) texts() (list []string) {
	for range g.IntN(3) {
		list = append(list, g.text())
	}
	return list
}

func (g generator) origin() trace.Origin {
	return trace.Origin{Service: g.text(), Process: g.text(), Pod: g.text(), Host: g.text()}
}

func (g generator) number() int64 {
	return []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1_767_323_045_000_000_001, 1_767_323_045_000_000_901, int64(g.Uint64())}[g.IntN(8)]
}

func (g generator) attributes() (attrs []trace.Attribute) {
	for range g.IntN(4) {
		json := []string{`[1,"a",null,true,{"k":[2.5]}]`, `{"k":1,"k":2}`, `[1.0,1e3]`, strings.Repeat("[", 200) + strings.Repeat("]", 200), `"\u0041"`, "[ 1 ]", `["` + "\xff" + `"]`}
		values := []trace.Value{
			{},
			trace.String(g.text()), trace.Int(g.number()), trace.Bool(true), trace.Bool(false), trace.Double(math.Float64frombits(g.Uint64())),
			trace.Double(math.NaN()), trace.Double(math.Copysign(0, -1)), trace.Bytes([]byte(g.text())), trace.JSON(json[g.IntN(len(json))]),
		}
		attrs = append(attrs, trace.Attribute{Key: g.text(), Value: values[g.IntN(len(values))]})
	}
	return attrs
}

func (g generator) span(resource *trace.Resource) trace.Span {
	s := trace.Span{
		Trace: g.ids[g.IntN(2)], ID: trace.SpanID(g.IntN(6)), Parent: trace.SpanID(g.IntN(3)), Operation: g.text(),
		Kind: trace.Kind(g.IntN(6)), Status: trace.Status(g.IntN(3)), Adjusted: g.IntN(5) == 0, StatusMessage: g.text(), Scope: g.text(),
		Resource: resource, Attributes: g.attributes(), Warnings: g.texts(),
	}
	s.SetTimes(g.number(), g.number())
	for range g.IntN(3) {
		s.Events = append(s.Events, trace.Event{Name: g.text(), Time: g.number(), Attributes: g.attributes()})
		s.Links = append(s.Links, trace.Link{Trace: g.ids[g.IntN(len(g.ids))], Span: trace.SpanID(g.IntN(3)), Attributes: g.attributes()})
	}
	return s
}

func (g generator) log(ev *trace.Evidence) trace.Log {
	doc := []byte(hostileDocuments[g.IntN(len(hostileDocuments))])
	l := logdoc.Parse(doc, g.text(), g.text())
	if g.IntN(3) == 0 {
		l = trace.Log{
			Time: g.number(), Origin: g.origin(), Level: trace.Level(g.IntN(7)), LevelRaw: g.text(), Message: g.text(), Span: trace.SpanID(g.IntN(4)),
			Template: g.text(), Document: l.Document, Index: g.text(), DocID: g.text(), Match: trace.Match(g.IntN(2)), Damaged: g.IntN(2) == 0,
		}
	}
	switch g.IntN(4) {
	case 0:
		l.Trace = &ev.ID
	case 1:
		l.Trace = &g.ids[g.IntN(len(g.ids))]
	}
	return l
}

// Several IDs are one bundle. What they share is told of each, and counted once.
func TestSeveralSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "two")
	first, second := incident(t), incident(t)
	second.ID, second.Linked, second.Gaps = id(t, hexID2), nil, nil
	save(t, dir, first, second, first)
	b := open(t, dir)
	if got := fmt.Sprint(b.Cases()); got != fmt.Sprint([]trace.ID{first.ID, second.ID}) {
		t.Error(got)
	}
	for i, want := range []*trace.Evidence{first, second} {
		got, ok, err := b.Saved(t.Context(), want.ID)
		if d := difference(want, &got); err != nil || !ok || d != "" {
			t.Errorf("%d: %v, %v\n%s", i, ok, err, d)
		}
	}
	list, err := b.Traces(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%v: %+v", err, list)
	}
	for _, s := range list {
		if want := map[trace.ID]int{id(t, first.ID.String()): 2, second.ID: 1}[s.ID]; s.Spans != want {
			t.Errorf("%s has %d spans, want %d", s.ID, s.Spans, want)
		}
	}
}

// A bundle that was changed by hand is read as the folder that it is, and one
// that lost something says so.
func TestChangedBundle(t *testing.T) {
	ev := incident(t)
	dir := filepath.Join(t.TempDir(), "b")
	save(t, dir, ev)
	path := filepath.Join(dir, logsFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(lines string) {
		if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(string(text[:len(text)-20]))
	if got := reopened(t, dir, ev.ID); len(got.Logs) != 3 || got.Gaps[len(got.Gaps)-1].Reason != "logs.ndjson: 1 of the 4 logs that were saved are not in it" {
		t.Errorf("%d logs, %v", len(got.Logs), got.Gaps)
	}
	write(string(text) + hit("z", ev.ID.String(), "added") + "\n")
	if _, ok, err := open(t, dir).Saved(t.Context(), ev.ID); ok || err != nil {
		t.Errorf("with a log that was added: %v, %v", ok, err)
	}
	both := open(t, dir, "testdata/api_traces.json")
	if _, ok, err := both.Saved(t.Context(), ev.ID); ok || err != nil || both.Cases() != nil {
		t.Errorf("beside another file: %v, %v", ok, err)
	}
}

// Evidence is nothing to overwrite, or to leave half written.
func TestSaveRefusals(t *testing.T) {
	dir := t.TempDir()
	for path, text := range map[string]string{"full/x": "1", "file": "1", "file.zip": "1", "empty.zip": ""} {
		_ = os.Mkdir(filepath.Join(dir, "full"), 0o700)
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"folder.zip", "void"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		path, want string
		exists     bool
	}{
		{"full", "it exists already, and is not empty", true},
		{"file", "it exists already", true},
		{"file.zip", "it exists already", true},
		{"folder.zip", "it exists already, as a folder: an archive cannot take its place", true},
		{"x.json", "a bundle is a folder, a .tar.gz, a .tgz or a .zip: it cannot be written as .json", false},
		{"no/such/x", "there is no folder " + dir + "/no/such to write it into", false},
	} {
		path := filepath.Join(dir, tt.path)
		err := Save(path, options(), incident(t))
		if want := "bundle: " + path + ": " + tt.want; fmt.Sprint(err) != want || errors.Is(err, ErrExists) != tt.exists {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	for _, fine := range []string{"void", "empty.zip"} {
		save(t, filepath.Join(dir, fine), incident(t))
		reopened(t, filepath.Join(dir, fine), incident(t).ID)
	}
	leftovers(t, dir)
}

// leftovers fails when anything is there that is on its way.
func leftovers(t testing.TB, dir string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error {
		if strings.Contains(path, ".part") {
			t.Errorf("left: %s", path)
		}
		return nil
	})
}

// A failure at any stage leaves nothing, and what is there meanwhile is nobody
// else's to read.
func TestSaveFails(t *testing.T) {
	full := errors.New("no space left on device")
	for _, name := range []string{"b", "b.tar.gz", "b.zip"} {
		for _, breaks := range []func(*Saver){
			func(s *Saver) { s.spans.file.Close() },
			func(s *Saver) { s.logs.w.Reset(failing{full}) },
			func(s *Saver) { os.RemoveAll(s.stage) },
			func(s *Saver) { s.err = full },
			func(s *Saver) { _ = os.WriteFile(s.target.path, []byte("somebody was quicker"), 0o600) },
		} {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			s, err := Create(path, options())
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(s.stage); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			breaks(s)
			s.Add(incident(t))
			err = s.Commit()
			if err == nil || strings.Contains(err.Error(), ".part") {
				t.Errorf("%s: %v", name, err)
			}
			if text, _ := os.ReadFile(path); len(text) > 0 && string(text) != "somebody was quicker" {
				t.Errorf("%s: half a bundle is there", name)
			}
			leftovers(t, dir)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A bundle is private, and a manifest tells no secrets of URLs.
func TestSavedIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its permissions are others")
	}
	dir := t.TempDir()
	ev := incident(t)
	ev.Gaps[0].Reason = `Get "https://elastic:s3cret@es:9200/x": refused by http://u@h/ (mail ops@example.org)`
	for _, name := range []string{"b", "b.zip"} {
		save(t, filepath.Join(dir, name), ev)
	}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		info, err := d.Info()
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; path != dir && (err != nil || info.Mode().Perm() != want) {
			t.Errorf("%s: %s", path, info.Mode())
		}
		return nil
	})
	text, err := os.ReadFile(filepath.Join(dir, "b", manifestFile))
	if err != nil || bytes.Contains(text, []byte("s3cret")) || !bytes.Contains(text, []byte(`https://es:9200/x\": refused by http://h/ (mail ops@example.org)`)) {
		t.Errorf("%v: %s", err, text)
	}
}

// FuzzSaved opens bundles that nobody saved.
func FuzzSaved(f *testing.F) {
	dir := f.TempDir()
	save(f, filepath.Join(dir, "b"), incident(f))
	var texts [3]string
	for i, name := range inArchive {
		text, err := os.ReadFile(filepath.Join(dir, "b", name))
		if err != nil {
			f.Fatal(err)
		}
		texts[i] = string(text)
	}
	f.Add(texts[0], texts[1], texts[2])
	manifest := `{"cases":[{"id":"2a","spans":9,"logs":9,"linked":[{"id":"2b"}]}]}`
	f.Add(manifest, `{"resourceSpans":[],"otrace":{"order":[1,0],"spans":{"1":{"duration":-5,"attributes":[{"k":"a","t":6,"s":"{"}]},"7":{"start":9223372036854775807,"duration":2}}}}`, `{"_source":{},"otrace":{"trace":2,"log":{"document":"{","level":99}}}`)
	f.Fuzz(func(t *testing.T, manifest, spans, logs string) {
		b, err := Open(folder(t, map[string]string{manifestFile: manifest, spansFile: spans, logsFile: logs}))
		if err != nil {
			return
		}
		for _, id := range b.Cases() {
			ev, ok, err := b.Saved(t.Context(), id)
			if err != nil || !ok {
				continue
			}
			for line := range strings.SplitSeq(strings.TrimSpace(drawn(t, &ev)), "\n") {
				if strings.HasPrefix(line, "{") && !json.Valid([]byte(line)) && strings.HasSuffix(line, "}") {
					t.Errorf("no JSON: %s", line)
				}
			}
			path := filepath.Join(t.TempDir(), "again")
			save(t, path, &ev)
			if again := reopened(t, path, id); difference(&ev, &again) != "" {
				t.Error(difference(&ev, &again))
			}
		}
	})
}
