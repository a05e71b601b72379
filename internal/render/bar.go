package render

import (
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// bar draws the row on the common axis: a bar for a span or for
// several rows, a dot for a moment.
func (t *tree) bar(r *timeline.Row) {
	if t.barWidth == 0 || r.Time == trace.NoTime || r.Marks.Has(timeline.MarkFar) || r.Kind == timeline.KindMissing {
		return
	}
	if r.End() < t.axisFrom || r.Time > t.axisFrom+t.axisLength {
		return
	}
	from := t.column(r.Time)
	t.buf = pad(append(t.buf, ' '), from)
	if r.Kind != timeline.KindSpan && r.Kind != timeline.KindFold {
		t.buf = t.moment(r)
		return
	}
	p, sign := t.weight(r)
	t.buf = append(t.buf, p.on...)
	for range max(t.column(r.End())-from+1, 1) {
		t.buf = append(t.buf, sign...)
	}
	t.buf = append(t.buf, p.off...)
}

// weight is what a bar is drawn with: heavy on the critical path, and where
// that is not marked; thin beside it; broken for several rows.
func (t *tree) weight(r *timeline.Row) (p paint, sign string) {
	p, sign = t.theme.bar, t.barFull
	switch {
	case r.Kind == timeline.KindFold:
		sign = t.barMany
	case t.path && !r.Critical:
		p, sign = t.dim, t.barThin
	}
	if r.IsError() {
		p = t.fault
	}
	return t.aside(r, p), sign
}

// moment draws the sign of a log or an event.
func (t *tree) moment(r *timeline.Row) []byte {
	switch {
	case r.IsError():
		return t.fault.append(t.buf, t.cross)
	case r.Kind == timeline.KindLog && r.Log.Level == trace.LevelWarn:
		return t.warn.append(t.buf, t.bang)
	case r.Kind == timeline.KindEvent:
		return append(t.buf, t.event...)
	}
	return t.dim.append(t.buf, t.dot)
}

// column is where a moment stands among the bars.
func (t *tree) column(at int64) int {
	if t.axisLength <= 0 {
		return 0
	}
	share := float64(at-t.axisFrom) / float64(t.axisLength)
	return min(max(int(share*float64(t.barWidth)), 0), t.barWidth-1)
}
