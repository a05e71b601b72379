package render

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sizes of a group's trend.
const (
	chartRows    = 6
	leastForAxis = 60 // columns of the terminal
	widestSlot   = 4
)

// trend draws when it happened: on a terminal as columns over the window, piped
// as numbers.
func (p *groupPage) trend() {
	g, c := p.g, &p.r.Calendar
	if len(g.Trend) == 0 {
		return
	}
	slot := lapse((c.Window.Until - c.Window.From) / int64(len(g.Trend)))
	if p.style.Width == 0 {
		p.section("trend, by " + slot)
		p.paragraph(bodyIndent, bodyIndent, paint{}, strings.Trim(fmt.Sprint(g.Trend), "[]"))
		return
	}
	ch := p.newChart()
	slots := lapse((c.Window.Until - c.Window.From) / int64(len(g.Trend)) * int64(ch.merged))
	heading := []fact{{p.title, fmt.Sprintf("trend: %d in the worst %s", slices.Max(ch.parts), slots)}}
	if ch.usual > 0 {
		heading = append(heading, fact{p.dim, ch.mark + " before: " + p.usual(g)})
	}
	p.buf = append(p.buf, '\n')
	p.flow(0, bodyIndent, heading...)
	for row := chartRows - 1; row >= 0; row-- {
		p.chartRow(&ch, row)
	}
	p.axis(&ch)
}

// A chart is a trend as columns.
type chart struct {
	parts  []int
	merged int     // slots in one column
	width  int     // columns of the terminal that one takes
	peak   float64 // what fills a column
	usual  float64 // in the baseline, by column
	label  int     // columns before the axis
	mark   string  // of what is usual
}

func (p *groupPage) newChart() chart {
	g := p.g
	ch := chart{mark: "╌"}
	if p.style.ASCII {
		ch.mark = "-"
	}
	room := p.style.Width - 12
	ch.parts = merged(g.Trend, room)
	ch.merged = (len(g.Trend) + len(ch.parts) - 1) / len(ch.parts)
	ch.width = min(max(room/len(ch.parts), 1), widestSlot)
	ch.usual = p.perWindow(g) / float64(len(g.Trend)) * float64(ch.merged)
	ch.peak = max(float64(slices.Max(ch.parts)), math.Ceil(ch.usual), 1)
	ch.label = bodyIndent + len(strconv.Itoa(int(ch.peak)))
	return ch
}

// usualRow is the row in which the usual height ends, -1 for none.
func (c *chart) usualRow() int {
	if c.usual <= 0 {
		return -1
	}
	return min(int(c.usual/c.peak*chartRows), chartRows-1)
}

// chartRow draws a row of the columns, the lowest being 0.
func (p *groupPage) chartRow(ch *chart, row int) {
	name := ""
	if row == chartRows-1 {
		name = strconv.Itoa(int(ch.peak))
	}
	p.buf = append(pad(p.buf, ch.label-len(name)), name...)
	p.buf = p.dim.append(append(p.buf, ' '), p.pipe)
	signs := p.heights()
	steps := len(signs) - 1
	for _, n := range ch.parts {
		filled := height(n, max(int(ch.peak), 1), chartRows*steps) - row*steps
		switch {
		case filled > 0:
			sign := strings.Repeat(signs[min(filled, steps)], max(ch.width-1, 1))
			p.buf = pad(p.bar.append(p.buf, sign), ch.width-max(ch.width-1, 1))
		case row == ch.usualRow():
			p.buf = p.dim.append(p.buf, strings.Repeat(ch.mark, ch.width))
		default:
			p.buf = pad(p.buf, ch.width)
		}
	}
	p.buf = append(trimRight(p.buf), '\n')
}

// axis draws the line below the columns, and the times of its ends and of its
// middle.
func (p *groupPage) axis(ch *chart) {
	corner, dash := p.last, "─"
	if p.style.ASCII {
		corner, dash = "+", "-"
	}
	width := len(ch.parts) * ch.width
	p.buf = append(pad(p.buf, ch.label-1), "0 "...)
	p.buf = append(p.dim.append(p.buf, corner+strings.Repeat(dash, width)), '\n')
	if p.style.Width < leastForAxis {
		return
	}
	w := p.r.Calendar.Window
	layout := axisLayout(w.Until - w.From)
	at := func(t int64) string { return time.Unix(0, t).UTC().Format(layout) }
	text := string(pad(nil, ch.label+1)) + at(w.From)
	end := at(w.Until)
	middle := ch.label + 2 + width/2 - len(end)/2
	if width >= 4*len(end) {
		text += strings.Repeat(" ", max(middle-len(text), 1)) + at(w.From+(w.Until-w.From)/2)
	}
	text += strings.Repeat(" ", max(ch.label+2+width-len(text)-len(end), 1)) + end
	p.buf = append(p.dim.append(p.buf, text+" UTC"), '\n')
}

// axisLayout shows of a time what changes within a window.
func axisLayout(length int64) string {
	switch d := time.Duration(length); {
	case d < 10*time.Minute:
		return time.TimeOnly
	case d <= 24*time.Hour:
		return "15:04"
	}
	return "01-02 15:04"
}
