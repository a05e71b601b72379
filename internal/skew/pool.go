package skew

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// Pooled estimates the clocks of several traces of the same machines together:
// what one trace leaves open another may tell. The i-th result is for the i-th
// trace, and names the clocks of its records only.
//
// A pooled interval assumes that a clock did not change from trace to trace,
// beyond the drift that is found where they lie a minute and more apart. So it
// is an estimate, and [Clock.Pooled] says of how many traces.
func (m Mode) Pooled(traces []*trace.Evidence) []*Clocks {
	spans, logs := join(traces)
	all := m.Estimate(spans, logs)
	parts := make([]*Clocks, len(traces))
	firstSpan, firstLog := 0, 0
	for i, ev := range traces {
		endSpan, endLog := firstSpan+len(ev.Spans), firstLog+len(ev.Logs)
		parts[i] = all.part(firstSpan, endSpan, firstLog, endLog, len(traces))
		parts[i].keepZones(ev.Logs)
		firstSpan, firstLog = endSpan, endLog
	}
	return parts
}

// join puts all records in one row each, and lets every log know its trace.
func join(traces []*trace.Evidence) (spans []trace.Span, logs []trace.Log) {
	for _, ev := range traces {
		spans = append(spans, ev.Spans...)
		own := &ev.ID
		if len(ev.Spans) > 0 && len(ev.Linked) == 0 {
			own = &ev.Spans[0].Trace // an ID as typed may be shorter
		}
		for i := range ev.Logs {
			l := ev.Logs[i]
			if l.Trace == nil {
				l.Trace = own
			}
			if len(ev.Spans) == 0 {
				l.Span = 0 // it never came: another trace's span of that ID is not it
			}
			logs = append(logs, l)
		}
	}
	return spans, logs
}

// part returns the clocks of some of the records. Those that stamped none of
// them are left out, but for what they are measured against.
func (c *Clocks) part(firstSpan, endSpan, firstLog, endLog, pooled int) *Clocks {
	p := &Clocks{
		spans: slices.Clone(c.spans[firstSpan:endSpan]), logs: slices.Clone(c.logs[firstLog:endLog]),
		zones: c.zones, mode: c.mode, relate: c.relate,
	}
	if c.zone != nil {
		p.zone = c.zone[firstLog:endLog]
	}
	spans, logs := make([]int, len(c.clocks)), make([]int, len(c.clocks))
	for _, k := range p.spans {
		spans[k]++
	}
	for _, k := range p.logs {
		if k != none {
			logs[k]++
		}
	}
	to := make([]int32, len(c.clocks))
	for i, k := range c.clocks {
		if spans[i]+logs[i] == 0 && k.Status != Reference {
			continue
		}
		to[i] = int32(len(p.clocks))
		k.Spans, k.Logs, k.Pooled = spans[i], logs[i], pooled
		p.clocks = append(p.clocks, k)
	}
	renumber(p.spans, to)
	for i, k := range p.logs {
		if k != none {
			p.logs[i] = to[k]
		}
	}
	return p
}

// keepZones leaves out the zones of sources that wrote none of the logs.
func (c *Clocks) keepZones(logs []trace.Log) {
	var kept []Zone
	to := make([]int32, len(c.zones))
	for z, zone := range c.zones {
		to[z] = none
		if slices.ContainsFunc(logs, func(l trace.Log) bool { return l.Origin == zone.Origin && l.Index == zone.Index }) {
			to[z] = int32(len(kept))
			kept = append(kept, zone)
		}
	}
	c.zones, c.zone = kept, slices.Clone(c.zone)
	for i, z := range c.zone {
		if z != none {
			c.zone[i] = to[z]
		}
	}
}
