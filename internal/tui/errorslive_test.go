package tui

import (
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// TestLive asks again by itself, and marks what came since somebody looked.
func TestLive(t *testing.T) {
	d, source := triages(t, incident(), render.Style{})
	waits := d.waits()
	v := d.errors()
	again := func() {
		t.Helper()
		_, cmd := d.m.Update(due{v, v.beats})
		d.run(cmd)
	}
	source.report = incident()
	asked := source.asked
	if again(); source.asked != asked {
		t.Fatal("it asks by itself before it is live")
	}
	d.keys("L").sees("live: asks again every 10s")
	d.keys("j").sees("live, every 10s, last at 03:04:05 UTC")
	if !slices.Contains(*waits, 10*time.Second) {
		t.Errorf("it waits for %v", *waits)
	}
	asked = source.asked
	next := incident()
	next.Groups = slices.Insert(next.Groups, 0, triage.Group{ID: "0000feed", Flag: triage.New, Service: "mail", Traces: 3, Spans: 3, First: epoch, Last: epoch})
	next.Groups[6].Flag = triage.Rising
	source.report = next
	d.m.now = func() time.Time { return time.Unix(0, epoch).Add(time.Minute) }
	if again(); source.asked != asked+1 {
		t.Fatalf("asked %d times", source.asked-asked)
	}
	d.on("b81e0d4c").sees("+2 new", "last at 03:05:05")
	if !v.fresh["0000feed"] || !v.fresh["00000b0b"] || len(v.fresh) != 2 {
		t.Errorf("new are %v", v.fresh)
	}
	again()
	d.sees("+2 new", " +NEW") // nobody has looked yet
	d.keys("k").sees("+2 new")
	again()
	d.misses("+2 new")

	old := v.beats
	d.hold = true
	d.keys("r")
	asked = source.asked
	again()
	d.m.Update(due{v, old})
	d.release()
	if source.asked != asked+1 {
		t.Errorf("asked %d times while it was asked for", source.asked-asked)
	}
	d.keys("enter")
	asked = source.asked
	if again(); source.asked != asked {
		t.Error("it asks while it is not looked at")
	}
	d.keys("esc")
	if again(); source.asked != asked+1 {
		t.Error("it does not ask again when it is looked at again")
	}
	d.keys("L").sees("no longer live")
	asked = source.asked
	if again(); source.asked != asked {
		t.Error("it is still live")
	}
}

// TestLiveAtOnce is live when the command line says so, unless nothing changes.
func TestLiveAtOnce(t *testing.T) {
	source := &triager{stock: stock{report: incident()}}
	m := newModel(t.Context(), &Options{Source: source, Every: 3 * time.Second})
	var waits []time.Duration
	m.tick = func(after time.Duration) tea.Cmd {
		waits = append(waits, after)
		return func() tea.Msg { return nil }
	}
	m.Init()
	if !slices.Contains(waits, 3*time.Second) {
		t.Errorf("it waits for %v", waits)
	}
	cmd := m.after(time.Second, done{what: "over"})
	if msg := cmd(); msg != (done{what: "over"}) {
		t.Errorf("after the wait came %v", msg)
	}
	source.fixed = true
	d := newDriver(t, source, trace.ID{}, render.Style{})
	d.m.opts.Every = time.Second
	d.size(120, 40)
	d.m.views = []view{newErrors(d.m)}
	d.run(d.m.Init())
	d.misses("live, every")
	d.keys("L").sees("a bundle never changes").misses("live, every")
}
