package render

import (
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Widths of the cells that do not depend on the timeline.
const (
	durationWidth = 6
	leastService  = 16 // a longer name is cut to this, or to a sixth of a wide terminal
	fewestBars    = 16
	leastForBars  = 80  // columns of a terminal that has room for bars
	tightForBars  = 72  // the same, where the details of a row stand elsewhere
	roomy         = 100 // columns from which on whole names fit beside the texts, where the details of a row stand elsewhere
	deepest       = 48  // levels drawn as lines; deeper rows say their depth instead
)

// layout shares the width out: bars come last and shrink first.
func (t *tree) layout() {
	t.measure()
	t.share()
}

// measure finds how wide the rows' times and services are.
func (t *tree) measure() {
	t.measureServices()
	t.measureOffsets()
}

// measureServices measures each service once; where rows are left out only those
// of the rest.
func (t *tree) measureServices() {
	measure := func(name string) { t.serviceWidth = max(t.serviceWidth, columns(safe.Of(name).String())) }
	if len(t.tl.Rows) == len(t.tl.Whole()) {
		for _, name := range t.tl.Services {
			measure(name)
		}
		return
	}
	last := ""
	for i := range t.tl.Rows {
		if name := t.tl.Rows[i].Service(); name != last {
			measure(name)
			last = name
		}
	}
}

// measureOffsets measures the first and the last of the times, those with a sign
// beside them apart: none between is wider.
func (t *tree) measureOffsets() {
	var ends [2]struct{ first, last *timeline.Row }
	for i := range t.tl.Rows {
		r := &t.tl.Rows[i]
		if r.Time == trace.NoTime || r.Marks.Has(timeline.MarkFar) {
			continue
		}
		e := &ends[undecidedWidth(r)]
		if e.first == nil || r.Time < e.first.Time {
			e.first = r
		}
		if e.last == nil || r.Time > e.last.Time {
			e.last = r
		}
	}
	t.offsetWidth = len("OFFSET")
	for sign, e := range ends {
		for _, r := range [...]*timeline.Row{e.first, e.last} {
			if r != nil {
				t.scratch = t.offset(t.scratch[:0], r)
				t.offsetWidth = max(t.offsetWidth, len(t.scratch)+sign)
			}
		}
	}
}

// share gives each cell its columns.
func (t *tree) share() {
	width := t.style.Width
	t.durationCell = durationWidth + 1 // on a terminal with the blank before it
	if width == 0 {
		if t.hot == 0 {
			t.durationCell--
		}
		return
	}
	t.serviceWidth = min(max(t.serviceWidth, len("SERVICE")), t.mostService())
	if width < 60 || t.without&ServiceColumn != 0 {
		t.serviceWidth = 0
	}
	rest := width - t.fixedWidth()
	if t.hasBars() {
		t.barWidth = max(rest*2/5, fewestBars)
		if t.tight {
			t.barWidth = max(rest/3, fewestBars)
		}
		rest -= t.barWidth + 1
	}
	t.textWidth = max(rest, 8)
	t.roomWidth = t.textWidth
	if t.barWidth == 0 {
		return
	}
	t.textWidth = min(t.textWidth, max(t.longest(), shortestText))
	t.barWidth += rest - t.textWidth
}

// What the texts do not need is the bars', unless there are so many rows that
// measuring each would take long. Where texts are short the bars stay near.
const (
	mostMeasured = 5000
	shortestText = 40
)

// longest is the columns of the longest text.
func (t *tree) longest() int {
	if len(t.tl.Rows) > mostMeasured {
		return t.textWidth
	}
	most := 0
	for i := range t.tl.Rows {
		t.line.reset()
		t.branch(i)
		t.say(&t.tl.Rows[i])
		most = max(most, t.line.width)
	}
	t.open = t.open[:0]
	return most
}

// hasBars reports whether bars are wanted and have room.
func (t *tree) hasBars() bool {
	return t.style.Width >= t.leastForBars() && t.without&BarColumn == 0
}

// mostService is the columns that a service's name may have.
func (t *tree) mostService() int {
	switch {
	case t.tight && t.style.Width >= roomy:
		return t.style.Width / 5
	case t.tight:
		return max(t.style.Width/6, len("SERVICE"))
	}
	return max(leastService, t.style.Width/6)
}

// leastForBars is the columns that have room for bars.
func (t *tree) leastForBars() int {
	if t.tight {
		return tightForBars
	}
	return leastForBars
}

// fixedWidth is the columns of all cells but the text and the bars.
func (t *tree) fixedWidth() int {
	return 1 + t.offsetWidth + 1 + gapped(t.serviceWidth) + t.durationCell
}
