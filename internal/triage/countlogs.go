package triage

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A share is the part of a pattern's logs that is one group's and says one
// thing.
type share struct{ pattern, group, speech int32 }

// A part is how many logs of a share came, in the window and before.
type part struct{ now, untraced, before int64 }

// countLogs counts every log for its group: by what came, or by the source's
// own counts, which those that came then divide among groups.
func (b *builder) countLogs(r *Report) {
	o := b.findOwners()
	patternOf := make([]int32, len(b.told.list))
	for i := range patternOf {
		patternOf[i] = b.t.counted.of(b.told.service(int32(i)), b.told.text(int32(i)))
	}
	shares, sums := make(map[share]part), make(map[int32]part)
	window, untraced := int64(0), int64(0)
	for i := range b.t.records {
		rec := &b.t.records[i]
		g, speech := b.owner(o, i), b.told.number(&b.t.voices.list[rec.voice])
		now := int(rec.slot) >= b.t.cal.Slices
		b.note(b.made[g], i, speech, now)
		if now {
			window++
			if rec.trace == none {
				untraced++
			}
		}
		p := b.part(rec, now)
		if at := patternOf[speech]; at != none {
			shares[share{at, g, speech}] = shares[share{at, g, speech}].plus(p)
			sums[at] = sums[at].plus(p)
			continue
		}
		b.made[g].addLogs(b.told, speech, p.now, p.untraced, p.before)
		b.made[g].logTrend[rec.slot]++
	}
	for _, s := range slices.SortedFunc(maps.Keys(shares), b.compareShares) {
		b.divide(s, shares[s], sums[s.pattern])
	}
	b.countOccasions()
	r.ErrorLogs, r.Untraced = window, untraced
	r.Logs.Read = window
	if all := b.sum(b.t.counted.counts.Errors); all > window {
		r.ErrorLogs, r.Untraced = all, scaled(untraced, all, window)
	}
}

// countOccasions adds the traces that logs alone name to how often they were
// called for.
func (b *builder) countOccasions() {
	for _, m := range b.made {
		traces := make(map[trace.ID]bool)
		for _, n := range m.named {
			traces[n.id] = true
		}
		m.occasions += len(traces)
	}
}

func (b *builder) part(rec *record, now bool) part {
	switch {
	case !now:
		return part{before: 1}
	case rec.trace == none || b.t.failureOf[rec.trace] == none:
		return part{now: 1, untraced: 1}
	}
	return part{now: 1}
}

func (p part) plus(o part) part {
	return part{p.now + o.now, p.untraced + o.untraced, p.before + o.before}
}

// compareShares puts shares into an order that does not depend on what came
// first: sums of fractions do.
func (b *builder) compareShares(x, y share) int {
	return cmp.Or(cmp.Compare(x.pattern, y.pattern), strings.Compare(b.made[x.group].ID, b.made[y.group].ID),
		strings.Compare(b.told.service(x.speech), b.told.service(y.speech)), strings.Compare(b.told.text(x.speech), b.told.text(y.speech)))
}

// divide gives a share its part of what the source counted of the pattern.
func (b *builder) divide(s share, p, all part) {
	counts := b.t.counted.counts.Of[s.pattern]
	n, of := p.now, all.now
	if of == 0 {
		n, of = p.before, all.before
	}
	now, before := int64(0), int64(0)
	for slot, count := range counts[:min(len(counts), b.t.cal.Slices+b.t.cal.Slots)] {
		if slot < b.t.cal.Slices {
			before += count
		} else {
			now += count
		}
		b.made[s.group].logTrend[slot] += float64(count) * float64(n) / float64(of)
	}
	now, before = scaled(n, now, of), scaled(n, before, of)
	b.made[s.group].addLogs(b.told, s.speech, now, scaled(p.untraced, now, max(p.now, 1)), before)
}

// scaled is n of the sample's logs as they are among all.
func scaled(n, all, sample int64) int64 {
	if sample == 0 {
		return 0
	}
	return int64(math.Round(float64(n) * float64(all) / float64(sample)))
}

// sum is what the source counted in the window.
func (b *builder) sum(counts []int64) int64 {
	all := int64(0)
	for slot := b.t.cal.Slices; slot < min(len(counts), b.t.cal.Slices+b.t.cal.Slots); slot++ {
		all += counts[slot]
	}
	return all
}

func (m *making) addLogs(told *templates, speech int32, now, untraced, before int64) {
	m.Logs += now
	m.Untraced += untraced
	m.BaselineLogs += before
	if now == 0 {
		return
	}
	s := m.said[speech]
	if s == nil {
		s = &Said{Service: told.service(speech), Template: told.text(speech)}
		m.said[speech] = s
	}
	s.Count += now
}

// note keeps what is shown of a log: when it was, the trace that it names, and
// the log itself when it is the one that is shown of its speech.
func (b *builder) note(m *making, record int, speech int32, now bool) {
	rec := &b.t.records[record]
	if rec.time != trace.NoTime {
		if m.firstLog == trace.NoTime || rec.time < m.firstLog {
			m.firstLog = rec.time
		}
		m.lastLog = max(m.lastLog, rec.time)
	}
	if !now {
		return
	}
	switch {
	case m.Traces > 0:
	case rec.trace == none:
		m.occasions++
	default:
		m.named = append(m.named, naming{rec.time, b.t.ids.list[rec.trace]})
	}
	was, ok := m.specimens[speech]
	if s := b.t.sample; !ok || s[rec.voice].hash < s[was].hash {
		m.specimens[speech] = rec.voice
	}
}
