package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// leastZoom is the shortest time that an axis shows, in nanoseconds.
const leastZoom = 1000

// holds reports whether anything of a row is within the range.
func (t timeRange) holds(r *timeline.Row) bool {
	return r.Time != trace.NoTime && r.End() >= t.from && r.Time <= t.from+t.length
}

// axis is the time that the bars show.
func (v *traceView) axis() timeRange {
	if n := len(v.zoomed); n > 0 {
		return v.zoomed[n-1]
	}
	return timeRange{v.scene.tl.Start, v.scene.tl.Duration}
}

// zoomIn shows the row's own time and a little around it; where that is shown
// already, or the row is a moment, half of what is shown.
func (v *traceView) zoomIn() tea.Cmd {
	if v.scene == nil || int(v.selected) >= len(v.scene.tl.Rows) {
		return nil
	}
	r, now := &v.scene.tl.Rows[v.selected], v.axis()
	if r.Time == trace.NoTime || r.Marks.Has(timeline.MarkFar) {
		return v.m.failing("the row has no time on the axis")
	}
	from, length := r.Time, r.End()-r.Time
	if length = length + length/10; length < leastZoom || length > now.length*9/10 {
		length = now.length / 2
		from = max(min(r.Time+(r.End()-r.Time)/2-length/2, now.from+now.length-length), now.from)
	} else {
		from -= length / 22
	}
	if length < leastZoom {
		return v.m.saying("nearer it does not go")
	}
	v.zoomTo(append(v.zoomed, timeRange{from, length}))
	return nil
}

func (v *traceView) zoomOut() tea.Cmd {
	if n := len(v.zoomed); n > 0 {
		v.zoomTo(v.zoomed[:n-1])
	}
	return nil
}

func (v *traceView) zoomTo(z []timeRange) { v.zoomed = z }

// toggleClocks shows times as observed, or corrected again. The timeline for it
// is built once.
func (v *traceView) toggleClocks() tea.Cmd {
	if v.scene == nil {
		return nil
	}
	if v.mode == skew.Off {
		v.mode = v.m.opts.Mode
		if v.mode == skew.Off {
			v.mode = skew.Auto
		}
	} else {
		v.mode = skew.Off
	}
	if s := v.scenes[v.mode == skew.Off]; s != nil {
		return v.exchange(s)
	}
	ev, mode, style := v.ev, v.mode, v.m.paints.Style
	return work(&v.clocking, func() *scene { return sceneOf(ev, mode, style) })
}

func (v *traceView) clocked(o outcome[*scene]) tea.Cmd {
	next, last := v.clocking.takes(o.of, o.number)
	if !last {
		return next
	}
	v.scenes[v.mode == skew.Off] = o.value
	return tea.Batch(next, v.exchange(o.value))
}

// exchange shows another scene of the same evidence with the cursor on the same
// record.
func (v *traceView) exchange(s *scene) tea.Cmd {
	row := same(v.scene, s, v.selected)
	v.show(s, row)
	if row >= 0 {
		s.reveal(row)
		v.moveTo(row)
	}
	if v.mode == skew.Off {
		v.m.saying("every clock as observed")
	} else {
		v.m.saying("clocks corrected" + v.m.paints.dot + "~ marks the rows")
	}
	if s.sift != nil && s.sift.text == v.filterText {
		return nil
	}
	return v.refilter()
}

// same finds the row of the same record in another scene.
func same(from, to *scene, row int32) int32 {
	if row < 0 || int(row) >= len(from.tl.Rows) {
		return 0
	}
	r := &from.tl.Rows[row]
	for i := range to.tl.Rows {
		o := &to.tl.Rows[i]
		if o.Kind == r.Kind && o.Span == r.Span && o.Log == r.Log && o.Event == r.Event && o.Missing == r.Missing {
			return int32(i)
		}
	}
	return 0
}
