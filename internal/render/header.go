package render

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/trace"
)

// header tells the timeline as a whole: what it is, how much of it there is,
// which clocks were corrected, and what is missing.
func (t *tree) header() {
	t.facts()
	var services map[string][]string // by clock; gathered for the first that was corrected
	for i := range t.tl.Clocks {
		c := &t.tl.Clocks[i]
		if c.Offset == 0 && c.DriftPPM == 0 {
			continue
		}
		if services == nil {
			services = t.servicesByClock()
		}
		t.note(t.fixed, t.corrected+" "+t.clockText(c, services[c.Name]))
	}
	for _, l := range t.tl.Linked {
		t.note(t.dim, fmt.Sprintf("%strace %s %s %s %s %s, %s", t.link, l.ID, t.dotSign(), l.Why, t.dotSign(), plural(l.Spans, "span"), plural(l.Logs, "log")))
	}
	for _, g := range t.tl.Gaps {
		t.note(t.warn, t.missing+" "+g.String())
	}
	if t.tl.NoTrace {
		t.note(t.warn, t.missing+" "+noTrace(t.tl.ID.IsTrace()))
	}
	if t.tl.Counts.Logs == 0 && len(t.tl.Gaps) == 0 {
		t.note(t.warn, t.missing+" no logs carry this ID; looked in "+t.searched())
	}
	for _, w := range t.tl.Warnings {
		t.note(t.warn, t.bang+" "+w)
	}
}

func noTrace(isTrace bool) string {
	if isTrace {
		return "no spans: the trace was not sampled, or has expired?"
	}
	return "no spans: a correlation ID has logs only"
}

// facts writes the first two lines.
func (t *tree) facts() {
	name := "logs of " + t.tl.ID.String()
	if root := t.tl.Root(); root != nil {
		name = root.Service() + " " + root.Span.Operation
	}
	name = safe.Of(strings.TrimSpace(name)).String()
	t.buf = t.title.append(t.buf, name)
	t.taken = columns(name)
	c := t.tl.Counts
	t.item(paint{}, string(appendDuration(nil, t.tl.Duration, t.style.ASCII)))
	t.item(paint{}, plural(c.Spans, "span"))
	t.item(paint{}, plural(len(t.tl.Services), "service"))
	t.item(paint{}, plural(c.Logs, "log"))
	if n := c.ErrorSpans; n > 0 {
		t.item(t.fault, plural(n, "failed span"))
	}
	if n := c.ErrorLogs; n > 0 {
		t.item(t.fault, plural(n, "error log"))
	}
	t.buf = append(t.buf, '\n')
	what := "trace "
	if !t.tl.ID.IsTrace() {
		what = "correlation ID "
	}
	start := "no time"
	if t.tl.Start != trace.NoTime {
		start = time.Unix(0, t.tl.Start).UTC().Format("2006-01-02 15:04:05.000 UTC")
	}
	t.note(t.dim, what+t.tl.ID.String()+" "+t.dotSign()+" "+start)
}

// item adds a fact to the line, or begins another where it does not fit.
func (t *tree) item(p paint, s string) {
	if w := columns(s) + 3; t.style.Width > 0 && t.taken+w > t.style.Width {
		t.buf = append(t.buf, "\n  "...)
		t.taken = w - 1
	} else {
		t.buf = append(append(append(t.buf, ' '), t.dotSign()...), ' ')
		t.taken += w
	}
	t.buf = p.append(t.buf, s)
}

func (t *tree) dotSign() string {
	if t.style.ASCII {
		return "-"
	}
	return "·"
}

// note writes a line of the header.
func (t *tree) note(p paint, s string) {
	t.buf = append(p.append(t.buf, safe.Of(s).String()), '\n')
}

// searched says where logs were looked for.
func (t *tree) searched() string {
	s := t.tl.Searched
	if len(s.Indices) == 0 {
		return "no index, for there is none"
	}
	where := fmt.Sprintf("%s (%s)", plural(len(s.Indices), "index"), some(s.Indices))
	if len(s.Fields) == 0 {
		return where
	}
	return where + " by " + some(s.Fields)
}

// some names the first few of a list and counts the others.
func some(list []string) string {
	const most = 6
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func plural(n int, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case strings.HasSuffix(word, "ex"):
		return fmt.Sprintf("%d %sices", n, word[:len(word)-2])
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// clockText tells what a clock is off by, how sure that is, and from how much
// evidence: "clock node-7 (payment) +103.2ms [102.9, 103.6], proven, 41 samples".
func (t *tree) clockText(c *skew.Clock, on []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "clock %s", c.Name)
	if len(on) > 0 {
		fmt.Fprintf(&b, " (%s)", some(on))
	}
	n := t.scaleOf(c)
	fmt.Fprintf(&b, " %s%s [%s, %s]", n.text(c.Offset), n.name, n.bound(c.Low), n.bound(c.High))
	fmt.Fprintf(&b, ", %s, %s", c.Status, plural(c.Samples, "sample"))
	if c.Ignored > 0 {
		fmt.Fprintf(&b, " (%d ignored)", c.Ignored)
	}
	if c.DriftPPM != 0 {
		fmt.Fprintf(&b, ", drifting %+.1f ppm", c.DriftPPM)
	}
	return b.String()
}

// servicesByClock names the services whose records each clock stamped, but
// for a service that gave the clock its name.
func (t *tree) servicesByClock() map[string][]string {
	services := map[string][]string{}
	for i := range t.tl.Rows {
		r := &t.tl.Rows[i]
		if s := r.Service(); s != "" && r.Clock != nil && s != r.Clock.Name && !slices.Contains(services[r.Clock.Name], s) {
			services[r.Clock.Name] = append(services[r.Clock.Name], s)
		}
	}
	return services
}

// A scale is a unit and as many decimals as the bounds need to be told apart.
type scale struct {
	name     string
	unit     float64
	decimals int
}

func (t *tree) scaleOf(c *skew.Clock) scale {
	n := scale{name: "ms", unit: 1e6}
	switch size := max(c.Offset, -c.Offset); {
	case size >= 10*1e9:
		n = scale{name: "s", unit: 1e9}
	case size < 1e6 && t.style.ASCII:
		n = scale{name: "us", unit: 1e3}
	case size < 1e6:
		n = scale{name: "µs", unit: 1e3}
	}
	within := float64(0)
	if c.Low != skew.UnboundedBack && c.High != skew.Unbounded {
		within = float64(c.High) - float64(c.Low)
	}
	for n.decimals = 1; n.decimals < 4 && within > 0 && within/n.unit < 20*math.Pow10(-n.decimals); n.decimals++ {
	}
	return n
}

func (n scale) text(d int64) string {
	return fmt.Sprintf("%+.*f", n.decimals, float64(d)/n.unit)
}

func (n scale) bound(d int64) string {
	if d == skew.UnboundedBack || d == skew.Unbounded {
		return "open"
	}
	return n.text(d)
}
