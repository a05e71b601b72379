package triage

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// finish makes groups of what was counted, flags them all at once and ranks
// them.
func (b *builder) finish(r *Report) {
	var kept []*making
	for _, m := range b.made {
		if m.Traces > 0 || m.Logs > 0 {
			b.complete(m)
			kept = append(kept, m)
		}
	}
	// Flags look at all together, so that their order must not depend on what
	// came first.
	slices.SortFunc(kept, func(x, y *making) int { return compareGroups(&x.Group, &y.Group) })
	series := make([]Series, len(kept))
	for i, m := range kept {
		series[i] = b.series(m)
	}
	for i, f := range Flags(series) {
		kept[i].Flag = f
	}
	slices.SortFunc(kept, func(x, y *making) int { return compareGroups(&x.Group, &y.Group) })
	for _, m := range kept {
		if m.expected {
			r.Expected = append(r.Expected, m.Group)
		} else {
			r.Groups = append(r.Groups, m.Group)
		}
	}
}

// compareGroups ranks: by flag, by failing requests, by all that there is of
// it, by how recent it is.
func compareGroups(x, y *Group) int {
	return cmp.Or(
		cmp.Compare(y.Flag, x.Flag),
		cmp.Compare(y.Traces-y.Absorbed, x.Traces-x.Absorbed),
		cmp.Compare(int64(y.Traces)+y.Logs, int64(x.Traces)+x.Logs),
		cmp.Compare(y.Last, x.Last),
		strings.Compare(x.ID, y.ID),
		strings.Compare(x.Service, y.Service), strings.Compare(x.Operation, y.Operation), strings.Compare(x.Detail, y.Detail),
	)
}

// series is how often a group occurred: traces, or logs where it has none.
func (b *builder) series(m *making) Series {
	slices, all := b.t.cal.Slices, b.t.counted.counts.All
	if m.Kind != LogOnly {
		read := b.t.spansRead
		return Series{
			Baseline: m.baseline, Cover: read[:slices], Window: float64(m.Traces),
			Length: b.t.cal.inSlices() * mean(read[slices:]), Limited: limited(read[:slices]),
		}
	}
	read := b.t.logsRead
	s := Series{
		Baseline: m.logTrend[:slices], Cover: read[:slices], Window: float64(m.Logs),
		Length: b.t.cal.inSlices() * mean(read[slices:]), Limited: limited(read[:slices]),
	}
	if m.BaselineLogs == 0 {
		s.Window = min(s.Window, float64(m.occasions)) // one request may write many lines
	}
	if len(all) == slices+b.t.cal.Slots {
		for slot := range all {
			if n := b.wellLogs(slot); slot < slices {
				s.Traffic = append(s.Traffic, n)
			} else {
				s.WindowTraffic += n
			}
		}
	}
	return s
}

// wellLogs is how many logs of a slot tell of no error, at least 1 where there
// are any: by these traffic is measured, which a flood of errors is not.
func (b *builder) wellLogs(slot int) float64 {
	c := &b.t.counted.counts
	n := c.All[slot]
	if n > 0 && slot < len(c.Errors) {
		n = max(1, n-c.Errors[slot])
	}
	return float64(n)
}

// mean is the mean of shares, 1 of none.
func mean(shares []float64) float64 {
	sum := 0.0
	for _, s := range shares {
		sum += s
	}
	if len(shares) == 0 {
		return 1
	}
	return sum / float64(len(shares))
}

// limited reports whether a slice was read in part.
func limited(read []float64) bool {
	return slices.ContainsFunc(read, func(share float64) bool { return share > 0 && share < 1 })
}

// complete fills in what can be told when all is counted.
func (b *builder) complete(m *making) {
	b.nameKind(m)
	if b.t.by == ByCause {
		m.Detail = most(m.details)
	}
	m.Callee = ""
	if m.Kind == Unseen {
		m.Callee = m.onlyCallee()
	}
	b.listSaid(m)
	if m.Kind == LogOnly {
		b.completeLogs(m)
	} else {
		for _, n := range m.baseline {
			m.BaselineTraces += int(n)
		}
		for _, n := range append(m.reached, m.recovered...)[:min(len(m.reached)+len(m.recovered), mostExamples)] {
			m.Examples = append(m.Examples, Example{n.id, n.at})
		}
	}
	b.listEntries(m)
	b.listInstances(m)
}

// nameKind is the kind that all members have, or Failed.
func (b *builder) nameKind(m *making) {
	kinds := slices.Collect(maps.Keys(m.spanKind))
	if len(kinds) == 1 {
		m.Kind = kinds[0]
	}
	if m.Traces == 0 {
		m.Kind = LogOnly
	}
}

