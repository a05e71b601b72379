package render

import (
	"strconv"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A laneSign is what a line shows in a lane.
type laneSign uint8

// The signs. Without one a lane shows its state: nothing open, working, waiting.
const (
	signState  laneSign = iota
	signBegin           // a span begins where none was open
	signMore            // a span begins or ends beside another
	signShort           // a span begins and ends, and nothing happens meanwhile
	signEnd             // the last open span ends
	signFailed          // a span ends that failed, or an error is told
	signWarn
	signEvent
	signLog
	signSigns
)

// laneSigns are the characters of the lanes.
type laneSigns struct {
	of                    [signSigns]string // but for signState
	idle, working, waits  string
	across, cross         string // a call's line, alone and over a lane
	right, left, fromIdle string // where a call leaves its caller's lane
	silent                string
}

var (
	unicodeLanes = laneSigns{
		of:   [signSigns]string{signBegin: "┳", signMore: "┣", signShort: "■", signEnd: "┻", signFailed: "✗", signWarn: "!", signEvent: "◆", signLog: "·"},
		idle: " ", working: "┃", waits: "┊", across: "─", cross: "┼", right: "├", left: "┤", fromIdle: "─", silent: "⋯",
	}
	asciiLanes = laneSigns{
		of:   [signSigns]string{signBegin: "v", signMore: "+", signShort: "#", signEnd: "^", signFailed: "x", signWarn: "!", signEvent: "*", signLog: "."},
		idle: " ", working: "|", waits: ":", across: "-", cross: "-", right: ":", left: ":", fromIdle: "-", silent: "...",
	}
)

func (l *lanes) characters() *laneSigns {
	if l.style.ASCII {
		return &asciiLanes
	}
	return &unicodeLanes
}

// row draws a record's line.
func (l *lanes) row(i int32) {
	r := &l.tl.Rows[i]
	l.stamp(r)
	l.buf = append(l.buf, ' ')
	from, to := noLane, noLane
	if r.Kind == timeline.KindSpan && r.Parent >= 0 && placed(r) {
		from, to = l.lane[r.Parent], l.lane[i]
	}
	l.drawLanes(from, to)
	l.delta(r)
	l.tell(r)
	l.finish(serviceOf(r), r)
}

// finish draws the cells after the lanes: service, what is in the line, and
// the duration of a span.
func (l *lanes) finish(service string, r *timeline.Row) {
	if l.serviceWidth > 0 {
		p := l.service
		if r != nil {
			p = l.aside(r, p)
		}
		l.buf = append(appendCell(l.buf, p, safe.Of(service).String(), l.serviceWidth, l.cut), ' ')
	}
	l.scratch = l.scratch[:0]
	if r != nil && r.Kind == timeline.KindSpan {
		l.scratch = appendDuration(l.scratch, r.Span.Duration, l.style.ASCII)
	}
	if l.style.Width == 0 {
		l.number(durationWidth)
		l.buf = append(l.buf, ' ')
		l.buf, _ = l.line.append(l.buf, 0, "")
	} else {
		var took int
		l.buf, took = l.line.append(l.buf, l.textWidth, l.cut)
		l.buf = append(pad(l.buf, l.textWidth-took), ' ')
		l.number(durationWidth)
	}
	l.buf = append(trimRight(l.buf), '\n')
}

// delta draws how long after the row before this one came.
func (l *lanes) delta(r *timeline.Row) {
	if l.deltaColumns == 0 {
		return
	}
	l.scratch = l.scratch[:0]
	if r != nil && placed(r) {
		if l.last != trace.NoTime {
			l.scratch = appendDuration(append(l.scratch, '+'), r.Time-l.last, l.style.ASCII)
		}
		l.last = r.Time
	}
	if r != nil && len(l.scratch) == 0 {
		l.scratch = append(l.scratch, '-')
	}
	l.number(l.deltaColumns)
	l.buf = append(l.buf, ' ')
}

// drawLanes draws every lane's sign or state, and the line of a call from one
// lane to another.
func (l *lanes) drawLanes(from, to int32) {
	if l.laneColumns == 0 {
		return
	}
	c := l.characters()
	first, end := int32(0), int32(0) // the lanes behind which the call's line runs
	if from != noLane && to != noLane {
		first, end = min(from, to), max(from, to)
	}
	for k := range int32(len(l.now)) {
		inside := k > first && k < end
		switch {
		case k == from && first < end && from < to:
			l.leave(k, c, c.right)
		case k == from && first < end:
			l.leave(k, c, c.left)
		case inside && l.now[k].open > 0:
			l.buf = l.dim.append(l.buf, c.cross)
		case inside:
			l.buf = l.dim.append(l.buf, c.across)
		default:
			l.drawLane(k, c)
		}
		if k >= first && k < end {
			l.buf = l.dim.append(l.buf, c.across)
		} else {
			l.buf = append(l.buf, ' ')
		}
		l.now[k].sign = signState
	}
}

// leave draws the caller's lane where its call leaves it.
func (l *lanes) leave(k int32, c *laneSigns, sign string) {
	if l.now[k].open == 0 {
		sign = c.fromIdle
	}
	l.buf = l.dim.append(l.buf, sign)
}

func (l *lanes) drawLane(k int32, c *laneSigns) {
	now := &l.now[k]
	switch {
	case now.sign == signFailed:
		l.buf = l.fault.append(l.buf, c.of[signFailed])
	case now.sign == signWarn:
		l.buf = l.warn.append(l.buf, c.of[signWarn])
	case now.sign == signLog || now.sign == signEvent:
		l.buf = append(l.buf, c.of[now.sign]...)
	case now.sign != signState:
		l.buf = l.theme.bar.append(l.buf, c.of[now.sign])
	case now.working > 0:
		l.buf = l.theme.bar.append(l.buf, c.working)
	case now.open > 0:
		l.buf = l.dim.append(l.buf, c.waits)
	default:
		l.buf = append(l.buf, c.idle...)
	}
}

// signOf is what a row shows in its lane when it opens nothing.
func (l *lanes) signOf(r *timeline.Row) laneSign {
	kind := r.Kind
	if kind == timeline.KindFold && !r.IsError() {
		kind = r.Fold.Kind
	}
	switch {
	case kind == timeline.KindSpan:
		return signShort
	case r.IsError():
		return signFailed
	case kind == timeline.KindEvent:
		return signEvent
	case kind == timeline.KindLog && r.Log.Level == trace.LevelWarn:
		return signWarn
	}
	return signLog
}

// mostEnds is how many ends one line names.
const mostEnds = 8

// tellEnds draws one line for the spans that ended since the last.
func (l *lanes) tellEnds() {
	if len(l.untold) == 0 {
		return
	}
	last := &l.tl.Rows[l.untold[len(l.untold)-1]]
	same := true
	for _, i := range l.untold {
		same = same && l.lane[i] == l.lane[l.untold[0]]
		l.markEnd(i)
	}
	l.endStamp(last)
	l.drawLanes(noLane, noLane)
	l.delta(nil)
	l.line.reset()
	l.line.sign(l.dim, l.signs.last+" ")
	for n, i := range l.untold {
		if n == mostEnds {
			l.line.sign(l.dim, " and "+strconv.Itoa(len(l.untold)-n)+" more")
			break
		}
		if n > 0 {
			l.line.sign(l.dim, ", ")
		}
		l.nameEnd(&l.tl.Rows[i], (!same || l.serviceWidth == 0) && (n == 0 || l.lane[i] != l.lane[l.untold[n-1]]))
	}
	service, only := "", last
	if same {
		service = last.Service()
	}
	if len(l.untold) > 1 {
		only = nil
	}
	l.finish(service, only)
	l.untold = l.untold[:0]
}

func (l *lanes) markEnd(i int32) {
	at := l.lane[i]
	if at == noLane {
		return
	}
	now := &l.now[at]
	switch {
	case l.tl.Rows[i].IsError():
		now.sign = signFailed
	case now.sign == signFailed:
	case now.open == 0:
		now.sign = signEnd
	default:
		now.sign = signMore
	}
}

func (l *lanes) nameEnd(r *timeline.Row, withService bool) {
	if r.IsError() {
		l.line.sign(l.fault, l.cross+" ")
	}
	if withService && r.Service() != "" {
		l.line.text(l.dim, safe.Of(r.Service()))
		l.line.sign(paint{}, " ")
	}
	l.line.text(l.dim, safe.Of(r.Span.Operation))
}

// endStamp draws the moment at which a span ended.
func (l *lanes) endStamp(r *timeline.Row) {
	l.scratch = appendMillis(l.scratch[:0], r.End()-l.tl.Start, l.decimals)
	l.number(l.offsetWidth - signsWidth)
	left := signsWidth
	if r.Offset != 0 {
		l.buf, left = l.fixed.append(l.buf, l.corrected), left-1
	}
	l.buf = pad(l.buf, left+1)
}
