package render

import (
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// laneWidths are the columns of the cells of a line; 0 leaves one out.
type laneWidths struct {
	laneColumns, deltaColumns int
}

// Where lanes are drawn: two columns each, in no more than two fifths of the
// width, and no more of them than an eye can follow.
const (
	leastForLanes = 60
	mostLanes     = 24
)

// layout chooses between lanes and a list, and shares the width out.
func (l *lanes) layout() {
	l.measureOffsets("OFFSET")
	l.serviceWidth = len("SERVICE")
	for _, s := range l.services {
		l.serviceWidth = max(l.serviceWidth, columns(safe.Of(s).String()))
	}
	width, n := l.style.Width, len(l.services)
	l.spells = spells{kind: true, fault: true, guess: true}
	l.deltaColumns = len("+1.24ms")
	l.last = trace.NoTime
	if width == 0 {
		return
	}
	l.serviceWidth = min(l.serviceWidth, max(leastService, width/6))
	if width >= leastForLanes && n > 0 && n <= mostLanes && 2*n <= width*2/5 {
		l.laneColumns = 2 * n
	}
	if l.laneColumns > 0 && width < 140 || width < 60 {
		l.deltaColumns = 0
	}
	if width < 60 || l.laneColumns > 0 && width < 80 {
		l.serviceWidth = 0
		l.spells.service = l.laneColumns == 0
	}
	l.textWidth = max(width-l.offsetWidth-1-l.laneColumns-gapped(l.deltaColumns)-gapped(l.serviceWidth)-gapped(durationWidth), 8)
	l.textWidth = min(l.textWidth, max(l.longest(), leastLaneText))
}

// leastLaneText is the room for the lines that tell of ends and of silences.
const leastLaneText = 60

// longest is the columns of the longest row's text: the durations stand near it.
func (l *lanes) longest() int {
	if len(l.tl.Rows) > mostMeasured {
		return l.textWidth
	}
	most := 0
	for i := range l.tl.Rows {
		l.tell(&l.tl.Rows[i])
		most = max(most, l.line.width)
	}
	return most
}

// gapped is a cell's width with the blank beside it.
func gapped(width int) int {
	if width == 0 {
		return 0
	}
	return width + 1
}

// explain tells what the signs in the lanes mean.
func (l *lanes) explain() {
	if l.laneColumns == 0 {
		return
	}
	c := l.characters()
	of := func(sign laneSign, word string) string { return c.of[sign] + " " + word }
	long := []string{of(signBegin, "begins"), c.working + " works", c.waits + " waits", of(signEnd, "ends"), of(signMore, "one of several does"), of(signShort, "both at once")}
	dot := " " + l.dotSign() + " "
	if l.style.ASCII {
		dot = ", "
	}
	l.note(l.dim, l.fitting(l.style.Width, strings.Join(long, dot), strings.Join(long[:4], dot)))
}

// names draws the lanes' names as a staircase, and then those of the columns.
func (l *lanes) names() {
	for k := range l.services {
		if l.laneColumns == 0 {
			break
		}
		l.buf = append(pad(l.buf, l.offsetWidth+1), l.dim.on...)
		for range k {
			l.buf = append(append(l.buf, l.pipe...), ' ')
		}
		l.buf = append(l.buf, l.dim.off...)
		name := safe.Of(l.services[k]).String()
		if room := l.style.Width - l.offsetWidth - 1 - 2*k; columns(name) > room {
			name = clip(name, room-1) + l.cut
		}
		l.buf = append(l.service.append(l.buf, name), '\n')
	}
	l.buf = append(l.buf, l.dim.on...)
	l.buf = append(pad(l.buf, max(l.offsetWidth-signsWidth-len("OFFSET"), 0)), "OFFSET"...)
	l.buf = pad(l.buf, l.offsetWidth-len("OFFSET")-max(l.offsetWidth-signsWidth-len("OFFSET"), 0)+1)
	for k := range l.laneColumns {
		if k%2 == 0 {
			l.buf = append(l.buf, l.pipe...)
		} else {
			l.buf = append(l.buf, ' ')
		}
	}
	if l.deltaColumns > 0 {
		l.buf = append(pad(l.buf, l.deltaColumns-len("DELTA")), "DELTA "...)
	}
	if l.serviceWidth > 0 {
		l.buf = append(pad(append(l.buf, "SERVICE"...), l.serviceWidth-len("SERVICE")), ' ')
	}
	if l.style.Width == 0 {
		l.buf = append(l.buf, "   DUR SPAN / LOG"...)
	} else {
		text := clip("SPAN / LOG", l.textWidth)
		l.buf = append(pad(append(l.buf, text...), l.textWidth-len(text)), "    DUR"...)
	}
	l.buf = append(append(l.buf, l.dim.off...), '\n')
}
