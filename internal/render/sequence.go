package render

import (
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A sequence is a drawing of the rows in the order in which they happened,
// over all services.
type sequence struct {
	tree
	order    []int32
	above    *timeline.Row // the row before the one that is drawn; nil at first
	decimals int           // of milliseconds
	spells   spells
}

// spells say what a row's text must tell, because no column does.
type spells struct{ service, kind, fault, guess bool }

func newSequence(w io.Writer, tl *timeline.Timeline, style Style) sequence {
	s := sequence{tree: newTree(w, tl, style), order: tl.ByTime(), decimals: 1}
	if tl.Duration < fineBelow {
		s.decimals = 3
	}
	return s
}

// fineBelow is the duration of a timeline whose moments a tenth of a
// millisecond would not tell apart.
const fineBelow = int64(50e6)

// heading draws the header, and what the order by time adds to it.
func (s *sequence) heading() {
	s.header()
	if s.anyRow(func(r *timeline.Row) bool { return r.Marks.Has(timeline.MarkUndecided) }) {
		return // the header explained the sign
	}
	for k := 1; k < len(s.order); k++ {
		if !s.decided(&s.tl.Rows[s.order[k-1]], &s.tl.Rows[s.order[k]]) {
			s.note(s.dim, s.undecided+" may be earlier than the row above")
			return
		}
	}
}

// decided reports whether a row certainly happened after the one above it.
func (s *sequence) decided(above, r *timeline.Row) bool {
	return above == nil || s.tl.Decided(above, r)
}

// measureOffsets sets the width of the first column: a number, and then its
// signs, so that a line still sorts by it.
func (s *sequence) measureOffsets(name string) {
	s.scratch = appendMillis(s.scratch[:0], s.tl.Duration, s.decimals)
	s.offsetWidth = max(len(name), len(s.scratch)+signsWidth)
	for i := range s.tl.Rows {
		s.scratch = s.moment(s.scratch[:0], &s.tl.Rows[i])
		s.offsetWidth = max(s.offsetWidth, len(s.scratch)+signsWidth)
	}
}

// signsWidth is the columns of the signs after an offset: corrected, and not
// proven to be later than the row above.
const signsWidth = 2

// moment appends the row's distance from the start in milliseconds, or what
// stands for none.
func (s *sequence) moment(b []byte, r *timeline.Row) []byte {
	switch {
	case r.Time == trace.NoTime:
		return append(b, '-')
	case r.Marks.Has(timeline.MarkFar):
		return append(b, "far"...)
	}
	return appendMillis(b, r.Time-s.tl.Start, s.decimals)
}

// stamp draws the first column.
func (s *sequence) stamp(r *timeline.Row) {
	s.scratch = s.moment(s.scratch[:0], r)
	s.buf = append(pad(s.buf, s.offsetWidth-signsWidth-len(s.scratch)), s.scratch...)
	left := signsWidth
	if r.Offset != 0 {
		s.buf, left = s.fixed.append(s.buf, s.corrected), left-1
	}
	if !s.decided(s.above, r) {
		s.buf, left = s.dim.append(s.buf, s.undecided), left-1
	}
	s.buf = pad(s.buf, left)
	s.above = r
}

// appendMillis appends d nanoseconds as milliseconds with 1 or 3 decimals.
func appendMillis(b []byte, d int64, decimals int) []byte {
	if decimals == 1 {
		return appendOffset(b, d)
	}
	micros := d / 1e3
	if rest := d % 1e3; rest >= 500 {
		micros++
	} else if rest <= -500 {
		micros--
	}
	if micros < 0 {
		b, micros = append(b, '-'), -micros
	}
	b = append(strconv.AppendInt(b, micros/1e3, 10), '.')
	return appendTwo(append(b, byte('0'+micros/100%10)), micros%100)
}

// tell puts what the row says into the line, on one line and harmless.
func (s *sequence) tell(r *timeline.Row) {
	s.line.reset()
	if len(s.tl.Linked) > 0 {
		s.sayTrace(r.Trace())
	}
	if s.spells.service && r.Kind != timeline.KindFold && r.Service() != "" {
		s.line.text(s.aside(r, s.service), safe.Of(r.Service()))
		s.line.sign(paint{}, " ")
	}
	switch r.Kind {
	case timeline.KindLog:
		s.tellLog(r)
	case timeline.KindEvent:
		s.tellEvent(r)
	case timeline.KindMissing:
		s.sayMissing(r)
	case timeline.KindFold:
		s.sayFold(r, s.spells.service)
		return // the marks are those of its first row alone
	case timeline.KindSpan:
		s.tellSpan(r)
	}
	s.sayMarks(r.Marks)
}

func (s *sequence) tellSpan(r *timeline.Row) {
	if leads(r) {
		s.line.sign(s.dim, s.leads+" ")
	}
	if r.IsError() && s.spells.fault {
		s.line.sign(s.fault, s.cross+" ")
	}
	s.nameSpan(r)
}

func (s *sequence) tellEvent(r *timeline.Row) {
	if s.spells.kind {
		s.sayEvent(r)
		return
	}
	p := paint{}
	if r.IsError() {
		p = s.warn
	}
	s.line.text(p, safe.Of(r.Event.Name))
	if r.IsError() {
		s.line.text(p, safe.Of(": "+exception(r.Event.Attributes)))
		return
	}
	for _, a := range r.Event.Attributes {
		s.line.text(s.dim, safe.Of(" "+a.Key+"="+a.Value.Text()))
	}
}

func (s *sequence) tellLog(r *timeline.Row) {
	letter, p := s.level(r.Log.Level)
	before := s.line.width
	if s.spells.kind {
		s.line.sign(p, letter)
	}
	if s.spells.guess && r.Attached == timeline.AttachedService {
		s.line.sign(s.dim, "?")
	}
	if r.Marks.Has(timeline.MarkEvent) {
		s.line.sign(p, s.event)
	}
	if s.line.width > before {
		s.line.sign(p, " ")
	}
	if r.Log.Level < trace.LevelWarn {
		p = paint{}
	}
	s.sayMessage(p, r)
}

// number draws what is in scratch at the right end of a cell. It is otrace's
// own, in which each character is one column.
func (s *sequence) number(width int) {
	s.buf = append(pad(s.buf, width-utf8.RuneCount(s.scratch)), s.scratch...)
}
