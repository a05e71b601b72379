package render

import (
	"io"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A Screen draws single rows of a timeline as Tree does, for whoever shows a
// part of them at a time. What depends on all rows is measured once.
type Screen struct {
	tree    tree
	service int                 // columns of the longest service
	clocks  map[string][]string // the services of each clock; nil until they are asked for
}

// NewScreen measures the timeline for a screen of the style's width.
func NewScreen(tl *timeline.Timeline, style Style) *Screen {
	s := &Screen{tree: newTree(io.Discard, tl, style)}
	s.tree.tight = true
	s.tree.measure()
	s.service = s.tree.serviceWidth
	s.Resize(style.Width, 0)
	if len(movedClocks(tl)) > 0 {
		s.clocks = servicesByClock(tl)
	}
	return s
}

// A ColumnSet is columns that rows can do without.
type ColumnSet uint8

// What need not stand beside the rows' texts.
const (
	ServiceColumn ColumnSet = 1 << iota
	BarColumn
)

// Resize shares another width out, and leaves columns out.
func (s *Screen) Resize(width int, without ColumnSet) {
	s.tree.style.Width, s.tree.without = max(width, 1), without
	s.tree.serviceWidth, s.tree.barWidth, s.tree.path, s.tree.hot = s.service, 0, false, 0
	s.tree.markPath()
	s.tree.share()
}

// Zoom lets the bars show a part of the time, in nanoseconds, the first since
// the epoch.
func (s *Screen) Zoom(from, length int64) { s.tree.axisFrom, s.tree.axisLength = from, length }

// Levels is how many levels of rows are drawn as lines.
func (s *Screen) Levels() int { return s.tree.levels() }

// Words are the columns, from one to before another, in which a row tells its
// service and what it is, rather than when and how long.
func (s *Screen) Words(r *timeline.Row) (from, to int) {
	t := &s.tree
	from, to = t.beforeText()-gapped(t.serviceWidth), t.beforeText()+t.textWidth
	if isMoment(r) {
		to = t.style.Width
	}
	return from, to
}

// AppendNames appends the names of the columns.
func (s *Screen) AppendNames(b []byte) []byte {
	return s.appendLine(b, s.tree.columnNames)
}

// A Place says how a row hangs on a screen.
type Place struct {
	More   []bool         // for each depth down to the row's own: another row follows there; of Levels depths at most
	Closed *timeline.Fold // what is not shown beneath the row; nil when nothing is hidden there
}

// follows reports whether another row follows beneath the same one.
func (p Place) follows() bool { return len(p.More) > 0 && p.More[len(p.More)-1] }

// Append appends a row, without the end of the line.
func (s *Screen) Append(b []byte, r *timeline.Row, at Place) []byte {
	t := &s.tree
	t.open, t.closed = at.More, at.Closed
	t.line.reset()
	t.limbs(r, at.follows())
	return s.appendLine(b, func() { t.cells(r) })
}

// AppendSilence appends a line that says how long nothing is known.
func (s *Screen) AppendSilence(b []byte, silence *timeline.Silence, at Place) []byte {
	t := &s.tree
	t.open = at.More
	t.line.reset()
	return s.appendLine(b, func() { t.silenceLine(silence, at.follows()) })
}

// appendLine appends what is drawn, without the end of its line.
func (s *Screen) appendLine(b []byte, draw func()) []byte {
	t := &s.tree
	t.buf = b
	draw()
	b, t.buf = t.buf, nil
	return b[:len(b)-1]
}

// A Paint styles a text. The zero Paint leaves it plain.
type Paint = paint

// Append appends text that is harmless already.
func (p paint) Append(b []byte, s string) []byte { return p.append(b, s) }

// Text is the styled text.
func (p paint) Text(t safe.Text) string { return p.on + t.String() + p.off }

// Paints are the styles of everything that is drawn.
type Paints struct{ Title, Dim, Fault, Warn, Fixed, Bar, Service Paint }

// NewPaints returns the paints of a style.
func NewPaints(style Style) Paints {
	t := newTheme(style)
	return Paints{t.title, t.dim, t.fault, t.warn, t.fixed, t.bar, t.service}
}

// OfLevel returns a level's letter and how to paint it.
func (p Paints) OfLevel(l trace.Level) (string, Paint) {
	return (&theme{dim: p.Dim, warn: p.Warn, fault: p.Fault, signs: asciiSigns}).level(l)
}

// Duration is a duration as rows tell it: "1.24s".
func Duration(d int64, ascii bool) string { return string(appendDuration(nil, d, ascii)) }

// Share is a part of a time in percent: "61 %".
func Share(d, total int64) string { return share(d, total) }

// Columns is how wide a harmless text stands on a terminal.
func Columns(s string) int { return columns(s) }

// Clip returns the longest beginning of a harmless text that fits.
func Clip(s string, most int) string { return clip(s, most) }

// RowJSON appends a row as JSON output tells it.
func RowJSON(b []byte, tl *timeline.Timeline, r *timeline.Row) []byte {
	return newRowWriter(tl).append(b, r)
}

// TracePage is the trace's address in Jaeger's UI, "" where that is not known.
func TracePage(tl *timeline.Timeline, style Style) string {
	h := head{tl: tl, style: style}
	return h.tracePage()
}

// LogsPage is the address of the trace's logs in Kibana, "" where that is not
// known or there are none.
func LogsPage(tl *timeline.Timeline, style Style) string {
	h := head{tl: tl, style: style}
	return h.logsPage()
}

// MovedClocks are the clocks that were corrected, the most wrong first.
func MovedClocks(tl *timeline.Timeline) []*skew.Clock { return movedClocks(tl) }

// ClockLine tells what a corrected clock is off by, and how sure that is, in the
// columns of the style.
func (s *Screen) ClockLine(c *skew.Clock, style Style) string {
	h := head{theme: newTheme(style), tl: s.tree.tl, style: style}
	h.style.Width += headIndent
	if s.clocks == nil {
		s.clocks = servicesByClock(s.tree.tl)
	}
	return h.clockLine(c, others(s.clocks[c.Name], c.Name))
}