// onlyCallee is who was called; of several alike what they have in common.
func (m *making) onlyCallee() string {
	callee := most(m.callees)
	shared := alike(callee)
	for other := range m.callees {
		if other == callee {
			continue
		}
		if alike(other) == shared {
			return shared
		}
	}
	return callee
}

// completeLogs tells of a group of logs alone what a group of traces tells of
// its traces.
func (b *builder) completeLogs(m *making) {
	slices.SortFunc(m.named, func(x, y naming) int {
		return cmp.Or(cmp.Compare(y.at, x.at), compareIDs(x.id, y.id))
	})
	named := make(map[trace.ID]bool)
	for _, n := range m.named {
		if named[n.id] {
			continue
		}
		named[n.id] = true
		if len(m.Examples) < mostExamples {
			m.Examples = append(m.Examples, Example{n.id, n.at})
		}
	}
	m.First, m.Last = m.firstLog, m.lastLog
	m.BaselineTraces = int(m.BaselineLogs)
	for i := range m.Trend {
		m.Trend[i] = int(m.logTrend[b.t.cal.Slices+i] + 0.5)
	}
	if b.t.by == ByCause && len(m.Said) > 0 {
		m.Detail = m.Said[0].Template
	}
}

func (b *builder) listSaid(m *making) {
	for speech, s := range m.said {
		if voice, ok := m.specimens[speech]; ok && b.mayBeOf(&b.t.sample[voice].log, m) {
			s.Example = b.t.sample[voice].log
		}
		m.Said = append(m.Said, *s)
	}
	slices.SortFunc(m.Said, func(x, y Said) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), strings.Compare(x.Service, y.Service), strings.Compare(x.Template, y.Template))
	})
	m.Said = m.Said[:min(len(m.Said), mostSaid)]
}

// mayBeOf reports whether a log does not belong to another group by its trace:
// several may make a gateway say the same.
func (b *builder) mayBeOf(l *trace.ErrorLog, m *making) bool {
	n, known := b.t.ids.number[trace.ID{Hi: l.TraceID.Hi, Lo: l.TraceID.Lo}]
	if m.Traces == 0 || !known || b.t.failureOf[n] == none {
		return true
	}
	f := b.t.failureOf[n]
	for k := range b.t.failures[f].roots {
		if b.made[b.groupOf[b.base[f]+int32(k)]] == m {
			return true
		}
	}
	return false
}

func (b *builder) listEntries(m *making) {
	for n, traces := range m.entries {
		e := b.t.entries.list[n]
		m.Entries = append(m.Entries, Entry{b.t.words.list[e.service], b.t.words.list[e.operation], traces})
	}
	slices.SortFunc(m.Entries, func(x, y Entry) int {
		return cmp.Or(cmp.Compare(y.Traces, x.Traces), strings.Compare(x.Service, y.Service), strings.Compare(x.Operation, y.Operation))
	})
}

// listInstances are the group's newest failing spans, one a trace.
func (b *builder) listInstances(m *making) {
	var all []instance
	for cause := range m.causes {
		for _, in := range b.t.newest[cause].list {
			if b.isOf(&in, m) {
				all = append(all, in)
			}
		}
	}
	slices.SortFunc(all, compareInstances)
	seen := make(map[trace.ID]bool)
	for _, in := range all {
		if len(m.failing) == mostInstances {
			break
		}
		if seen[in.trace] {
			continue
		}
		seen[in.trace] = true
		m.failing = append(m.failing, Instance{in.trace, in.span, slices.Concat(b.t.processes[in.resource], in.own)})
	}
}

// isOf reports whether an instance of a cause is of a group. Those of one cause
// may be of several: what tells them apart is where the requests came in, or
// what the logs say.
func (b *builder) isOf(in *instance, m *making) bool {
	n := b.t.failureOf[b.t.ids.number[in.trace]]
	return b.made[b.groupOf[b.base[n]+in.root]] == m
}

// coverage tells how much there was to look at, as far as that is known here.
func (b *builder) coverage(r *Report) {
	r.Spans = Coverage{Read: int64(r.Failing), Total: -1, Sampled: limited(b.t.spansRead[b.t.cal.Slices:])}
	r.Logs.Total = r.ErrorLogs
	r.Logs.Sampled = r.ErrorLogs > r.Logs.Read
	r.Logs.Counted = r.Logs.Sampled && len(b.t.counted.patterns) > 0
	r.NoSpansBefore, r.NoLogsBefore = true, true
	for i := range b.t.cal.Slices {
		spans, logs := b.t.spansRead[i] > 0, b.t.logsRead[i] > 0
		r.NoSpansBefore, r.NoLogsBefore = r.NoSpansBefore && !spans, r.NoLogsBefore && !logs
		if spans || logs {
			r.Compared++
		}
	}
	r.Limited = limited(b.t.spansRead[:b.t.cal.Slices]) || limited(b.t.logsRead[:b.t.cal.Slices])
}
