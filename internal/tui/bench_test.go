package tui

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/bubbles/table"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// many is 100,000 spans of 20 processes and a log of each.
func many() trace.Evidence {
	ev := trace.Evidence{ID: fixtureID}
	resources := make([]*trace.Resource, 20)
	for i := range resources {
		resources[i] = span(1, 0, fmt.Sprint("service-", i), "", 0, 0).Resource
	}
	for i := range 100_000 {
		s := span(trace.SpanID(i+1), trace.SpanID(i/7), "", fmt.Sprint("operation ", i%50), int64(i)*1000, 50*ms)
		s.Resource = resources[i%20]
		if i%1000 == 999 {
			s.Status, s.StatusMessage = trace.StatusError, "upstream timeout"
		}
		ev.Spans = append(ev.Spans, s)
		ev.Logs = append(ev.Logs, entry(s.ID, s.Resource.Service, int64(i)*1000, trace.LevelInfo, fmt.Sprintf("a message of the usual length, with order ORD-%d in it", i)))
	}
	return ev
}

// ready is the screen with the trace on it, and every row open.
func ready(b testing.TB) *driver {
	ev := many()
	d := newDriver(b, &stock{traces: []trace.Evidence{ev}}, ev.ID, render.Style{Color: true})
	d.size(200, 50)
	d.keys("+")
	d.screen()
	return d
}

// BenchmarkFirstFrame is from the evidence to what is seen first, and what each
// step of that takes by itself: clocks are estimated while the timeline is built.
func BenchmarkFirstFrame(b *testing.B) {
	ev := many()
	source := &stock{traces: []trace.Evidence{ev}}
	d := ready(b)
	s := d.trace().scene
	clocks := skew.Auto.Estimate(ev.Spans, ev.Logs)
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"all", func() {
			d := newDriver(b, source, ev.ID, render.Style{Color: true})
			d.size(200, 50)
			d.screen()
		}},
		{"estimate", func() { skew.Auto.Estimate(ev.Spans, ev.Logs) }},
		{"build", func() { timeline.Build(&ev, clocks) }},
		{"both", func() { timeline.Of(&ev, skew.Auto) }},
		{"scene", func() { s = newScene(s.tl, d.m.paints.Style) }},
		{"render", func() {
			d.trace().show(s, 0)
			d.screen()
		}},
	} {
		b.Run(step.name, func(b *testing.B) {
			var took spread
			for b.Loop() {
				b.StopTimer()
				<-s.sorted // of the round before
				runtime.GC()
				b.StartTimer()
				start := time.Now()
				step.do()
				took = append(took, time.Since(start))
			}
			took.report(b)
		})
	}
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
			before := heap()
			s := newScene(s.tl, d.m.paints.Style)
			v := &traceView{m: d.m, id: ev.ID, mode: skew.Auto}
			v.show(s, 0)
			v.Render(200, 47)
			<-s.sorted
			b.ReportMetric(float64(heap()-before)/1e6, "MB-beside-timeline")
			runtime.KeepAlive(v)
		}
	})
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A spread is how long keys took.
type spread []time.Duration

func (s spread) report(b *testing.B) {
	slices.Sort(s)
	for _, p := range [...]struct {
		name string
		at   int
	}{{"p50-ms", len(s) / 2}, {"p99-ms", len(s) * 99 / 100}, {"max-ms", len(s) - 1}} {
		b.ReportMetric(float64(s[p.at])/1e6, p.name)
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkKeys is from a key to the frame that answers it.
func BenchmarkKeys(b *testing.B) {
	for _, bench := range []struct {
		name string
		keys []string
	}{
		{"move", []string{"j", "j", "k", "j"}},
		{"page", []string{"pgdown", "ctrl+d", "pgdown", "pgup"}},
		{"ends", []string{"G", "g"}},
		{"fold", []string{"space", "space", "j"}},
		{"fold-all", []string{"-", "+"}},
		{"errors", []string{"e", "e", "["}},
		{"logs", []string{"2", "j", "pgdown", "1"}},
		{"services", []string{"3", "j", "1"}},
		{"zoom", []string{"z", "Z", "j"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			d := ready(b)
			var took spread
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				d.keys(bench.keys[i%len(bench.keys)])
				d.screen()
				took = append(took, time.Since(start))
			}
			took.report(b)
		})
	}
}

// BenchmarkTable is the same rows in the table of bubbles.
func BenchmarkTable(b *testing.B) {
	d := ready(b)
	v := d.trace()
	rows := make([]table.Row, len(v.scene.lines))
	for k := range rows {
		rows[k] = table.Row{fmt.Sprint(k), v.scene.row(k).Service(), messageOf(v.scene.row(k))}
	}
	t := table.New(table.WithColumns([]table.Column{{Title: "ROW", Width: 10}, {Title: "SERVICE", Width: 20}, {Title: "TEXT", Width: 160}}),
		table.WithRows(rows), table.WithFocused(true), table.WithHeight(50))
	for name, keys := range map[string][]tea.KeyMsg{
		"move": {{Type: tea.KeyDown}, {Type: tea.KeyDown}, {Type: tea.KeyUp}},
		"page": {{Type: tea.KeyPgDown}, {Type: tea.KeyPgDown}, {Type: tea.KeyPgUp}},
		"ends": {{Type: tea.KeyEnd}, {Type: tea.KeyHome}},
	} {
		b.Run(name, func(b *testing.B) {
			var took spread
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				t, _ = t.Update(keys[i%len(keys)])
				t.View()
				took = append(took, time.Since(start))
			}
			took.report(b)
		})
	}
	b.Run("filter", func(b *testing.B) {
		var took spread
		for i := 0; b.Loop(); i++ {
			start := time.Now()
			t.SetRows(rows[:len(rows)-i%2])
			t.View()
			took = append(took, time.Since(start))
		}
		took.report(b)
	})
}
