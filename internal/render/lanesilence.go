package render

import (
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// quiet draws a line when nothing happened for long until t.
func (l *lanes) quiet(t int64) {
	if l.moment != trace.NoTime && t-l.moment >= l.idle {
		l.tellEnds()
		l.silence(l.moment, t)
	}
}

// silence draws a line for a stretch in which nothing is shown anywhere, and
// names the span that was under way and waited for no other. What a filter hides
// may have happened then.
func (l *lanes) silence(from, to int64) {
	l.buf = pad(l.buf, l.offsetWidth+1)
	l.drawLanes(noLane, noLane)
	l.delta(nil)
	l.line.reset()
	l.scratch = appendDuration(append(append(l.scratch[:0], l.characters().silent...), ' '), to-from, l.style.ASCII)
	l.line.sign(l.warn, string(l.scratch))
	if n := l.hiddenWithin(from, to); n > 0 {
		l.line.sign(l.warn, " ("+plural(n, "row")+" hidden)")
	} else {
		l.line.sign(l.warn, " silent")
	}
	if i, others := l.worker(); i >= 0 {
		r := &l.tl.Rows[i]
		l.line.sign(l.dim, " in ")
		if r.Service() != "" {
			l.line.text(l.service, safe.Of(r.Service()))
			l.line.sign(paint{}, " ")
		}
		l.line.text(paint{}, safe.Of(r.Span.Operation))
		if others > 0 {
			l.line.sign(l.dim, " and "+plural(others, "other"))
		}
	}
	l.finish("", nil)
}

// hiddenWithin counts the rows that begin or end in a stretch in which none of
// those that are shown does. There are few such stretches.
func (l *lanes) hiddenWithin(from, to int64) (n int) {
	if l.tl.Hidden == (timeline.Hidden{}) {
		return 0
	}
	whole := l.tl.Whole()
	for i := range whole {
		r := &whole[i]
		if !placed(r) {
			continue
		}
		ends := r.Kind == timeline.KindSpan && canBeOpen(r) && r.End() > from && r.End() < to
		if r.Time > from && r.Time < to || ends {
			n++
		}
	}
	return n
}
