package render

import (
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// bar draws the row on the common axis: a bar for a span, a dot for a moment.
func (t *tree) bar(r *timeline.Row) {
	if t.barWidth == 0 || r.Time == trace.NoTime || r.Marks.Has(timeline.MarkFar) || r.Kind == timeline.KindMissing {
		return
	}
	from := t.column(r.Time)
	t.buf = pad(append(t.buf, ' '), from)
	if r.Kind != timeline.KindSpan {
		t.buf = t.moment(r)
		return
	}
	p := t.theme.bar
	if r.IsError() {
		p = t.fault
	}
	t.buf = append(t.buf, p.on...)
	for range max(t.column(r.End())-from+1, 1) {
		t.buf = append(t.buf, t.barFull...)
	}
	t.buf = append(t.buf, p.off...)
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
	if t.tl.Duration <= 0 {
		return 0
	}
	share := float64(at-t.tl.Start) / float64(t.tl.Duration)
	return min(max(int(share*float64(t.barWidth)), 0), t.barWidth-1)
}
