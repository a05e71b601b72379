package render

import (
	"github.com/otrace/otrace/internal/timeline"
)

// silencesBefore draws the silences that stand before row i, and returns those
// that are left. Such a line is no row: it has no offset, and begins with blanks.
func (t *tree) silencesBefore(i int, silences []timeline.Silence) []timeline.Silence {
	for ; len(silences) > 0 && int(silences[0].Before) <= i; silences = silences[1:] {
		if t.holds(i, &silences[0]) {
			t.silence(i, &silences[0])
		}
	}
	return silences
}

// holds reports whether the span that was silent is among the rows that lead
// to the one before row i: it may be in a fold.
func (t *tree) holds(i int, s *timeline.Silence) bool {
	for k := int32(i) - 1; k >= 0; k = t.tl.Rows[k].Parent {
		if r := &t.tl.Rows[k]; r.Depth < s.Depth {
			return r.Depth == s.Depth-1 && r.Kind == timeline.KindSpan && r.Time <= s.From && s.From+s.Time <= r.End()
		}
	}
	return false
}

// silence draws a line that says how long nothing is known of a span, where
// its children stand.
func (t *tree) silence(i int, s *timeline.Silence) {
	t.line.reset()
	t.silenceLine(s, i < len(t.tl.Rows) && t.tl.Rows[i].Depth == s.Depth)
}

// silenceLine draws a silence, where t.open tells of the rows above it.
func (t *tree) silenceLine(s *timeline.Silence, more bool) {
	if depth := int(s.Depth); depth <= t.levels() {
		for d := 1; d < depth; d++ {
			t.line.sign(t.dim, t.upright(t.open[d]))
		}
		t.line.sign(t.dim, t.upright(more))
		t.line.sign(t.dim, " ")
	}
	t.line.sign(t.dim, t.silent)
	t.scratch = appendDuration(append(t.scratch[:0], ' '), s.Time, t.style.ASCII)
	t.line.sign(t.dim, string(append(t.scratch, " silent"...)))
	t.buf = pad(t.buf, t.beforeText())
	t.buf, _ = t.line.append(t.buf, t.textWidth, t.cut)
	t.buf = append(trimRight(t.buf), '\n')
}

// beforeText is the columns of the cells before the text.
func (t *tree) beforeText() int {
	w := 1 + t.offsetWidth + gapped(t.serviceWidth) + 1
	if t.style.Width == 0 {
		w += gapped(t.durationCell)
	}
	return w
}
