package render

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
)

// On a terminal the header names all corrected clocks while they are few, and
// the most wrong of them when they are many.
const (
	fewClocks  = 4
	mostWrong  = 3
	headIndent = 2
)

// moved reports whether a clock's times are corrected.
func moved(c *skew.Clock) bool { return c.Offset != 0 || c.DriftPPM != 0 }

// size is how far a clock is off.
func size(c *skew.Clock) int64 {
	if c.Offset == math.MinInt64 {
		return math.MaxInt64
	}
	return max(c.Offset, -c.Offset)
}

// correctedClocks writes a line for each clock that was corrected, the most
// wrong first.
func (h *head) correctedClocks() {
	if h.tl.Mode == skew.Off && len(h.tl.Clocks) > 1 {
		h.note(h.dim, "every clock as observed: nothing is corrected")
	}
	list := movedClocks(h.tl)
	if len(list) == 0 {
		return
	}
	shown := len(list)
	if h.style.Width > 0 && shown > fewClocks {
		shown = mostWrong
	}
	services := servicesByClock(h.tl)
	for _, c := range list[:shown] {
		h.note(h.fixed, h.corrected+" "+h.clockLine(c, others(services[c.Name], c.Name)))
	}
	if rest := len(list) - shown; rest > 0 {
		short := fmt.Sprintf("and %d more corrected: see --clocks", rest)
		long := short
		if h.tl.ID.IsTrace() { // any other ID might mean something to a shell
			long = fmt.Sprintf("and %d more corrected: otrace show %s --clocks", rest, h.tl.ID)
		}
		h.note(h.fixed, h.corrected+" "+h.fitting(h.style.Width-headIndent, long, short))
	}
}

// movedClocks are the clocks that were corrected, the most wrong first.
func movedClocks(tl *timeline.Timeline) []*skew.Clock {
	var list []*skew.Clock
	for i := range tl.Clocks {
		if c := &tl.Clocks[i]; moved(c) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *skew.Clock) int { return cmp.Compare(size(b), size(a)) })
	return list
}

// fitting returns the first text that fits into the columns, else the last one,
// cut. Without a width all do.
func (h *head) fitting(room int, texts ...string) string {
	for _, text := range texts {
		if text = safe.Of(text).String(); h.style.Width == 0 || columns(text) <= room {
			return text
		}
	}
	last := safe.Of(texts[len(texts)-1]).String()
	return clip(last, room-columns(h.cut)) + h.cut
}

// clockLine tells what a clock is off by, how sure that is, and from how much
// evidence: "clock node-7 (payment) +103.2ms [102.9, 103.6], proven, 41 samples".
// Where there is no room for all, the least important goes first.
func (h *head) clockLine(c *skew.Clock, on []string) string {
	where := ""
	if len(on) > 0 {
		where = " (" + some(on) + ")"
	}
	n := h.scaleOf(c)
	what := fmt.Sprintf(" %s [%s, %s]", n.full(c.Offset), n.bound(c.Low), n.bound(c.High))
	status, drift := ", "+c.Status.String(), ""
	if c.DriftPPM != 0 {
		drift = fmt.Sprintf(", drifting %+.1f ppm", c.DriftPPM)
	}
	return h.fitting(h.style.Width-headIndent,
		"clock "+c.Name+where+what+status+", "+samples(c)+drift,
		"clock "+c.Name+where+what+status+drift,
		"clock "+c.Name+where+what+drift,
		"clock "+c.Name+what+drift,
		c.Name+what+drift,
		c.Name+what,
	)
}

// samples counts a clock's evidence.
func samples(c *skew.Clock) string {
	if c.Ignored > 0 {
		return fmt.Sprintf("%s (%d ignored)", plural(c.Samples, "sample"), c.Ignored)
	}
	return plural(c.Samples, "sample")
}

// servicesByClock names the services whose records each clock stamped, in the
// order in which they appear.
func servicesByClock(tl *timeline.Timeline) map[string][]string {
	type listing struct {
		names []string
		last  string
	}
	lists := make(map[*skew.Clock]*listing)
	rows := tl.Whole()
	for i := range rows {
		r := &rows[i]
		s := r.Service()
		if r.Clock == nil || s == "" {
			continue
		}
		l := lists[r.Clock]
		if l == nil {
			l = &listing{}
			lists[r.Clock] = l
		}
		if s != l.last && !slices.Contains(l.names, s) {
			l.names = append(l.names, s)
		}
		l.last = s
	}
	services := make(map[string][]string, len(lists))
	for c, l := range lists {
		services[c.Name] = l.names
	}
	return services
}

// others leaves out the service that gave its clock the name.
func others(services []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(services), func(s string) bool { return s == name })
}

// A scale is a unit and as many decimals as the bounds need to be told apart.
type scale struct {
	name     string
	unit     float64
	decimals int
}

// scaleOf chooses the unit that suits the offset, or, where that is 0, what
// bounds it.
func (h *head) scaleOf(c *skew.Clock) scale {
	s := size(c)
	if s == 0 {
		for _, bound := range [...]int64{c.Low, c.High} {
			if bound != skew.UnboundedBack && bound != skew.Unbounded {
				s = max(s, bound, -bound)
			}
		}
	}
	n := scale{name: "ms", unit: 1e6}
	switch {
	case s >= 10*1e9:
		n = scale{name: "s", unit: 1e9}
	case s < 1e6 && h.style.ASCII:
		n = scale{name: "us", unit: 1e3}
	case s < 1e6:
		n = scale{name: "µs", unit: 1e3}
	}
	within := float64(0)
	if c.Low != skew.UnboundedBack && c.High != skew.Unbounded {
		within = float64(c.High) - float64(c.Low)
	}
	for n.decimals = 1; n.decimals < 3 && within > 0 && within/n.unit < 20*math.Pow10(-n.decimals); n.decimals++ {
	}
	return n
}

func (n scale) text(d int64) string {
	return fmt.Sprintf("%+.*f", n.decimals, float64(d)/n.unit)
}

// full is text with the unit.
func (n scale) full(d int64) string {
	return n.text(d) + n.name
}

func (n scale) bound(d int64) string {
	if d == skew.UnboundedBack || d == skew.Unbounded {
		return "open"
	}
	return n.text(d)
}

// interval tells bounds in words where a side is open.
func (n scale) interval(low, high int64) string {
	switch {
	case low == skew.UnboundedBack && high == skew.Unbounded:
		return "none"
	case low == skew.UnboundedBack:
		return "at most " + n.full(high)
	case high == skew.Unbounded:
		return "at least " + n.full(low)
	}
	return "[" + n.text(low) + ", " + n.text(high) + "]"
}
