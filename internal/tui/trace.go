package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// The tabs of a trace: ways to look at the same rows, with the same cursor and
// filter.
type tab int

const (
	tabTimeline tab = iota
	tabLogs
	tabServices
	tabRaw
	tabs
)

var tabNames = [tabs]string{"Timeline", "Logs", "Services", "Raw JSON"}

// A traceView shows one trace.
type traceView struct {
	m       *model
	id      trace.ID
	asked   request
	answers []Answer
	err     error

	ev       *trace.Evidence
	mode     skew.Mode // how clocks are put; off shows them as observed
	scenes   map[bool]*scene
	scene    *scene // nil before there is one
	selected int32  // the cursor's row
	zoomed   []timeRange
	tab      tab
	rows     list
	logs     list
	services list
	detail   list
	raw      list
	inDetail bool // the keys that move move the details
	full     bool // the details have the whole screen

	filterText string
	filter     timeline.Filter
	sifting    background
	search     search
	searching  background
	clocking   background

	cache detailCache
	sums  serviceCache
}

// A timeRange is a part of the time, in nanoseconds.
type timeRange struct{ from, length int64 }

func newTraceView(m *model, id trace.ID) *traceView {
	return &traceView{m: m, id: id, mode: m.opts.Mode, scenes: map[bool]*scene{}}
}

func (v *traceView) request() *request { return &v.asked }

func (v *traceView) crumb() string {
	name := shortID(v.id)
	if v.scene != nil {
		if root := v.scene.tl.Root(); root != nil {
			return name + " " + root.Service() + " " + root.Span.Operation
		}
	}
	return name
}

// A gathered trace is evidence and the scene made of it.
type gatheredTrace struct {
	ev    *trace.Evidence
	scene *scene
}

// begin asks for the trace. What is shown stays until the answer is there.
func (v *traceView) begin() tea.Cmd {
	source, id, mode, style := v.m.opts.Source, v.id, v.mode, v.m.paints.Style
	return start(v.m, &v.asked, "asking for the trace", func(ctx context.Context) (gatheredTrace, []Answer, error) {
		ev, answers, err := source.Trace(ctx, id)
		if err != nil {
			return gatheredTrace{}, answers, err
		}
		return gatheredTrace{&ev, sceneOf(&ev, mode, style)}, answers, nil
	})
}

func sceneOf(ev *trace.Evidence, mode skew.Mode, style render.Style) *scene {
	return newScene(timeline.Build(ev, mode.Estimate(ev.Spans, ev.Logs)), style)
}

func (v *traceView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case answer[gatheredTrace]:
		if v.asked.takes(msg.number) {
			return v.take(msg)
		}
	case outcome[*sifted]:
		return v.sifted(msg)
	case outcome[[]int32]:
		return v.found(msg)
	case outcome[*scene]:
		return v.clocked(msg)
	}
	return nil
}

func (v *traceView) take(a answer[gatheredTrace]) tea.Cmd {
	v.answers, v.err = a.answers, a.err
	if a.err != nil {
		return nil
	}
	v.ev = a.value.ev
	clear(v.scenes)
	v.scenes[v.mode == skew.Off] = a.value.scene
	v.zoomed = nil
	v.show(a.value.scene, 0)
	return tea.Batch(v.opened(), v.refilter())
}

// opened lets the trace be found again.
func (v *traceView) opened() tea.Cmd {
	tell, id, name := v.m.opts.Opened, v.id, ""
	if root := v.scene.tl.Root(); root != nil {
		name = root.Service() + " " + root.Span.Operation
	}
	return func() tea.Msg {
		tell(id, name)
		return nil
	}
}

// show puts a scene in place of the one that was shown, with the cursor on a
// row.
func (v *traceView) show(s *scene, row int32) {
	v.scene = s
	v.cache = detailCache{}
	v.search.rows = nil
	v.moveTo(row)
}

// moveTo puts the cursor of every tab on a row.
func (v *traceView) moveTo(row int32) {
	s := v.scene
	v.selected = row
	v.rows.rows = len(s.lines)
	v.rows.center(s.line(row))
	v.followInLogs()
	v.detail.scrollTo(0)
	v.raw.scrollTo(0)
}

// logLine is the line of the tab of logs that shows a row: a log's own, or the
// first that a span has; -1 where there is none.
func (s *scene) logLine(row int32) int {
	if row < 0 || int(row) >= len(s.tl.Rows) {
		return nothing
	}
	last := row + s.tl.Rows[row].Subtree
	return slices.IndexFunc(s.logs(), func(i int32) bool { return i >= row && i <= last })
}

// relay keeps the cursor on its row where the lines have changed.
func (v *traceView) relay() {
	v.rows.rows = len(v.scene.lines)
	v.rows.center(v.scene.line(v.selected))
	v.followInLogs()
	v.follow()
}

