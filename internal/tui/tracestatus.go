package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/trace"
)

// health tells the sources, and how much there is. On a narrow screen a source
// that has answered needs no mention: what it has is told.
func (v *traceView) health() string {
	p, answers := v.m.paints, v.answers
	if least := leastForAnswers + 10*(len(v.m.views)-1); v.scene != nil && v.m.width < least {
		answers = slices.DeleteFunc(slices.Clone(answers), func(a Answer) bool { return a.Err == nil })
	}
	parts := healthOf(p, answers)
	if v.scene != nil {
		c := v.scene.tl.Counts
		if n := len(v.scene.tl.Errors()); n > 0 { // what e goes through
			parts = append(parts, text(p.Fault, counting(n, "error")))
		}
		parts = append(parts, counting(c.Spans, "span")+" "+counting(c.Logs, "log"))
	}
	return strings.Join(parts, "  ")
}

// leastForAnswers is the columns of a screen that tells how each source answered,
// where no view beneath has its part of the breadcrumb.
const leastForAnswers = 110

// shortID is enough of an ID to know it by.
func shortID(id trace.ID) string {
	s := id.String()
	switch {
	case id.IsTrace() && id.Hi == 0:
		return s[16:24]
	case id.IsTrace():
		return s[:8]
	}
	return s
}

func healthOf(p *paints, answers []Answer) []string {
	var parts []string
	for _, a := range answers {
		sign, paint := p.ok, p.Bar
		if a.Err != nil {
			sign, paint = p.cross, p.Fault
		}
		parts = append(parts, text(p.Dim, a.Name)+" "+text(paint, sign)+text(p.Dim, tookText(a.Took, p.ASCII)))
	}
	return parts
}

// tookText is a time in whole milliseconds, where it has any.
func tookText(d time.Duration, ascii bool) string {
	if d >= time.Millisecond {
		d = d.Round(time.Millisecond)
	}
	return render.Duration(int64(d), ascii)
}

// status tells what is missing, then what clocks were corrected by, then the
// rest.
func (v *traceView) status(width int) string {
	p := v.m.paints
	if v.scene == nil {
		return ""
	}
	var parts []string
	tl := v.scene.tl
	if v.err != nil {
		parts = append(parts, text(p.Fault, p.cross+" as it was before: "+v.err.Error()+" (r asks again)"))
	}
	for _, g := range tl.Gaps {
		parts = append(parts, text(p.Warn, p.missing+" "+g.String()+" (r asks again)"))
	}
	if tl.NoTrace {
		parts = append(parts, text(p.Warn, p.missing+" no spans: not sampled, or expired?"))
	} else if tl.Counts.Logs == 0 && len(tl.Gaps) == 0 {
		parts = append(parts, text(p.Warn, p.missing+" no logs carry this ID"))
	}
	if n := len(v.zoomed); n > 0 {
		z := v.zoomed[n-1]
		parts = append(parts, text(p.Title, "zoomed to "+render.Duration(z.length, p.ASCII)+" from "+signed(z.from-tl.Start, p.ASCII)))
	}
	parts = append(parts, v.clocksLine(width))
	for _, w := range tl.Warnings {
		parts = append(parts, text(p.Warn, "! "+w))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), text(p.Dim, p.dot))
}

// clocksLine tells how clocks are put.
func (v *traceView) clocksLine(width int) string {
	p := v.m.paints
	if v.mode == skew.Off {
		return text(p.Fixed, "clocks as observed: s corrects them")
	}
	clocks := v.scene.moved
	if len(clocks) == 0 {
		return text(p.Dim, "no clock needed correction")
	}
	shown := min(len(clocks), max(width/leastForClock, 1))
	more := ""
	if n := len(clocks) - shown; n > 0 {
		more = fmt.Sprintf("and %d more", n)
	}
	style := p.Style
	style.Width = (width-len(more)-len("  "))/shown - len("  ~ ")
	var lines []string
	for _, c := range clocks[:shown] {
		lines = append(lines, text(p.Fixed, p.corrected+" "+v.scene.clockLine(c, style)))
	}
	if more != "" {
		lines = append(lines, text(p.Fixed, more))
	}
	return strings.Join(lines, "  ")
}

// leastForClock is the columns that tell a clock, its offset and its bounds.
const leastForClock = 48
