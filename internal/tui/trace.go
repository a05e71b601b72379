package tui

import (
	"context"

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
	indexing   *indexing

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
	return newScene(timeline.Of(ev, mode), style)
}

func (v *traceView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case answer[gatheredTrace]:
		if v.asked.takes(msg.number) {
			return v.take(msg)
		}
	case outcome[*sifted]:
		return v.sifted(msg)
	case outcome[hits]:
		return v.found(msg)
	case indexed:
		msg.keep()
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