// followInLogs puts the cursor of the logs where the selection is, while they
// are seen: all logs are looked through for it.
func (v *traceView) followInLogs() {
	if v.tab != tabLogs {
		return
	}
	v.logs.rows = len(v.scene.logs())
	if at := v.scene.logLine(v.selected); at >= 0 {
		v.logs.center(at)
	}
	v.logs.move(v.logs.cursor)
}

// follow puts the selection where the cursor is.
func (v *traceView) follow() {
	s := v.scene
	if s == nil {
		return
	}
	before := v.selected
	switch {
	case v.tab == tabLogs && len(s.logs()) > 0:
		v.selected = s.logs()[v.logs.cursor]
		if k := s.line(v.selected); v.rows.cursor != k {
			v.rows.center(k)
		}
	case v.tab == tabTimeline && len(s.lines) > 0:
		v.selected = s.lines[v.rows.cursor].row
	}
	if v.selected != before {
		v.detail.scrollTo(0)
		v.raw.scrollTo(0)
	}
}

// line is the line that the details tell about.
func (v *traceView) line() line {
	if v.tab == tabTimeline && v.rows.cursor < len(v.scene.lines) {
		return v.scene.lines[v.rows.cursor]
	}
	return line{row: v.selected, fold: nothing, silence: nothing}
}

// health tells the sources, and how much there is.
func (v *traceView) health() string {
	p := v.m.paints
	parts := healthOf(p, v.answers)
	if v.scene != nil {
		c := v.scene.tl.Counts
		parts = append(parts, fmt.Sprintf("%d spans %d logs", c.Spans, c.Logs))
		if n := c.ErrorSpans + c.ErrorLogs; n > 0 {
			parts = append(parts, text(p.Fault, fmt.Sprintf("%d errors", n)))
		}
	}
	return strings.Join(parts, "  ")
}

// shortID is enough of an ID to know it by.
func shortID(id trace.ID) string {
	s := id.String()
	switch {
	case id.IsTrace() && id.Hi == 0:
		return s[16:24]
	case id.IsTrace():
		return s[:8]
	}
	return s
}

func healthOf(p *paints, answers []Answer) []string {
	var parts []string
	for _, a := range answers {
		sign, paint := p.ok, p.Bar
		if a.Err != nil {
			sign, paint = p.cross, p.Fault
		}
		parts = append(parts, text(p.Dim, a.Name)+" "+text(paint, sign)+text(p.Dim, tookText(a.Took, p.ASCII)))
	}
	return parts
}

// tookText is a time in whole milliseconds, where it has any.
func tookText(d time.Duration, ascii bool) string {
	if d >= time.Millisecond {
		d = d.Round(time.Millisecond)
	}
	return render.Duration(int64(d), ascii)
}

// status tells what is missing, then what clocks were corrected by, then the
// rest.
func (v *traceView) status(width int) string {
	p := v.m.paints
	if v.scene == nil {
		return ""
	}
	var parts []string
	tl := v.scene.tl
	if v.err != nil {
		parts = append(parts, text(p.Fault, p.cross+" as it was before: "+v.err.Error()+" (r asks again)"))
	}
	for _, g := range tl.Gaps {
		parts = append(parts, text(p.Warn, p.missing+" "+g.String()+" (r asks again)"))
	}
	if tl.NoTrace {
		parts = append(parts, text(p.Warn, p.missing+" no spans: not sampled, or expired?"))
	} else if tl.Counts.Logs == 0 && len(tl.Gaps) == 0 {
		parts = append(parts, text(p.Warn, p.missing+" no logs carry this ID"))
	}
	if n := len(v.zoomed); n > 0 {
		z := v.zoomed[n-1]
		parts = append(parts, text(p.Title, "zoomed to "+render.Duration(z.length, p.ASCII)+" from "+signed(z.from-tl.Start, p.ASCII)))
	}
	parts = append(parts, v.clocksLine(width))
	for _, w := range tl.Warnings {
		parts = append(parts, text(p.Warn, "! "+w))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), text(p.Dim, p.dot))
}

// clocksLine tells how clocks are put.
func (v *traceView) clocksLine(width int) string {
	p := v.m.paints
	if v.mode == skew.Off {
		return text(p.Fixed, "clocks as observed: s corrects them")
	}
	clocks := v.scene.moved
	if len(clocks) == 0 {
		return text(p.Dim, "no clock needed correction")
	}
	shown := min(len(clocks), max(width/leastForClock, 1))
	style := p.Style
	style.Width = width/shown - len("  ~ ")
	var lines []string
	for _, c := range clocks[:shown] {
		lines = append(lines, text(p.Fixed, p.corrected+" "+v.scene.clockLine(c, style)))
	}
	if n := len(clocks) - shown; n > 0 {
		lines = append(lines, text(p.Fixed, fmt.Sprintf("and %d more", n)))
	}
	return strings.Join(lines, "  ")
}

// leastForClock is the columns that tell a clock, its offset and its bounds.
const leastForClock = 48
